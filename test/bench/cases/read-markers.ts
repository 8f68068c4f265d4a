// Two hundred people who read: their markers batched into a few statements, compared with one statement each.
import { Db } from '../../../server/db.ts'
import type { PrivateStores } from '../../support/stores.ts'
import type { Reading, WasRead } from '../programs/marker.ts'
import { profileOf, type Case } from './case.ts'
import { cpuMs, Program } from './program.ts'
import { benchStores } from './stores.ts'

const crowd = { people: 200, rooms: 10, markers: 500, seconds: 10 }
const total = crowd.people * crowd.markers
const marker = new URL('../programs/marker.ts', import.meta.url)

export const readMarkers: Case<Reading['how']> = {
  name: 'read-markers',
  about: () => `${crowd.people} people move ${crowd.markers} markers each in ${crowd.seconds} s`,
  contenders: ['gathered', 'direct'],
  shown: [
    { figure: 'statements', unit: '', better: 'less' },
    { figure: 'deadlocks', unit: '', better: 'none' },
    { figure: 'until all is in MySQL', unit: 's', digits: 1, better: 'less' },
    { figure: 'lag p50', unit: 'ms', better: 'less' },
    { figure: 'lag p99', unit: 'ms', better: 'less' },
    { figure: 'MariaDB CPU', unit: 'ms', better: 'less' },
  ],
  round: async (how, settings, number) => {
    const stores = await benchStores()
    const db = new Db(stores.admin, 1)
    try {
      await fill(db)
      const { program } = await Program.start(marker, { mysql: stores.mysql })
      const before = await status(db, stores)
      const file = profileOf(settings, 'read-markers', how, number)
      const { ms, lags } = await program.profiled(file, () =>
        program.run<WasRead>({ how, ...crowd } satisfies Reading),
      )
      const after = await status(db, stores)
      await program.stop()
      const wrong = await lacking(db)
      if (lags.length !== total) wrong.push(`${lags.length} of ${total} markers reached MySQL`)
      return {
        figures: {
          statements: after.updates - before.updates,
          deadlocks: after.deadlocks - before.deadlocks,
          'until all is in MySQL': ms / 1_000,
          'lag p50': lags[lags.length >> 1] ?? 0,
          'lag p99': lags[Math.floor(lags.length * 0.99)] ?? 0,
          'MariaDB CPU': after.cpu - before.cpu,
        },
        wrong,
      }
    } finally {
      await db.close()
      await stores.stop()
    }
  },
}

async function fill(db: Db): Promise<void> {
  const rows = Array.from({ length: crowd.people }, (_, person) =>
    Array.from({ length: crowd.rooms }, (_unused, room) => [person + 1, room + 1, 'member', 0, new Date()]),
  ).flat()
  await db.run('INSERT INTO memberships (user_id, room_id, role, read_seq, joined_at) VALUES ?', [rows])
}

async function status(
  db: Db,
  { mariadbProcess }: PrivateStores,
): Promise<{ updates: number; deadlocks: number; cpu: number }> {
  const rows = await db.rows<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL STATUS WHERE Variable_name IN ('Com_update', 'Com_update_multi', 'Innodb_deadlocks')`,
  )
  const of = (name: string): number =>
    Number(rows.find((row) => row.Variable_name.toLowerCase() === name)?.Value ?? 0)
  return {
    updates: of('com_update') + of('com_update_multi'),
    deadlocks: of('innodb_deadlocks'),
    cpu: cpuMs(mariadbProcess.pid),
  }
}

/** Every person has read every room up to their last marker of it. */
async function lacking(db: Db): Promise<string[]> {
  const [row] = await db.rows<{ low: number }>(
    `SELECT COUNT(*) AS low FROM memberships WHERE read_seq <= ?`,
    [crowd.markers - crowd.rooms],
  )
  return Number(row?.low) === 0 ? [] : [`${row?.low} markers stand too low`]
}
