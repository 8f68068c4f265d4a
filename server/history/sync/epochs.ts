// How often a shard's log was started anew, when last, and why: kept in MySQL for operators, who find it in `brook sync status`
// and /metrics. And the ids that are not given again.
import { randomBytes } from 'node:crypto'
import type { Db, Param, Queryable } from '../../db.ts'
import { factOf, setFact } from '../../facts.ts'
import type { StartedAnew } from '../../log/epoch.ts'
import type { HighestIds } from '../../log/remains.ts'
import { noteNotice } from '../../membership/notices.ts'

/** What is known of the times that a shard was started anew. */
export interface Epochs {
  count: number
  /** The last time, in milliseconds since 1970. */
  at: number
  why: string
  /** How many entries were lost the last time. */
  lost: number
}

const nameOf = (shard: number): string => `epoch.${shard}`

export async function readEpochs(db: Queryable, shard: number): Promise<Epochs | null> {
  const value = await factOf(db, nameOf(shard))
  return value === undefined ? null : (JSON.parse(value) as Epochs)
}

export async function keepEpoch(db: Queryable, shard: number, { why, lost }: StartedAnew): Promise<void> {
  const count = 1 + ((await readEpochs(db, shard))?.count ?? 0)
  const value = JSON.stringify({ count, at: Date.now(), why, lost: sum(lost) } satisfies Epochs)
  await setFact(db, nameOf(shard), value)
}

const sum = (lost: StartedAnew['lost']): number =>
  lost.reduce((total, { from, to }) => total + to - from + 1, 0)

/** Rooms named in the line about what is lost: more would be a list nobody reads. */
const named = 20

/**
 * The rooms are told what they have lost, once the log takes notices again. A notice needs somebody who did it: it carries
 * whoever made the room, or the first person there is; it is shown without a name.
 */
export async function noteLosses(db: Db, { lost }: StartedAnew): Promise<void> {
  if (lost.length === 0) return
  const rows = await db.rows<{ room: number; id: number; name: string }>(
    `SELECT r.id AS room, u.id, u.name FROM rooms r
     JOIN users u ON u.id = COALESCE(r.created_by, (SELECT MIN(id) FROM users))`,
  )
  const rooms = new Map(rows.map(({ room, id, name }) => [String(room), { id: String(id), name }]))
  await db.transaction(async (tx) => {
    for (const { room, from, to } of lost) {
      const user = rooms.get(room)
      if (user !== undefined) await noteNotice(tx, { room, user, notice: { kind: 'lost', from, to } })
    }
  })
}

/** One line for the log. */
export function describeEpoch(shard: number, { why, lost }: StartedAnew): string {
  const line = `the log's shard ${shard} was started anew: ${why}`
  if (lost.length === 0) return line
  const rooms = lost.slice(0, named).map(({ room, from, to }) => `room ${room} from ${from} to ${to}`)
  const more = lost.length > named ? ` and ${lost.length - named} more` : ''
  return `${line}; ${sum(lost)} entries are in neither store: ${rooms.join(', ')}${more}`
}

/** The highest id of a person; 0: there is nobody. */
export async function highestPersonIn(db: Queryable): Promise<number> {
  const [row] = await db.rows<{ id: number | null }>('SELECT MAX(id) AS id FROM users')
  return Number(row?.id ?? 0)
}

/**
 * Trap: a MySQL that was rolled back counts on from where it was, and gives ids again that other people had. A row that nobody
 * else sees raises the count as ALTER TABLE would, for which the account may have no right.
 */
export async function raiseIds(db: Db, { people, rooms }: HighestIds): Promise<void> {
  const key = randomBytes(16).toString('hex')
  const now = new Date()
  const rows: [table: string, highest: number, columns: string, values: Param[]][] = [
    ['users', people, 'name, name_key, created_at', ['', key, now]],
    ['rooms', rooms, 'name, kind, topic, created_at', ['', 'private', '', now]],
  ]
  for (const [table, highest, columns, values] of rows) {
    const [row] = await db.rows<{ id: number | null }>(`SELECT MAX(id) AS id FROM ${table}`)
    if (highest <= Number(row?.id ?? 0)) continue
    await db.transaction(async (tx) => {
      await tx.run(`INSERT INTO ${table} (id, ${columns}) VALUES (?)`, [[highest, ...values]])
      await tx.run(`DELETE FROM ${table} WHERE id = ?`, [highest])
    })
  }
}
