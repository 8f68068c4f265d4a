// Who has read up to a message, from the read pointers of a small room's members. SQL that reads them, and of `seen_hidden`.
// Left out: bots, the author, whoever does not take part, whoever is invisible, and those with whom there is a block.
import type { Db } from '../db.ts'
import type { Blocks } from '../directs/blocks.ts'
import type { History } from '../history/history.ts'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import { personOf } from '../protocol/people.ts'
import { kindOf, type RoomKind } from '../protocol/room-kinds.ts'
import { showsInRoom } from '../protocol/timeline.ts'
import type { SeenAnswer } from '../protocol/seen.ts'

export interface SeenDeps {
  db: Db
  history: Pick<History, 'find'>
  blocks: Pick<Blocks, 'has'>
}

export class Seen {
  readonly #deps: SeenDeps

  constructor(deps: SeenDeps) {
    this.#deps = deps
  }

  /** For a member of the room, whom the gate has let pass. */
  async of(userId: string, { room, seq }: { room: string; seq: number }): Promise<SeenAnswer | Refusal> {
    const { db, history, blocks } = this.#deps
    const message = await history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if (isRefusal(message)) return message
    if (!(await this.shows(userId)) || !(await this.#isSmall(room))) return { seen: null }
    // A reply that only its thread shows is read there.
    const { thread } = message
    const isOfThread = thread !== undefined && !showsInRoom(message)
    const rows = await db.rows<{ id: number; name: string }>(
      `SELECT u.id, u.name FROM memberships m JOIN users u ON u.id = m.user_id AND u.is_bot = 0
       LEFT JOIN seen_hidden h ON h.user_id = u.id
       LEFT JOIN profiles p ON p.user_id = u.id
       LEFT JOIN followed_threads f ON f.user_id = u.id AND f.room_id = m.room_id AND f.thread = ?
       WHERE m.room_id = ? AND u.id NOT IN (?) AND h.user_id IS NULL AND COALESCE(p.presence, '') <> 'invisible'
         AND ${isOfThread ? 'COALESCE(f.read_seq, 0)' : 'm.read_seq'} >= ? ORDER BY u.name, u.id`,
      [thread ?? 0, BigInt(room), [BigInt(userId), BigInt(message.user.id)], seq],
    )
    const people = rows.map(({ id, name }) => personOf({ id: String(id), name }))
    return { seen: people.filter(({ id }) => !blocks.has(userId, id) && !blocks.has(id, userId)) }
  }

  /** Whether somebody takes part: shows it, and sees it. */
  async shows(userId: string): Promise<boolean> {
    const rows = await this.#deps.db.rows('SELECT 1 FROM seen_hidden WHERE user_id = ?', [BigInt(userId)])
    return rows.length === 0
  }

  async set(userId: string, shows: boolean): Promise<void> {
    const sql = shows
      ? 'DELETE FROM seen_hidden WHERE user_id = ?'
      : 'INSERT IGNORE INTO seen_hidden (user_id) VALUES (?)'
    await this.#deps.db.run(sql, [BigInt(userId)])
  }

  async #isSmall(room: string): Promise<boolean> {
    const [row] = await this.#deps.db.rows<{ kind: RoomKind; n: number }>(
      `SELECT r.kind, COUNT(*) AS n FROM rooms r JOIN memberships m ON m.room_id = r.id
       JOIN users u ON u.id = m.user_id AND u.is_bot = 0 WHERE r.id = ? GROUP BY r.id, r.kind`,
      [BigInt(room)],
    )
    return row !== undefined && Number(row.n) <= kindOf(row.kind).seenByUpTo
  }
}
