// Links that let people in: who made them, for how many and how long, and who came by them. SQL of `invites`.
import { randomBytes } from 'node:crypto'
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Invite, InviteBody } from '../protocol/workspace.ts'

/** An invite as MySQL has it; its address is added where it is shown. */
export type KeptInvite = Omit<Invite, 'url'>

interface Row {
  id: number | string
  code: string
  uses: number | null
  used: number
  expires_at: Date | null
  by_id: number
  by_name: string
}

/** Still lets somebody in. */
const isOpen = `i.ended_at IS NULL AND (i.expires_at IS NULL OR i.expires_at > ?) AND (i.uses IS NULL OR i.used < i.uses)`
const kept = `SELECT i.id, i.code, i.uses, i.used, i.expires_at, u.id AS by_id, u.name AS by_name
  FROM invites i JOIN users u ON u.id = i.created_by WHERE ${isOpen}`

export class Invites {
  readonly #db: Db

  constructor(db: Db) {
    this.#db = db
  }

  /** `rooms` are those that this person may invite to. */
  async make(
    by: Person,
    rooms: readonly string[],
    { uses, expiresInMs }: Omit<InviteBody, 'rooms'>,
  ): Promise<{ invite: KeptInvite } | Refusal> {
    const now = Date.now()
    const code = randomBytes(16).toString('base64url')
    const expiresAt = expiresInMs === undefined ? null : new Date(now + expiresInMs)
    const made = await this.#db.transaction(async (tx) => {
      const [count] = await tx.rows<{ open: number }>(
        `SELECT COUNT(*) AS open FROM invites i WHERE ${isOpen}`,
        [new Date(now)],
      )
      if (Number(count?.open) >= limits.invites.atOnce) return { code: 'too_many_invites' } as const
      const { insertId } = await tx.run(
        'INSERT INTO invites (code, created_by, created_at, expires_at, uses) VALUES (?)',
        [[code, BigInt(by.id), new Date(now), expiresAt, uses ?? null]],
      )
      if (rooms.length > 0)
        await tx.run('INSERT INTO invite_rooms (invite_id, room_id) VALUES ?', [
          rooms.map((room) => [BigInt(insertId), BigInt(room)]),
        ])
      return undefined
    })
    if (made !== undefined) return made
    const invite = await this.look(code)
    return invite === undefined ? { code: 'invite_over' } : { invite }
  }

  /** Those that still let somebody in, the newest first. */
  async list(): Promise<KeptInvite[]> {
    const rows = await this.#db.rows<Row>(`${kept} ORDER BY i.id DESC LIMIT ?`, [
      new Date(),
      limits.invites.atOnce,
    ])
    return this.#whole(rows)
  }

  /** The invite with this code; undefined: it lets nobody in any more, or never did. */
  async look(code: string): Promise<KeptInvite | undefined> {
    const [invite] = await this.#whole(await this.#db.rows<Row>(`${kept} AND i.code = ?`, [new Date(), code]))
    return invite
  }

  /** False: there is none. Whoever has come by it stays. */
  async end(id: string): Promise<boolean> {
    const sql = 'UPDATE invites SET ended_at = ? WHERE id = ? AND ended_at IS NULL'
    return (await this.#db.run(sql, [new Date(), BigInt(id)])).affectedRows === 1
  }

  /**
   * In the transaction that makes the person. Of many at once, as many come in as it is for: the row is locked until the
   * transaction ends. Undefined: it is over.
   */
  async use(tx: Queryable, code: string, userId: string): Promise<{ rooms: string[] } | undefined> {
    const { affectedRows } = await tx.run(
      `UPDATE invites i SET i.used = i.used + 1 WHERE i.code = ? AND ${isOpen}`,
      [code, new Date()],
    )
    if (affectedRows === 0) return undefined
    const [invite] = await tx.rows<{ id: number }>('SELECT id FROM invites WHERE code = ?', [code])
    await tx.run('INSERT INTO invited (user_id, invite_id) VALUES (?)', [[BigInt(userId), invite?.id ?? 0]])
    const rooms = await tx.rows<{ id: number }>(
      'SELECT room_id AS id FROM invite_rooms WHERE invite_id = ? ORDER BY room_id',
      [invite?.id ?? 0],
    )
    return { rooms: rooms.map(({ id }) => String(id)) }
  }

  async #whole(rows: readonly Row[]): Promise<KeptInvite[]> {
    if (rows.length === 0) return []
    const ids = rows.map(({ id }) => BigInt(id))
    const [rooms, people] = await Promise.all([
      this.#db.rows<{ invite: number; id: number; name: string }>(
        `SELECT ir.invite_id AS invite, r.id, r.name FROM invite_rooms ir JOIN rooms r ON r.id = ir.room_id
         WHERE ir.invite_id IN (?) ORDER BY r.name`,
        [ids],
      ),
      this.#db.rows<{ invite: number; id: number; name: string }>(
        `SELECT invite, id, name FROM (
           SELECT d.invite_id AS invite, u.id, u.name,
             ROW_NUMBER() OVER (PARTITION BY d.invite_id ORDER BY u.id DESC) AS place
           FROM invited d JOIN users u ON u.id = d.user_id WHERE d.invite_id IN (?)) AS came
         WHERE place <= ? ORDER BY id DESC`,
        [ids, limits.invites.shown],
      ),
    ])
    const of = (all: typeof rooms, { id }: Row): Person[] =>
      all.flatMap((one) =>
        String(one.invite) === String(id) ? [{ id: String(one.id), name: one.name }] : [],
      )
    return rows.map((row) => ({
      ...{ id: String(row.id), code: row.code, uses: row.uses, used: row.used },
      expiresAt: row.expires_at?.getTime() ?? null,
      by: { id: String(row.by_id), name: row.by_name },
      rooms: of(rooms, row),
      people: of(people, row),
    }))
  }
}
