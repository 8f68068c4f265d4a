// The whole test run on a bare Node: installs what is missing, checks, builds, then flow and story. Words after
// `npm test --` go on to vitest. Plain JavaScript, for it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { PrepareError, prepare, preparePackages } from '../server/cli/prepare.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const forVitest = process.argv.slice(2)

/** @type {{ name: string, seconds: number, ok: boolean }[]} */
const done = []

/** Runs one step and notes how it ended. */
async function step(/** @type {string} */ name, /** @type {() => Promise<boolean>} */ work) {
  console.log(`\n=== ${name}`)
  const startedAt = Date.now()
  const ok = await work().catch((error) => {
    const isPlain = error instanceof PrepareError || error?.name === 'StoreError'
    console.error(isPlain ? error.message : error)
    return false
  })
  done.push({ name, seconds: (Date.now() - startedAt) / 1000, ok })
  return ok
}

/** Runs a command in front of the person; true when it ends with 0. */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  return end(spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }))
}

/** Runs a script of package.json beside others: what it says is printed as a whole, once it has ended. */
async function script(/** @type {string} */ name) {
  const startedAt = Date.now()
  const child = spawn('npm', ['run', '--silent', name], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  /** @type {Buffer[]} */
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes))
  const ok = await end(child)
  console.log(`\n=== ${name}\n${Buffer.concat(said)}`.trimEnd())
  done.push({ name, seconds: (Date.now() - startedAt) / 1000, ok })
}

/** True when it ends with 0. */
function end(/** @type {import('node:child_process').ChildProcess} */ child) {
  return new Promise((/** @type {(ok: boolean) => void} */ resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
}

/** Each failed test in a line or two, said again at the very end, where a long output is looked at first. */
const failures = /** @type {string[]} */ ([])

/** Runs one project of vitest and keeps what failed for the summary. */
async function vitest(/** @type {string} */ project) {
  const folder = mkdtempSync(path.join(tmpdir(), 'brook-results-'))
  const file = path.join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const program = 'node_modules/vitest/vitest.mjs'
  try {
    return await run(process.execPath, [program, 'run', '--project', project, ...reporters, ...forVitest])
  } finally {
    if (existsSync(file)) failures.push(...failedTests(JSON.parse(readFileSync(file, 'utf8'))))
    rmSync(folder, { recursive: true })
  }
}

/** "file > test" and the first lines of why, of each failed test or file in vitest's JSON results. */
function failedTests(
  /** @type {{ testResults: { name: string, status: string, message: string, assertionResults: { status: string, fullName: string, failureMessages: string[] }[] }[] }} */ results,
) {
  const short = (/** @type {string} */ why) => why.split('\n').slice(0, 3).join(' ').slice(0, 400)
  return results.testResults.flatMap(({ name, status, message, assertionResults }) => {
    const file = path.relative(root, name)
    const tests = assertionResults.filter((test) => test.status === 'failed')
    // A file may fail as a whole: in its import or its hooks.
    if (tests.length === 0) return status === 'failed' ? [`${file}: ${short(message)}`] : []
    return tests.map((test) => `${file} > ${test.fullName}: ${short(test.failureMessages.join(' '))}`)
  })
}

/** The parts of `npm run check`, so that what stands there has one place. */
function checkScripts() {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return String(scripts.check)
    .split('&&')
    .map((part) => part.trim().replace(/^npm run /, ''))
}

const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
/** What the stories would like, each with the file that tells whether it is there: the quicker Chromium, and fonts. */
const liked = {
  'chromium-headless-shell': '/usr/bin/chromium-headless-shell',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  'fonts-noto-color-emoji': '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
}

/** The stories need a Chromium: which one, and the fonts, only change how long they take and what a picture shows. */
async function getBrowser() {
  const missing = Object.entries(liked).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length === 0 || (await install(missing))) return true
  if (browsers.some((name) => existsSync(`/usr/bin/${name}`))) return true
  const needed = missing.map((name) => name.replace('-headless-shell', ''))
  if (await install(needed)) return true
  console.error(`The stories need Chromium. Install it: sudo apt-get ${installing(needed)}`)
  return false
}

const installing = (/** @type {string[]} */ packages) =>
  `install -y --no-install-recommends ${packages.join(' ')}`

/** Installs packages of Debian; false where one may not, or they are not to be had. */
async function install(/** @type {string[]} */ packages) {
  const isRoot = process.getuid?.() === 0
  const maySudo = !isRoot && spawnSync('sudo', ['-n', 'true']).status === 0
  if (!existsSync('/usr/bin/apt-get') || !(isRoot || maySudo)) return false
  console.log(`Installing ${packages.join(', ')}`)
  // A mirror that does not answer is waited for no longer than this.
  const apt = 'apt-get -o Acquire::http::Timeout=20 -o Acquire::Retries=1'
  const command = `${apt} ${installing(packages)}`
  const script = `export DEBIAN_FRONTEND=noninteractive; (${command} || (${apt} update && ${command})) >&2`
  const [program = 'sh', ...args] = [...(isRoot ? [] : ['sudo', '-n']), 'sh', '-c', script]
  return run(program, args)
}

/** The programs of the stores, fetched as `npm start` does; tests find them through PATH or STORES_PATH. */
async function getStores() {
  const cache = path.join(root, 'node_modules/.cache/brook')
  const { getPrograms } = await import(pathToFileURL(path.join(root, 'dist/server/stores/fetch.js')).href)
  const say = (/** @type {string} */ line, /** @type {string | undefined} */ kind) => {
    if (kind === undefined) console.log(line)
  }
  const { redis, mariadb } = await getPrograms({ redis: true, mariadb: true }, cache, say)
  const folders = [redis.server, mariadb.server, mariadb.install].map((file) => path.dirname(file))
  const name = process.env['STORES_PATH'] === undefined ? 'PATH' : 'STORES_PATH'
  process.env[name] = [...new Set([...folders, process.env[name]])].join(path.delimiter)
  const libraries = mariadb.env['LD_LIBRARY_PATH']
  if (libraries !== undefined) process.env['LD_LIBRARY_PATH'] = libraries
  return true
}

const startedAt = Date.now()
const isReady = await step('packages', async () => {
  await preparePackages()
  return true
})
if (isReady) {
  // Two at a time, for each of them computes on one core.
  const checks = checkScripts().filter((name) => name !== 'unit')
  const lane = async () => {
    for (let next = checks.shift(); next !== undefined; next = checks.shift()) await script(next)
  }
  await Promise.all([lane(), lane()])
  await step('unit', () => vitest('unit'))
  const isBuilt = await step('build', async () => {
    await prepare('build')
    return true
  })
  if (isBuilt) {
    if (await step('stores', getStores)) await step('flow', () => vitest('flow'))
    if (await step('browser', getBrowser)) await step('story', () => vitest('story'))
  }
}

console.log('\n=== summary')
for (const { name, seconds, ok } of done)
  console.log(`${ok ? 'ok    ' : 'FAILED'}  ${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s`)
const total = (Date.now() - startedAt) / 1000
console.log(
  `${done.every(({ ok }) => ok) ? 'ok    ' : 'FAILED'}  ${'all'.padEnd(10)} ${total.toFixed(1).padStart(6)} s`,
)
for (const failure of failures) console.log(`\n${failure}`)
process.exitCode = done.every(({ ok }) => ok) ? 0 : 1
