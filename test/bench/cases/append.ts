// How many entries a second one process can append, fsynced, each through the whole script. The peer is a bare XADD of
// the same fields on the same Redis, which assigns no numbers and would store a resend twice.
import type { Writing } from '../programs/writer.ts'
import { profileOf, type Case } from './case.ts'
import { cpuMs, memoryMb, Program } from './program.ts'
import { benchStores } from './stores.ts'

const underWay = 512
const writer = new URL('../programs/writer.ts', import.meta.url)

export const append: Case<'append' | 'xadd'> = {
  name: 'append',
  aim: 4,
  about: ({ entries }) => `${entries} entries, ${underWay} under way, appendfsync always`,
  contenders: ['append', 'xadd'],
  shown: [
    { figure: 'entries', unit: '/s', better: 'more', target: 40_000 },
    { figure: 'writer CPU', unit: 'us/entry', digits: 1, better: 'less' },
    { figure: 'Redis CPU', unit: 'us/entry', digits: 1, better: 'less' },
    { figure: 'writer RSS', unit: 'MB', better: 'none' },
  ],
  round: async (how, settings, number) => {
    const { entries } = settings
    const stores = await benchStores()
    try {
      const { program } = await Program.start(writer, { redis: stores.redis, mysql: stores.mysql })
      const write = (count: number): Promise<{ ms: number }> =>
        program.run({ how, entries: count, underWay } satisfies Writing)
      await write(Math.ceil(entries / 10))
      const pids = { writer: program.pid, redis: stores.redisProcess.pid }
      const before = { writer: cpuMs(pids.writer), redis: cpuMs(pids.redis) }
      const file = profileOf(settings, 'append', how, number)
      const { ms } = await program.profiled(file, () => write(entries))
      const figures = {
        entries: (entries * 1_000) / ms,
        'writer CPU': ((cpuMs(pids.writer) - before.writer) * 1_000) / entries,
        'Redis CPU': ((cpuMs(pids.redis) - before.redis) * 1_000) / entries,
        'writer RSS': memoryMb(program.pid).rss,
      }
      await program.stop()
      return { figures, wrong: [] }
    } finally {
      await stores.stop()
    }
  },
}
