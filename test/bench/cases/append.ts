// How many entries a second one process can append, fsynced, each through the whole script; the peer is a bare XADD of
// the same fields on the same Redis, which numbers nothing and would keep a resend twice.
import type { Writing } from '../programs/writer.ts'
import type { Case } from './case.ts'
import { memoryMb, Program } from './program.ts'
import { benchStores } from './stores.ts'

const underWay = 512
const writer = new URL('../programs/writer.ts', import.meta.url)

export const append: Case<'append' | 'xadd'> = {
  name: 'append',
  about: ({ entries }) => `${entries} entries, ${underWay} under way, appendfsync always`,
  contenders: ['append', 'xadd'],
  shown: [
    { figure: 'entries', unit: '/s', better: 'more' },
    { figure: 'writer RSS', unit: 'MB', better: 'none' },
  ],
  round: async (how, { entries }) => {
    const stores = await benchStores()
    try {
      const { program } = await Program.start(writer, { redis: stores.redis, mysql: stores.mysql })
      const write = (count: number): Promise<{ ms: number }> =>
        program.run({ how, entries: count, underWay } satisfies Writing)
      await write(Math.ceil(entries / 10))
      const { ms } = await write(entries)
      const figures = { entries: (entries * 1_000) / ms, 'writer RSS': memoryMb(program.pid).rss }
      await program.stop()
      return { figures, wrong: [] }
    } finally {
      await stores.stop()
    }
  },
}
