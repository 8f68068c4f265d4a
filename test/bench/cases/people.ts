// Signed-in guests and their rooms, inserted into MySQL: ten thousand sign-ups over HTTP would take longer than the
// measurement. Returns their cookies.
import { newToken, tokenHash } from '../../../server/account/token.ts'
import type { MysqlAddress } from '../../../server/config.ts'
import { Db, type Param } from '../../../server/db.ts'

/** `one`: everybody in one room. `many`: ten to a room. `five`, `hundred`: everybody in the same rooms. */
export type Seating = 'one' | 'many' | 'five' | 'hundred'

export const firstRoom = 1_000

export const roomsOf = (seating: Seating, people: number): number =>
  ({ one: 1, many: Math.ceil(people / 10), five: 5, hundred: 100 })[seating]

export async function seat(mysql: MysqlAddress, people: number, seating: Seating): Promise<string[]> {
  const db = new Db(mysql, 1)
  const now = new Date()
  const rooms = roomsOf(seating, people)
  const each = <T>(count: number, make: (i: number) => T): T[] =>
    Array.from({ length: count }, (_, i) => make(i))
  const tokens = each(people, newToken)
  const seatsOf = (i: number): number[] => (seating === 'many' ? [i % rooms] : each(rooms, (room) => room))
  try {
    await insert(
      db,
      'rooms (id, name, public_key, kind, topic, is_default, created_at)',
      each(rooms, (i) => [firstRoom + i, `room ${i}`, `room ${i}`, 'public', '', i === 0 ? 1 : null, now]),
    )
    await insert(
      db,
      'users (id, name, name_key, created_at)',
      each(people, (i) => [i + 1, `guest ${i + 1}`, `guest ${i + 1}`, now]),
    )
    const ends = new Date(now.getTime() + 86_400_000)
    await insert(
      db,
      'sessions (user_id, token_hash, agent, created_at, used_at, expires_at)',
      tokens.map((token, i) => [i + 1, tokenHash(token), 'bench', now, now, ends]),
    )
    await insert(
      db,
      'memberships (user_id, room_id, role, read_seq, joined_at)',
      each(people, (i) => seatsOf(i).map((room) => [i + 1, firstRoom + room, 'member', 0, now])).flat(),
    )
  } finally {
    await db.close()
  }
  return tokens.map((token) => `brook=${token}`)
}

async function insert(db: Db, into: string, rows: Param[][]): Promise<void> {
  for (let at = 0; at < rows.length; at += 1_000)
    await db.run(`INSERT INTO ${into} VALUES ?`, [rows.slice(at, at + 1_000)])
}
