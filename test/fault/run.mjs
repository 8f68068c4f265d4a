// Runs a script of this folder on a built server. Plain JavaScript, so that Node runs it.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** @param {string} script its name, without its ending */
export function run(script) {
  /** @param {string[]} args */
  const node = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1
  // FAULT_BUILT=1: dist/ is as it should be, and another run may stand on it.
  const built =
    process.env['FAULT_BUILT'] === '1'
      ? 0
      : node(['node_modules/typescript/bin/tsc', '-b', 'tsconfig.server.json'])
  process.exitCode =
    built === 0
      ? node(['--import', 'tsx', path.join('test/fault', `${script}.ts`), ...process.argv.slice(2)])
      : built
}
