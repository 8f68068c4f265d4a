// A case that compares this checkout with another one, such as the commit before: both play it in turn, each with its own
// programs and with this one's load client, and a ratio above 1 is in favour of this one.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import type { Case } from './case.ts'
import { runFrom } from './program.ts'

/** The same case with one peer, `before`: the checkout in `folder`. */
export const against = (one: Case, folder: string): Case => {
  const [ours = ''] = one.contenders
  return {
    ...one,
    contenders: [ours, 'before'],
    round: async (contender, settings, number) => {
      runFrom(contender === 'before' ? folder : undefined)
      try {
        return await one.round(ours, settings, number)
      } finally {
        runFrom(undefined)
      }
    },
  }
}

/** Compiles the programs of a checkout whose packages are installed. @throws when that fails */
export function compile(folder: string): void {
  const tsc = path.join(folder, 'node_modules/typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-b', 'test/bench/tsconfig.json'], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`the bench of ${folder} could not be compiled`)
}
