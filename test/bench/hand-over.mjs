// Runs a script of the bench on a bare Node: builds what is missing, compiles the measured programs, and runs the script.
// Plain JavaScript, because it runs before anything is compiled.
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, PrepareError, prepareTests } from '../../server/cli/prepare.mjs'
import { runStep } from '../../server/cli/step.mjs'
import { getStores } from '../support/get-stores.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const root = path.join(here, '../..')
const tsc = path.join(root, 'node_modules/typescript/bin/tsc')

/** Fetches the stores. `peers`: installs the bench's own packages too. Exits with the script's exit code. */
export async function handOver(/** @type {string} */ script, { peers = false } = {}) {
  try {
    // With the web app, which `web` and `start` need.
    await prepare('server')
    await prepareTests()
    await getStores()
    if (peers && time('node_modules/.package-lock.json') < time('package-lock.json'))
      await runStep(
        'Installing the peers of the bench',
        ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
        here,
      )
    // Measured programs run compiled, as shipped; only the script itself goes through tsx.
    await runStep('Building the bench', [process.execPath, tsc, '-b', 'test/bench/tsconfig.json'], root)
  } catch (error) {
    if (!(error instanceof PrepareError)) throw error
    console.error(`bench: ${error.message}`)
    process.exit(1)
  }
  const words = ['--import', 'tsx', path.join(here, script), ...process.argv.slice(2)]
  const child = spawn(process.execPath, words, { cwd: root, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'))
  child.once('exit', (code) => process.exit(code ?? 1))
}

const time = (/** @type {string} */ file) =>
  statSync(path.join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
