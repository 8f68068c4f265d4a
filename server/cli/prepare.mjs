// Installs the packages and builds server and web app if they are missing or older than their sources. Plain
// JavaScript without packages. Several processes may prepare at once: one does the work, the others wait.
import { createHash } from 'node:crypto'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { runStep, StepError } from './step.mjs'

export { StepError as PrepareError }

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const at = (/** @type {string} */ name) => path.join(root, name)

export const compiledMain = at('dist/brook/main.js')

/** Verbs that serve the web app. With `dev`, Vite serves it from its sources. */
const verbsWithWeb = ['start', 'server', 'build']

const vite = (/** @type {string} */ config) => [
  ...[process.execPath, at('node_modules/vite/bin/vite.js'), 'build'],
  ...['--config', config, '--logLevel', 'warn'],
]

/** @typedef {{ doing: string, command: string[], made: string, marker: string, sources: string[] }} Build */

/** @type {Build} */
const server = {
  doing: 'Building the server',
  command: vite('vite.server.config.ts'),
  made: compiledMain,
  marker: at('dist/.server-built-from'),
  sources: ['server', 'vite.server.config.ts', 'package-lock.json'],
}
/** @type {Build} */
const web = {
  doing: 'Building the web app',
  command: vite('vite.config.ts'),
  made: at('dist/web/index.html'),
  marker: at('dist/.web-built-from'),
  sources: ['web', 'server/protocol', 'vite.config.ts', 'vite.worker.ts', 'package-lock.json'],
}
/**
 * Programs that tests start, kill and freeze: the server as it ships, with test hooks around it.
 * @type {Build}
 */
const programs = {
  doing: 'Building the programs of the tests',
  command: vite('test/programs/vite.config.ts'),
  made: at('dist/test/sync.js'),
  marker: at('dist/.programs-built-from'),
  sources: ['server', 'test/programs', 'vite.server.config.ts', 'package-lock.json'],
}

/** Prepares everything that this verb needs. Takes a tenth of a second if nothing has changed. */
export async function prepare(/** @type {string | undefined} */ verb) {
  await make(verb !== undefined && verbsWithWeb.includes(verb) ? [server, web] : [server])
}

/** Builds everything that tests start as processes: the server, and the version with test hooks. */
export function prepareTests() {
  return make([server, programs])
}

async function make(/** @type {Build[]} */ builds) {
  const areBuilt = builds.every(isBuilt)
  if (packagesAreThere({ areBuilt }) && areBuilt) return
  const release = await takeLock()
  try {
    if (!packagesAreThere()) await installPackages()
    for (const build of builds) if (!isBuilt(build)) await run(build)
  } finally {
    release()
  }
}

/** Only the packages, for callers that check and build by themselves (test/run.mjs). */
export async function preparePackages() {
  if (packagesAreThere()) return
  const release = await takeLock()
  try {
    if (!packagesAreThere()) await installPackages()
  } finally {
    release()
  }
}

const installedFile = at('node_modules/.package-lock.json')
const lockedFile = at('package-lock.json')

/**
 * npm writes node_modules/.package-lock.json last, when an installation is complete. In a tree that was copied the times say
 * nothing, and what was installed is compared. `areBuilt`: what only builds need may be missing.
 */
function packagesAreThere({ areBuilt = false } = {}) {
  const installed = statSync(installedFile, { throwIfNoEntry: false })
  const locked = statSync(lockedFile, { throwIfNoEntry: false })
  if (installed === undefined) return false
  if (locked === undefined || installed.mtimeMs >= locked.mtimeMs) return true
  const has = packagesOf(installedFile)
  return Object.entries(packagesOf(lockedFile)).every(
    ([name, { version, optional, devOptional, dev }]) =>
      name === '' || optional || devOptional || (areBuilt && dev) || has[name]?.version === version,
  )
}

/** @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, dev?: boolean }} Package */

/** @returns {Record<string, Package>} */
const packagesOf = (/** @type {string} */ file) => JSON.parse(readFileSync(file, 'utf8')).packages

// --include=dev: the build needs them, even with NODE_ENV=production.
const npmCi = ['npm', 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']

async function installPackages() {
  await runStep('Installing the packages (npm ci)', npmCi, root)
  // Trap: npm keeps the file times of an installation that is already correct; ours must be later than the lock's.
  writeFileSync(installedFile, readFileSync(installedFile))
}

function isBuilt(/** @type {Build} */ build) {
  if (!existsSync(build.made)) return false
  // An image without all sources contains a finished build.
  if (build.sources.some((source) => !existsSync(at(source)))) return true
  return existsSync(build.marker) && readFileSync(build.marker, 'utf8') === fingerprint(build.sources)
}

async function run(/** @type {Build} */ build) {
  const from = fingerprint(build.sources)
  await runStep(build.doing, build.command, root)
  mkdirSync(path.dirname(build.marker), { recursive: true })
  writeFileSync(build.marker, from)
}

/** Names and contents of all these files: a tree that is copied or checked out anew is the same. Reads 3 MB in 50 ms. */
function fingerprint(/** @type {string[]} */ sources) {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((source) => filesUnder(at(source))))
    hash.update(`${path.relative(root, file)}\n`).update(readFileSync(file))
  return hash.digest('hex')
}

/** @returns {string[]} */
function filesUnder(/** @type {string} */ place) {
  const stat = statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [place]
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesUnder(path.join(place, name)))
}

const lockFile = at('dist/.preparing')
const lookEveryMs = 100

const readOnly = ['EACCES', 'EPERM', 'EROFS']

/** Waits until no other running process prepares here. @throws StepError where this account may not build */
async function takeLock() {
  try {
    return await takeLockFile()
  } catch (error) {
    if (!readOnly.includes(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')) throw error
    throw new StepError(
      `Brook in ${root} is not built, or its sources have changed, and this account may not write there. ` +
        'Build it with an account that may: npm run build',
    )
  }
}

async function takeLockFile() {
  mkdirSync(path.dirname(lockFile), { recursive: true })
  for (let isReported = false; ;) {
    try {
      const file = openSync(lockFile, 'wx')
      writeFileSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(lockFile, { force: true })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    const other = Number(existsSync(lockFile) ? readFileSync(lockFile, 'utf8') : '')
    const isOld = Date.now() - (statSync(lockFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 1_000
    if (isOld && !isAlive(other)) rmSync(lockFile, { force: true })
    else if (!isReported) console.error(`Waiting for process ${other}, which is installing or building here`)
    isReported = true
    await pause(lookEveryMs)
  }
}

function isAlive(/** @type {number} */ pid) {
  if (!(pid > 0)) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM'
  }
}
