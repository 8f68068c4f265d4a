// Installs the packages and builds server and web app when they are missing or older than their sources. Plain
// JavaScript and Node alone. Several processes may prepare at once: one does it, the others wait.
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

export const compiledMain = at('dist/server/cli/main.js')

/** Verbs that show the web app. `dev` has Vite show it from its sources. */
const verbsWithWeb = ['start', 'server', 'build']

const server = {
  doing: 'Building the server',
  command: [process.execPath, at('node_modules/typescript/bin/tsc'), '-b', 'tsconfig.server.json'],
  made: compiledMain,
  marker: at('dist/.server-built-from'),
  sources: ['server', 'tsconfig.base.json', 'tsconfig.server.json', 'package-lock.json'],
}
const web = {
  doing: 'Building the web app',
  command: [process.execPath, at('node_modules/vite/bin/vite.js'), 'build', '--logLevel', 'warn'],
  made: at('dist/web/index.html'),
  marker: at('dist/.web-built-from'),
  sources: ['web', 'server/protocol', 'vite.config.ts', 'package-lock.json'],
}

/** Makes everything ready that this verb needs. Takes a tenth of a second when it is. */
export async function prepare(/** @type {string | undefined} */ verb) {
  const builds = verb !== undefined && verbsWithWeb.includes(verb) ? [server, web] : [server]
  const isReady = () => packagesAreThere() && builds.every(isBuilt)
  if (isReady()) return
  const letGo = await takeTurn()
  try {
    if (!packagesAreThere()) await installPackages()
    for (const build of builds) if (!isBuilt(build)) await run(build)
  } finally {
    letGo()
  }
}

/** The packages alone, for what checks and builds by itself (test/run.mjs). */
export async function preparePackages() {
  if (packagesAreThere()) return
  const letGo = await takeTurn()
  try {
    if (!packagesAreThere()) await installPackages()
  } finally {
    letGo()
  }
}

/** npm writes node_modules/.package-lock.json last, when an installation is whole. */
function packagesAreThere() {
  const installed = statSync(at('node_modules/.package-lock.json'), { throwIfNoEntry: false })
  const locked = statSync(at('package-lock.json'), { throwIfNoEntry: false })
  return installed !== undefined && (locked === undefined || installed.mtimeMs >= locked.mtimeMs)
}

// --include=dev: the build needs them, also where NODE_ENV says production.
const npmCi = ['npm', 'ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund']

async function installPackages() {
  await runStep('Installing the packages (npm ci)', npmCi, root)
  // Trap: npm keeps the times of an installation that it found right; ours must be later than the lock's.
  const lock = at('node_modules/.package-lock.json')
  writeFileSync(lock, readFileSync(lock))
}

/** @typedef {typeof server} Build */

function isBuilt(/** @type {Build} */ build) {
  if (!existsSync(build.made)) return false
  // An image without sources has what was built elsewhere.
  if (!existsSync(at(build.sources[0] ?? ''))) return true
  return existsSync(build.marker) && readFileSync(build.marker, 'utf8') === fingerprint(build.sources)
}

async function run(/** @type {Build} */ build) {
  const from = fingerprint(build.sources)
  await runStep(build.doing, build.command, root)
  mkdirSync(path.dirname(build.marker), { recursive: true })
  writeFileSync(build.marker, from)
}

/** Names, sizes and times of all these files: a renamed, removed or older file counts as a change too. */
function fingerprint(/** @type {string[]} */ sources) {
  const hash = createHash('sha256')
  for (const source of sources) for (const file of filesUnder(at(source))) hash.update(file)
  return hash.digest('hex')
}

/** @returns {string[]} */
function filesUnder(/** @type {string} */ place) {
  const stat = statSync(place, { throwIfNoEntry: false })
  if (stat === undefined) return []
  if (!stat.isDirectory()) return [`${place} ${stat.size} ${stat.mtimeMs}\n`]
  return readdirSync(place)
    .sort()
    .flatMap((name) => filesUnder(path.join(place, name)))
}

const turnFile = at('dist/.preparing')
const lookEveryMs = 100

/** Waits until no other living process prepares here. */
async function takeTurn() {
  mkdirSync(path.dirname(turnFile), { recursive: true })
  for (let told = false; ;) {
    try {
      const file = openSync(turnFile, 'wx')
      writeFileSync(file, String(process.pid))
      closeSync(file)
      return () => rmSync(turnFile, { force: true })
    } catch (error) {
      if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error
    }
    const other = Number(existsSync(turnFile) ? readFileSync(turnFile, 'utf8') : '')
    const isOld = Date.now() - (statSync(turnFile, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > 1_000
    if (isOld && !isAlive(other)) rmSync(turnFile, { force: true })
    else if (!told) console.error(`Waiting for process ${other}, which installs or builds here`)
    told = true
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
