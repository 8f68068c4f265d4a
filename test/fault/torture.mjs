// Builds the server, then runs torture.ts: `npm run torture -- --minutes 10 --seed 7`. Plain JavaScript, so that Node runs it.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
/** @param {string[]} args */
const run = (args) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status ?? 1

if (process.env['TORTURE_BUILT'] !== '1') {
  const built = run(['node_modules/typescript/bin/tsc', '-b', 'tsconfig.server.json'])
  if (built !== 0) process.exit(built)
}
process.exitCode = run(['--import', 'tsx', 'test/fault/torture.ts', ...process.argv.slice(2)])
