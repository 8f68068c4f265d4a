// Links that let people in: who made them, for how many and how long, and who came by them. SQL of `invites`.
import { randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Invite, InviteBody, InviteSeen } from '../protocol/workspace.ts'
import { isLinkCode } from './link-code.ts'

/** An invite as MySQL has it; its address is added where it is shown. */
export type KeptInvite = Omit<Invite, 'url'>

interface Row {
  id: number | string
  code: string
  uses: number | null
  used: number
  expires_at: Date | null
  is_open: number
  by_id: number
  by_name: string
}

interface Named {
  invite: number | string
  id: number | string
  name: string
}

/** Still lets somebody in; `?` is now. */
const isOpen = `(i.ended_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ?) AND (i.uses IS NULL OR i.used < i.uses))`

/** The rooms of invites, as far as whoever made one is still in them. */
const roomsOf = `SELECT ir.invite_id AS invite, r.id, r.name FROM invite_rooms ir
  JOIN invites i ON i.id = ir.invite_id JOIN rooms r ON r.id = ir.room_id AND r.archived = 0
  JOIN memberships m ON m.room_id = ir.room_id AND m.user_id = i.created_by`

/** Those of somebody who is an administrator no more. */
export async function endInvitesOf(tx: Queryable, userId: string): Promise<void> {
  const sql = 'UPDATE invites SET ended_at = ? WHERE created_by = ? AND ended_at IS NULL'
  await tx.run(sql, [new Date(), BigInt(userId)])
}

export class Invites {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** `rooms` are those that this person is in. Limit: of some made in the same moment, a few may be above the limit. */
  async make(
    by: Person,
    rooms: readonly string[],
    { uses, expiresInMs }: Omit<InviteBody, 'rooms'>,
  ): Promise<{ invite: KeptInvite } | Refusal> {
    const now = new Date()
    const code = randomBytes(16).toString('base64url')
    const expiresAt = expiresInMs === undefined ? null : new Date(now.getTime() + expiresInMs)
    const [count] = await this.#db.rows<{ open: number }>(
      `SELECT COUNT(*) AS open FROM invites i WHERE ${isOpen}`,
      [now],
    )
    if (Number(count?.open) >= limits.invites.atOnce) return { code: 'too_many_invites' }
    const id = await this.#db.transaction(async (tx) => {
      const { insertId } = await tx.run(
        'INSERT INTO invites (code, created_by, created_at, expires_at, uses) VALUES (?)',
        [[code, BigInt(by.id), now, expiresAt, uses ?? null]],
      )
      if (rooms.length > 0)
        await tx.run('INSERT INTO invite_rooms (invite_id, room_id) VALUES ?', [
          rooms.map((room) => [BigInt(insertId), BigInt(room)]),
        ])
      return insertId
    })
    const [invite] = await this.#whole('i.id = ?', [BigInt(id)])
    return invite === undefined ? { code: 'invite_over' } : { invite }
  }

  /** Those that still let somebody in, then those that have been over for less than limits.invites.shownMs; newest first. */
  async list(): Promise<KeptInvite[]> {
    const now = Date.now()
    const since = new Date(now - limits.invites.shownMs)
    return this.#whole(`(${isOpen} OR i.created_at > ? OR i.ended_at > ? OR i.expires_at > ?)`, [
      new Date(now),
      since,
      since,
      since,
    ])
  }

  /** What somebody sees who opens the link; undefined: it lets nobody in any more, or never did. */
  async see(code: string): Promise<Omit<InviteSeen, 'workspace'> | undefined> {
    if (!isLinkCode(code)) return undefined
    const [row] = await this.#db.rows<{ name: string }>(
      `SELECT u.name FROM invites i JOIN users u ON u.id = i.created_by WHERE ${isOpen} AND i.code = ?`,
      [new Date(), code],
    )
    if (row === undefined) return undefined
    const rooms = await this.#db.rows<Named>(`${roomsOf} WHERE i.code = ? ORDER BY r.name`, [code])
    return { by: row.name, rooms: rooms.map(({ name }) => ({ name })) }
  }

  async isOpen(code: string): Promise<boolean> {
    if (!isLinkCode(code)) return false
    const sql = `SELECT i.id FROM invites i WHERE ${isOpen} AND i.code = ?`
    return (await this.#db.rows(sql, [new Date(), code])).length > 0
  }

  /** For somebody who has an account: it still lets people in, or it is the one that they came by. */
  async leads(code: string, userId: string): Promise<boolean> {
    if (await this.isOpen(code)) return true
    if (!isLinkCode(code)) return false
    const sql =
      'SELECT i.id FROM invites i JOIN invited d ON d.invite_id = i.id WHERE i.code = ? AND d.user_id = ?'
    return (await this.#db.rows(sql, [code, BigInt(userId)])).length > 0
  }

  /** The rooms that whoever comes by it is in at once. */
  async roomsOf(tx: Queryable | undefined, code: string): Promise<string[]> {
    const rooms = await (tx ?? this.#db).rows<Named>(`${roomsOf} WHERE i.code = ? ORDER BY r.id`, [code])
    return rooms.map(({ id }) => String(id))
  }

  /** False: there is none. Whoever has come by it stays. */
  async revoke(id: string): Promise<boolean> {
    const sql = 'UPDATE invites SET ended_at = ? WHERE id = ? AND ended_at IS NULL'
    return (await this.#db.run(sql, [new Date(), BigInt(id)])).affectedRows === 1
  }

  /**
   * Of many at once, as many come in as it is for: the row is locked until the transaction ends. False: it is over.
   */
  async use(tx: Queryable, code: string, userId: string): Promise<boolean> {
    const { affectedRows } = await tx.run(
      `UPDATE invites i SET i.used = i.used + 1 WHERE i.code = ? AND ${isOpen}`,
      [code, new Date()],
    )
    if (affectedRows === 0) return false
    await tx.run('INSERT INTO invited (user_id, invite_id) SELECT ?, id FROM invites WHERE code = ?', [
      BigInt(userId),
      code,
    ])
    return true
  }

  async #whole(which: string, params: (Date | bigint)[]): Promise<KeptInvite[]> {
    const rows = await this.#db.rows<Row>(
      `SELECT i.id, i.code, i.uses, i.used, i.expires_at, ${isOpen} AS is_open, u.id AS by_id, u.name AS by_name
       FROM invites i JOIN users u ON u.id = i.created_by WHERE ${which} ORDER BY is_open DESC, i.id DESC LIMIT ?`,
      [new Date(), ...params, 2 * limits.invites.atOnce],
    )
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => BigInt(id))
    const [rooms, people] = await Promise.all([
      this.#db.rows<Named>(`${roomsOf} WHERE ir.invite_id IN (?) ORDER BY r.name`, [ids]),
      this.#db.rows<Named>(
        `SELECT invite, id, name FROM (
           SELECT d.invite_id AS invite, u.id, u.name,
             ROW_NUMBER() OVER (PARTITION BY d.invite_id ORDER BY u.id DESC) AS place
           FROM invited d JOIN users u ON u.id = d.user_id WHERE d.invite_id IN (?)) AS came
         WHERE place <= ? ORDER BY id DESC`,
        [ids, limits.invites.shown],
      ),
    ])
    return rows.map((row) => ({
      id: String(row.id),
      code: row.code,
      uses: row.uses,
      used: row.used,
      expiresAt: row.expires_at?.getTime() ?? null,
      over: row.is_open !== 1,
      by: { id: String(row.by_id), name: row.by_name },
      rooms: ofInvite(rooms, row),
      people: ofInvite(people, row),
    }))
  }
}

const ofInvite = (all: readonly Named[], { id }: Row): Person[] =>
  all.flatMap((one) => (String(one.invite) === String(id) ? [{ id: String(one.id), name: one.name }] : []))
