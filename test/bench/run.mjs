// `npm run bench` on a bare Node: installs and builds what is missing, compiles the programs that are measured, and hands
// over to bench.ts. Plain JavaScript, for it runs before anything is compiled.
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { prepare, PrepareError } from '../../server/cli/prepare.mjs'
import { runStep } from '../../server/cli/step.mjs'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const bench = fileURLToPath(new URL('./bench.ts', import.meta.url))
const tsc = path.join(root, 'node_modules/typescript/bin/tsc')

try {
  await prepare('sync')
  const here = path.dirname(bench)
  const time = (/** @type {string} */ file) =>
    statSync(path.join(here, file), { throwIfNoEntry: false })?.mtimeMs ?? 0
  if (time('node_modules/.package-lock.json') < time('package-lock.json'))
    await runStep(
      'Installing the peers of the bench',
      ['npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund'],
      here,
    )
  // What is measured runs compiled, as it is shipped; only bench.ts itself goes through tsx.
  await runStep('Building the bench', [process.execPath, tsc, '-b', 'test/bench/tsconfig.json'], root)
} catch (error) {
  if (!(error instanceof PrepareError)) throw error
  console.error(`bench: ${error.message}`)
  process.exit(1)
}
const child = spawn(process.execPath, ['--import', 'tsx', bench, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill('SIGTERM'))
child.once('exit', (code) => process.exit(code ?? 1))
