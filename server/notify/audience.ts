// What MySQL knows of those who may be told: members with what they have set for a room, and who blocks whom.
import type { Db } from '../db.ts'
import type { Level } from '../protocol/member-settings.ts'
import { later, type Position } from '../protocol/position.ts'
import type { RoomKind } from '../protocol/room-kinds.ts'
import type { Standing } from './cause.ts'

export interface AudienceDeps {
  db: Db
  /** How far somebody has read a room, where this process knows it better than MySQL. */
  readTo: (user: string, room: string) => Position | undefined
}

/** The members of rooms, by room and person; programs, and those whose account has ended, are none. */
export type Members = ReadonlyMap<string, ReadonlyMap<string, Standing>>

interface Row {
  room_id: number | string
  user_id: number | string
  level: Level | null
  muted_until_ms: number | string | null
  joined_seq: number
  read_turn: number
  read_seq: number
}

const select = `SELECT m.room_id, m.user_id, m.level, m.muted_until_ms, m.joined_seq, m.read_turn, m.read_seq
  FROM memberships m JOIN users u ON u.id = m.user_id AND u.is_bot = 0 AND u.ended_at IS NULL`

export class Audience {
  readonly #deps: AudienceDeps

  constructor(deps: AudienceDeps) {
    this.#deps = deps
  }

  /** The kinds of those of these rooms that are there. */
  async kinds(rooms: readonly string[]): Promise<Map<string, RoomKind>> {
    if (rooms.length === 0) return new Map()
    const rows = await this.#deps.db.rows<{ id: number | string; kind: RoomKind }>(
      'SELECT id, kind FROM rooms WHERE id IN (?)',
      [rooms.map(BigInt)],
    )
    return new Map(rows.map(({ id, kind }) => [String(id), kind]))
  }

  /** Those who want to hear of everything in these rooms: by their own choice, or because it is direct. */
  async whoHearAll(rooms: readonly string[]): Promise<Members> {
    if (rooms.length === 0) return new Map()
    return this.#byRoom(
      await this.#deps.db.rows<Row>(
        `${select} JOIN rooms r ON r.id = m.room_id
         WHERE m.room_id IN (?) AND (m.level = 'all' OR (m.level IS NULL AND r.kind = 'direct'))`,
        [rooms.map(BigInt)],
      ),
    )
  }

  /** Those of these people who are in the room. */
  async among(room: string, users: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    if (users.length === 0) return new Map()
    const rows = await this.#deps.db.rows<Row>(`${select} WHERE m.room_id = ? AND m.user_id IN (?)`, [
      BigInt(room),
      users.map(BigInt),
    ])
    return this.#byRoom(rows).get(room) ?? new Map<string, Standing>()
  }

  #byRoom(rows: readonly Row[]): Members {
    const found = new Map<string, Map<string, Standing>>()
    for (const row of rows) {
      const [room, user] = [String(row.room_id), String(row.user_id)]
      const kept = { generation: Number(row.read_turn), seq: Number(row.read_seq) }
      const members = found.get(room) ?? new Map<string, Standing>()
      found.set(room, members)
      members.set(user, {
        level: row.level,
        mutedUntil: row.muted_until_ms === null ? null : Number(row.muted_until_ms),
        joinedSeq: Number(row.joined_seq),
        read: later(kept, this.#deps.readTo(user, room)).seq,
      })
    }
    return found
  }
}

/** By author, those of these people who block them. */
export async function blockersOf(
  db: Db,
  authors: readonly string[],
  users: readonly string[],
): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>()
  if (authors.length === 0 || users.length === 0) return found
  const rows = await db.rows<{ user_id: number | string; blocked_id: number | string }>(
    'SELECT user_id, blocked_id FROM blocks WHERE blocked_id IN (?)',
    [authors.map(BigInt)],
  )
  const asked = new Set(users)
  for (const { user_id, blocked_id } of rows) {
    const blockers = found.get(String(blocked_id)) ?? new Set()
    found.set(String(blocked_id), blockers)
    if (asked.has(String(user_id))) blockers.add(String(user_id))
  }
  return found
}
