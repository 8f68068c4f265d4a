// Bans from the workspace: of a person or of an address, by administrators. SQL of `bans`; ban-list.ts applies them.
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Ban, BanBody } from '../protocol/moderation.ts'
import { cleanLine } from '../protocol/names.ts'
import { personOf, type Person, type User } from '../protocol/people.ts'
import type { BanList } from './ban-list.ts'
import { cleanNetwork, Networks } from './networks.ts'

/** Who bans, and from where. */
export interface Banning {
  by: User
  address: string
}

export interface BansDeps {
  db: Db
  list: Pick<BanList, 'note' | 'changed'>
}

/** Whom a ban is about. */
type Target = { person: Person } | { network: string }

interface Row {
  id: number
  user_id: number | null
  user_name: string | null
  is_bot: number | null
  network: string | null
  reason: string
  by_id: number
  by_name: string
  created_at: Date
  expires_at: Date | null
}

/** A reason that can be stored, '' without one; undefined: it cannot. */
export const cleanReason = (raw: string | undefined): string | undefined =>
  raw === undefined || raw.trim() === '' ? '' : cleanLine(raw, limits.bans.reasonChars)

export const endOf = (expiresInMs: number | undefined): Date | null =>
  expiresInMs === undefined ? null : new Date(Date.now() + expiresInMs)

export class Bans {
  readonly #deps: BansDeps

  constructor(deps: BansDeps) {
    this.#deps = deps
  }

  /** Holds on this server when it resolves, and on the others a moment later. */
  async make(banning: Banning, body: BanBody): Promise<{ ban: Ban } | Refusal> {
    const reason = cleanReason(body.reason)
    if (reason === undefined) return { code: 'bad_reason' }
    const expiresAt = endOf(body.expiresInMs)
    const made = await this.#deps.db.transaction(async (tx): Promise<string | Refusal> => {
      // First: it locks, and the others' bans are then counted as they are.
      await this.#deps.list.note(tx)
      const target = await findTarget(tx, banning, body)
      if ('code' in target) return target
      const [count] = await tx.rows<{ bans: number }>(
        'SELECT COUNT(*) AS bans FROM bans WHERE ended_at IS NULL',
      )
      if (Number(count?.bans) >= limits.bans.atOnce) return { code: 'too_many_bans' }
      const { insertId } = await tx.run(
        'INSERT INTO bans (user_id, network, reason, created_by, created_at, expires_at) VALUES (?)',
        [
          [
            'person' in target ? BigInt(target.person.id) : null,
            'network' in target ? target.network : null,
            reason,
            BigInt(banning.by.id),
            new Date(),
            expiresAt,
          ],
        ],
      )
      const until = expiresAt === null ? {} : { until: expiresAt.getTime() }
      await noteAudit(tx, {
        kind: 'banned',
        by: personOf(banning.by),
        address: banning.address,
        about: { ...target, ...(reason === '' ? {} : { reason }), ...until },
      })
      return insertId
    })
    if (typeof made === 'object') return made
    await this.#deps.list.changed()
    const [ban] = await this.#whole('b.id = ?', [BigInt(made)])
    return ban === undefined ? { code: 'not_found' } : { ban }
  }

  /** False: there is none. */
  async end({ by, address }: Banning, id: string): Promise<boolean> {
    const ended = await this.#deps.db.transaction(async (tx) => {
      await this.#deps.list.note(tx)
      const sql = 'UPDATE bans SET ended_at = ? WHERE id = ? AND ended_at IS NULL'
      if ((await tx.run(sql, [new Date(), BigInt(id)])).affectedRows === 0) return false
      const [ban] = await whole(tx, 'b.id = ?', [BigInt(id)])
      await noteAudit(tx, {
        kind: 'unbanned',
        by: personOf(by),
        address,
        about: {
          ...(ban?.user ? { person: ban.user } : {}),
          ...(ban?.address ? { network: ban.address } : {}),
        },
      })
      return true
    })
    if (ended) await this.#deps.list.changed()
    return ended
  }

  /** Those that hold, the newest first. */
  list(): Promise<Ban[]> {
    return this.#whole('b.ended_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > ?)', [new Date()])
  }

  #whole(which: string, params: (Date | bigint)[]): Promise<Ban[]> {
    return whole(this.#deps.db, which, params)
  }
}

async function whole(db: Queryable, which: string, params: (Date | bigint)[]): Promise<Ban[]> {
  const rows = await db.rows<Row>(
    `SELECT b.id, b.user_id, u.name AS user_name, u.is_bot, b.network, b.reason, b.created_at, b.expires_at,
       a.id AS by_id, a.name AS by_name
     FROM bans b JOIN users a ON a.id = b.created_by LEFT JOIN users u ON u.id = b.user_id
     WHERE ${which} ORDER BY b.id DESC LIMIT ?`,
    [...params, limits.bans.atOnce],
  )
  return rows.map((row) => ({
    id: String(row.id),
    user:
      row.user_id === null
        ? null
        : personOf({
            id: String(row.user_id),
            name: row.user_name ?? '',
            ...(row.is_bot === 1 ? { bot: true as const } : {}),
          }),
    address: row.network,
    reason: row.reason,
    by: { id: String(row.by_id), name: row.by_name },
    at: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
  }))
}

/** Administrators, and where the one who bans is, cannot be banned. */
async function findTarget(
  tx: Queryable,
  { address: own }: Banning,
  { user, address }: BanBody,
): Promise<Target | Refusal> {
  if ((user === undefined) === (address === undefined))
    return { code: 'bad_request', detail: 'either user or address' }
  if (address !== undefined) {
    const network = cleanNetwork(address)
    if (network === undefined) return { code: 'bad_network' }
    return new Networks([network]).holding(own).length > 0 ? { code: 'own_network' } : { network }
  }
  const [row] = await tx.rows<{ id: number; name: string; is_bot: number; is_admin: number }>(
    'SELECT id, name, is_bot, is_admin FROM users WHERE id = ?',
    [BigInt(user ?? '0')],
  )
  if (row === undefined) return { code: 'no_such_person' }
  if (row.is_admin === 1) return { code: 'is_admin' }
  const bot = row.is_bot === 1 ? { bot: true as const } : {}
  return { person: { id: String(row.id), name: row.name, ...bot } }
}
