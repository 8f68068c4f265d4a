// How many rows a second sync copies from Redis into MySQL, from connecting to releasing its lease. The peer is a plain
// loader without any of sync's guarantees.
import { Db } from '../../../server/db.ts'
import type { PrivateStores } from '../../support/stores.ts'
import type { Writing } from '../programs/writer.ts'
import { profileOf, type Case } from './case.ts'
import { cpuMs, Program } from './program.ts'
import { benchStores } from './stores.ts'

const programs = {
  Brook: new URL('../programs/archiver.ts', import.meta.url),
  loader: new URL('../programs/loader.ts', import.meta.url),
  writer: new URL('../programs/writer.ts', import.meta.url),
}
const mb = 1024 * 1024

export const sync: Case<'Brook' | 'loader'> = {
  name: 'sync',
  aim: 5,
  about: ({ entries }) => `a backlog of ${entries} entries of 50 rooms, archived by one sync`,
  contenders: ['Brook', 'loader'],
  shown: [
    { figure: 'rows', unit: '/s', better: 'more', target: 100_000, against: { loader: 0.9 } },
    { figure: 'own CPU', unit: 'us/row', digits: 1, better: 'less' },
    { figure: 'MariaDB CPU', unit: 'us/row', digits: 1, better: 'less' },
    { figure: 'RSS at first', unit: 'MB', better: 'none' },
    { figure: 'RSS half way', unit: 'MB', better: 'none' },
    { figure: 'RSS at most', unit: 'MB', better: 'none' },
  ],
  round: async (contender, settings, number) => {
    const { entries } = settings
    const stores = await benchStores()
    try {
      await fill(stores, entries)
      const given = { redis: stores.redis, mysql: stores.mysql, once: true }
      const { program } = await Program.start(programs[contender], given)
      const pids = [program.pid, stores.mariadbProcess.pid]
      const [ownBefore = 0, mariadbBefore = 0] = pids.map(cpuMs)
      const file = profileOf(settings, 'sync', contender, number)
      const { ms, rss = [] } = await program.profiled(file, () =>
        program.run<{ ms: number; rss?: number[] }>(),
      )
      const [own = 0, mariadb = 0] = pids.map(cpuMs)
      await program.stop()
      const rows = await countRows(stores)
      const memory = {
        'RSS at first': (rss[0] ?? 0) / mb,
        'RSS half way': (rss[rss.length >> 1] ?? 0) / mb,
        'RSS at most': Math.max(0, ...rss) / mb,
      }
      return {
        figures: {
          rows: (rows * 1_000) / ms,
          'MySQL rows': rows,
          'own CPU': ((own - ownBefore) * 1_000) / rows,
          'MariaDB CPU': ((mariadb - mariadbBefore) * 1_000) / rows,
          ...(rss.length > 0 ? memory : {}),
        },
        wrong: rows === entries ? [] : [`MySQL has ${rows} rows of ${entries} entries`],
      }
    } finally {
      await stores.stop()
    }
  },
}

async function fill({ redis, mysql }: PrivateStores, entries: number): Promise<void> {
  const { program } = await Program.start(programs.writer, { redis, mysql })
  await program.run({ how: 'append', entries, underWay: 512 } satisfies Writing)
  await program.stop()
}

async function countRows({ mysql }: PrivateStores): Promise<number> {
  const db = new Db(mysql, 1)
  const [row] = await db.rows<{ count: number }>('SELECT COUNT(*) AS count FROM messages')
  await db.close()
  return Number(row?.count)
}
