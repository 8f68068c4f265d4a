// Everybody, page by page, and one person as others read about them. SQL of `users`, `profiles` and `last_seen`; reads only.
import type { Db, Param } from '../db.ts'
import { isGuest } from '../account/guest-sql.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import type { PeopleAnswer, PeopleQuery, Presence, Profile, ProfileAnswer } from '../protocol/profiles.ts'
import { openKinds } from '../protocol/room-kinds.ts'
import type { PresentProfiles } from './present-profiles.ts'

interface Row {
  id: number
  name: string
  is_bot: number
  is_admin: number
  guest: number
  title: string | null
  pronouns: string | null
  about: string | null
  time_zone: string | null
  seen_ms: number | null
}

const columns = `u.id, u.name, u.is_bot, u.is_admin, ${isGuest} AS guest, p.title, p.pronouns, p.about, p.time_zone, l.seen_ms`
const tables = 'users u LEFT JOIN profiles p ON p.user_id = u.id LEFT JOIN last_seen l ON l.user_id = u.id'

export interface PeoplePagesDeps {
  db: Db
  present: Pick<PresentProfiles, 'lookOf'>
  presence: { stateOf: (id: string) => Presence }
}

export class PeoplePages {
  readonly #deps: PeoplePagesDeps

  constructor(deps: PeoplePagesDeps) {
    this.#deps = deps
  }

  /**
   * By name. Each word of the query is in the name or in the title, wherever: a page passes over those it does not want, 100,000 of
   * whom take MariaDB some 200 ms, so that no index of parts of names is needed.
   */
  async list({
    query = '',
    after,
    limit = limits.profiles.page.default,
  }: PeopleQuery): Promise<PeopleAnswer> {
    const words = wordsOf(query)
    const wanted = words.map(
      () => `AND (LOCATE(?, u.name_key) > 0 OR LOCATE(?, COALESCE(p.title_key, '')) > 0)`,
    )
    const rows = await this.#deps.db.rows<Row>(
      `SELECT ${columns} FROM ${tables} WHERE u.is_bot = 0 AND u.ended_at IS NULL
         AND u.name_key > COALESCE((SELECT name_key FROM users WHERE id = ?), '') ${wanted.join(' ')}
       ORDER BY u.name_key LIMIT ?`,
      [BigInt(after ?? 0), ...words.flatMap((word): Param[] => [word, word]), limit + 1],
    )
    const people = rows.slice(0, limit).map((row) => this.#profile(row))
    return { people, next: rows.length > limit ? (people.at(-1)?.id ?? null) : null }
  }

  /** Undefined: there is nobody, or their account has ended. */
  async one(reader: string, id: string): Promise<ProfileAnswer | undefined> {
    const { db } = this.#deps
    const [row] = await db.rows<Row>(
      `SELECT ${columns} FROM ${tables} WHERE u.id = ? AND u.ended_at IS NULL`,
      [BigInt(id)],
    )
    if (row === undefined) return undefined
    const person = { ...this.#profile(row), about: row.about ?? '' }
    const shared = await this.#shared(reader, id)
    const rooms = shared.slice(0, limits.profiles.sharedRooms)
    return { person, rooms, roomsTotal: shared.length }
  }

  /** Rooms in which both are, by name; not those that are only for some people talking directly. */
  async #shared(reader: string, id: string): Promise<{ id: string; name: string }[]> {
    if (reader === id) return []
    const rows = await this.#deps.db.rows<{ id: number; name: string }>(
      `SELECT r.id, r.name FROM memberships a JOIN memberships b ON b.room_id = a.room_id AND b.user_id = ?
       JOIN rooms r ON r.id = a.room_id WHERE a.user_id = ? AND r.kind IN (?) ORDER BY r.name LIMIT ?`,
      [BigInt(id), BigInt(reader), [...openKinds, 'private'], limits.roomsPerPerson],
    )
    return rows.map((room) => ({ id: String(room.id), name: room.name }))
  }

  #profile(row: Row): Profile {
    const id = String(row.id)
    const { present, presence } = this.#deps
    const state = presence.stateOf(id)
    const isSeen = state === 'offline' && row.seen_ms !== null
    return {
      id,
      name: row.name,
      title: row.title ?? '',
      pronouns: row.pronouns ?? '',
      timeZone: row.time_zone || null,
      presence: state,
      ...present.lookOf(id),
      ...(isSeen ? { lastSeen: Number(row.seen_ms) } : {}),
      guest: row.guest === 1 && row.is_bot === 0,
      admin: row.is_admin === 1,
      ...(row.is_bot === 1 ? { bot: true as const } : {}),
    }
  }
}

const wordsOf = (query: string): string[] =>
  nameKey(query.trim().slice(0, 4 * limits.profiles.queryChars))
    .split(' ')
    .filter((word) => word !== '')
    .slice(0, limits.profiles.queryWords)
