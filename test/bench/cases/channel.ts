// The cost of a bounded channel: values from one sender to one receiver, compared with an unbounded array and a library.
import type { Queued, Queueing } from '../programs/queue.ts'
import { profileOf, type Case } from './case.ts'
import { memoryMb, Program } from './program.ts'

const values = 1_000_000
const capacity = 20
const queue = new URL('../programs/queue.ts', import.meta.url)

export const channel: Case<Queueing['how']> = {
  name: 'channel',
  about: () => `${values} values from one sender to one receiver; a channel of ${capacity}`,
  contenders: ['Channel', 'array', 'repeater'],
  shown: [
    { figure: 'values', unit: '/s', better: 'more' },
    { figure: 'held at most', unit: '', better: 'less' },
    { figure: 'RSS at most', unit: 'MB', better: 'less' },
  ],
  round: async (how, settings, number) => {
    const { program } = await Program.start(queue, {})
    const pass = (count: number): Promise<Queued> =>
      program.run({ how, values: count, capacity } satisfies Queueing)
    await pass(values / 10)
    const file = profileOf(settings, 'channel', how, number)
    const { ms, max, sum } = await program.profiled(file, () => pass(values))
    const figures = {
      values: (values * 1_000) / ms,
      'held at most': max,
      'RSS at most': memoryMb(program.pid).peak,
    }
    await program.stop()
    const expected = (values * (values - 1)) / 2
    return { figures, wrong: sum === expected ? [] : [`the sum is ${sum} and not ${expected}`] }
  },
}
