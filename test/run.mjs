// The whole test run on a bare Node: installs what is missing, builds, and runs flow and story tests, in parallel
// with the checks and a minute of torture. Arguments after `npm test --` go to vitest. Plain JavaScript, because it
// runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { PrepareError, prepare, preparePackages, prepareTests } from '../server/cli/prepare.mjs'
import { getStores } from './support/get-stores.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..')
const forVitest = process.argv.slice(2)

/** @type {{ name: string, seconds: number, ok: boolean }[]} */
const done = []

/** Runs one step and records how it ended. */
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

/** Runs a command in the foreground; true if it exits with 0. */
function run(/** @type {string} */ command, /** @type {string[]} */ args) {
  return end(spawn(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] }))
}

/** How much of a failed check's output is repeated in the summary, in lines. */
const lastLines = 30

/** Runs a step in parallel with others: its output is printed as a whole, once it has ended. */
async function beside(
  /** @type {string} */ name,
  /** @type {string} */ command,
  /** @type {string[]} */ args,
) {
  const startedAt = Date.now()
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  /** @type {Buffer[]} */
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes) => said.push(bytes))
  const ok = await end(child)
  const words = Buffer.concat(said).toString().trimEnd()
  console.log(`\n=== ${name}\n${words}`)
  done.push({ name, seconds: (Date.now() - startedAt) / 1000, ok })
  // Those of unit are recorded one by one.
  if (!ok && name !== 'unit') failures.push(`${name}: ${words.split('\n').slice(-lastLines).join('\n')}`)
  return ok
}

/** True if it exits with 0. */
function end(/** @type {import('node:child_process').ChildProcess} */ child) {
  return new Promise((/** @type {(ok: boolean) => void} */ resolve) => {
    child.once('error', (error) => {
      console.error(error.message)
      resolve(false)
    })
    child.once('close', (code) => resolve(code === 0))
  })
}

/** Each failed test or check, in a few lines, repeated at the very end, where people look first in a long output. */
const failures = /** @type {string[]} */ ([])

/** Runs one project of vitest by `start`, and records the failures for the summary. */
async function vitest(
  /** @type {string} */ project,
  /** @type {(command: string, args: string[]) => Promise<boolean | void>} */ start,
) {
  const folder = mkdtempSync(path.join(tmpdir(), 'brook-results-'))
  const file = path.join(folder, 'results.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const program = 'node_modules/vitest/vitest.mjs'
  try {
    return Boolean(
      await start(process.execPath, [program, 'run', '--project', project, ...reporters, ...forVitest]),
    )
  } finally {
    if (existsSync(file)) failures.push(...failedTests(JSON.parse(readFileSync(file, 'utf8'))))
    rmSync(folder, { recursive: true })
  }
}

/** "file > test" and the first lines of the reason, for each failed test or file in vitest's JSON results. */
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

/** The parts of `npm run check`, read from package.json so that the list exists once. */
function checkScripts() {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  return String(scripts.check)
    .split('&&')
    .map((part) => part.trim().replace(/^npm run /, ''))
}

const browsers = ['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome']
/** Optional for stories, each with the file that shows whether it is installed: the faster Chromium, and fonts. */
const liked = {
  'chromium-headless-shell': '/usr/bin/chromium-headless-shell',
  'fonts-noto-cjk': '/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc',
  'fonts-noto-color-emoji': '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
}

/** The stories need a Chromium; which one, and the fonts, only affect the duration and the look of screenshots. */
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

/** Installs Debian packages; false if that is not allowed, or if they are not available. */
async function install(/** @type {string[]} */ packages) {
  const isRoot = process.getuid?.() === 0
  const maySudo = !isRoot && spawnSync('sudo', ['-n', 'true']).status === 0
  if (!existsSync('/usr/bin/apt-get') || !(isRoot || maySudo)) return false
  console.log(`Installing ${packages.join(', ')}`)
  // Limits the wait for a mirror that does not answer.
  const apt = 'apt-get -o Acquire::http::Timeout=20 -o Acquire::Retries=1'
  const command = `${apt} ${installing(packages)}`
  const script = `export DEBIAN_FRONTEND=noninteractive; (${command} || (${apt} update && ${command})) >&2`
  const [program = 'sh', ...args] = [...(isRoot ? [] : ['sudo', '-n']), 'sh', '-c', script]
  return run(program, args)
}

/** The programs of the stores, and what the torture needs besides. */
async function prepareStores() {
  await getStores()
  // Optional: without it no clock steps in the torture.
  if (
    existsSync('/usr/lib') &&
    !readdirSync('/usr/lib').some((name) => existsSync(`/usr/lib/${name}/faketime`))
  )
    await install(['libfaketime'])
  return true
}

/** Test folders are in memory if there is enough of it: it outlives the processes that tests kill. */
const memory = '/dev/shm'
const neededBytes = 4 * 1024 ** 3
if (process.env['TMPDIR'] === undefined && existsSync(memory)) {
  const { bavail, bsize } = statfsSync(memory)
  if (bavail * bsize >= neededBytes) process.env['TMPDIR'] = memory
}

const startedAt = Date.now()
const isReady = await step('packages', async () => {
  await preparePackages()
  return true
})
if (isReady) {
  const built = step('build', async () => {
    await prepare('build')
    await prepareTests()
    return true
  })
  const stores = built.then((isBuilt) => isBuilt && step('stores', prepareStores))
  // Two lanes, for two cores: the checks compute while flow and story tests wait for processes, stores and browsers.
  await Promise.all([
    checks().then(async () => (await stores) && torture()),
    stores.then(async (areThere) => {
      if (areThere) await step('flow', () => vitest('flow', run))
      if ((await built) && (await step('browser', getBrowser)))
        await step('story', () => vitest('story', run))
    }),
  ])
}

/** The parts of `npm run check`, one after the other. */
async function checks() {
  for (const name of checkScripts()) {
    if (name === 'unit') await vitest(name, (command, args) => beside(name, command, args))
    else await beside(name, 'npm', ['run', '--silent', name])
  }
}

/** A minute of faults, always the same ones; any violation fails the run. */
function torture() {
  const words = ['--minutes', '1', '--seed', '1', '--clients', '12', '--rate', '60']
  return beside('torture', process.execPath, ['test/fault/torture.mjs', ...words])
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
