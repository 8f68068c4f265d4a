// Bans from the workspace: of a person or of an address, by administrators or on the command line. SQL of `bans`; ban-list.ts
// applies them.
import { noteAudit } from '../audit/audit.ts'
import type { Db, Param, Queryable } from '../db.ts'
import type { Erasings } from '../erasing/erasings.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Ban, BanAnswer, BanBody, BansAnswer, BansQuery } from '../protocol/moderation.ts'
import { cleanLine } from '../protocol/names.ts'
import { personOf, type Person } from '../protocol/people.ts'
import type { BanList } from './ban-list.ts'
import { cleanNetwork, Networks } from './networks.ts'

/** Who bans, and from where; neither on the command line. */
export interface Banning {
  by?: Person
  address?: string
}

const holds = 'b.ended_at IS NULL AND (b.expires_at IS NULL OR b.expires_at > ?)'

export interface BansDeps {
  db: Db
  list: Pick<BanList, 'note' | 'changed'>
  /** Deletes what somebody has said; the command line has none. */
  erasings?: Pick<Erasings, 'decide' | 'decided'>
}

/** The ids of a ban, and of what is deleted with it. */
interface Made {
  id: string
  erasing: string | undefined
}

/** Whom a ban is about. */
type Target = { person: Person } | { network: string }

interface Row {
  id: number
  user_id: number | null
  user_name: string | null
  is_bot: number | null
  network: string | null
  suspended: number
  reason: string
  by_id: number | null
  by_name: string | null
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

  /**
   * Holds on this server when it resolves, and on the others a moment later. A second ban of one person or address replaces the
   * first.
   */
  async make(banning: Banning, body: BanBody): Promise<BanAnswer | Refusal> {
    const reason = cleanReason(body.reason)
    if (reason === undefined) return { code: 'bad_reason' }
    const expiresAt = endOf(body.expiresInMs)
    const made = await this.#deps.db.transaction(async (tx): Promise<Made | Refusal> => {
      // First: it locks, and the others' bans are then counted as they are.
      await this.#deps.list.note(tx)
      const target = await findTarget(tx, banning, body)
      if ('code' in target) return target
      const now = new Date()
      const user = 'person' in target ? BigInt(target.person.id) : null
      const network = 'network' in target ? target.network : null
      const isSuspension = body.suspended === true
      if (isSuspension && user === null)
        return { code: 'bad_request', detail: 'a person is suspended, not an address' }
      await tx.run('UPDATE bans SET ended_at = ? WHERE ended_at IS NULL AND (user_id = ? OR network = ?)', [
        now,
        user,
        network,
      ])
      const [count] = await tx.rows<{ bans: number }>(`SELECT COUNT(*) AS bans FROM bans b WHERE ${holds}`, [
        now,
      ])
      if (Number(count?.bans) >= limits.bans.atOnce) return { code: 'too_many_bans' }
      const { insertId } = await tx.run(
        'INSERT INTO bans (user_id, network, reason, created_by, created_at, expires_at, suspended) VALUES (?)',
        [[user, network, reason, banning.by ? BigInt(banning.by.id) : null, now, expiresAt, isSuspension]],
      )
      const until = expiresAt === null ? {} : { until: expiresAt.getTime() }
      await noteAudit(tx, {
        kind: isSuspension ? 'suspended' : 'banned',
        ...banning,
        about: { ...target, ...(reason === '' ? {} : { reason }), ...until },
      })
      return { id: insertId, erasing: await this.#erase(tx, banning, target, body) }
    })
    if ('code' in made) return made
    await this.#deps.list.changed()
    // Once they are out: nothing of theirs comes after.
    const erasing = (await this.#deps.erasings?.decided(made.erasing)) ?? null
    const [ban] = await whole(this.#deps.db, 'b.id = ?', [BigInt(made.id)])
    return ban === undefined ? { code: 'not_found' } : { ban, erasing }
  }

  async #erase(
    tx: Queryable,
    { by, address }: Banning,
    target: Target,
    { deleteSinceMs: sinceMs }: BanBody,
  ): Promise<string | undefined> {
    if (sinceMs === undefined || !('person' in target) || by === undefined || address === undefined)
      return undefined
    return this.#deps.erasings?.decide(tx, { by, address }, { person: target.person, sinceMs })
  }

  /** False: there is none. */
  async end(banning: Banning, id: string): Promise<boolean> {
    const ended = await this.#deps.db.transaction(async (tx) => {
      await this.#deps.list.note(tx)
      const sql = 'UPDATE bans SET ended_at = ? WHERE id = ? AND ended_at IS NULL'
      if ((await tx.run(sql, [new Date(), BigInt(id)])).affectedRows === 0) return false
      const [ban] = await whole(tx, 'b.id = ?', [BigInt(id)])
      await noteAudit(tx, {
        kind: ban?.suspended === true ? 'unsuspended' : 'unbanned',
        ...banning,
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
  async list({ before, limit = limits.bans.page.default }: BansQuery): Promise<BansAnswer> {
    const older = before === undefined ? [] : [BigInt(before)]
    const found = await whole(
      this.#deps.db,
      `${holds} ${before === undefined ? '' : 'AND b.id < ?'}`,
      [new Date(), ...older],
      limit + 1,
    )
    const bans = found.slice(0, limit)
    return { bans, next: found.length > limit ? (bans.at(-1)?.id ?? null) : null }
  }

  /** The ban that holds of an address or a range, which is clean; undefined: there is none. */
  async ofNetwork(network: string): Promise<Ban | undefined> {
    const [ban] = await whole(this.#deps.db, `${holds} AND b.network = ?`, [new Date(), network])
    return ban
  }
}

/** The bans that hold of these people, by their ids. */
export async function bansOfPeople(db: Queryable, ids: readonly bigint[]): Promise<Map<string, Ban>> {
  const bans = await whole(db, `${holds} AND b.user_id IN (?)`, [new Date(), [...ids]])
  return new Map(bans.flatMap((ban) => (ban.user === null ? [] : [[ban.user.id, ban] as const])))
}

async function whole(
  db: Queryable,
  which: string,
  params: Param[],
  limit: number = limits.bans.atOnce,
): Promise<Ban[]> {
  const rows = await db.rows<Row>(
    `SELECT b.id, b.user_id, u.name AS user_name, u.is_bot, b.network, b.suspended, b.reason, b.created_at, b.expires_at,
       a.id AS by_id, a.name AS by_name
     FROM bans b LEFT JOIN users a ON a.id = b.created_by LEFT JOIN users u ON u.id = b.user_id
     WHERE ${which} ORDER BY b.id DESC LIMIT ?`,
    [...params, limit],
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
    by: row.by_id === null ? null : { id: String(row.by_id), name: row.by_name ?? '' },
    at: row.created_at.getTime(),
    expiresAt: row.expires_at?.getTime() ?? null,
    ...(row.suspended === 1 ? { suspended: true as const } : {}),
  }))
}

/** Administrators, and where the one who bans is, cannot be banned. */
async function findTarget(
  tx: Queryable,
  { address: own }: Banning,
  { user, address, deleteSinceMs }: BanBody,
): Promise<Target | Refusal> {
  if ((user === undefined) === (address === undefined))
    return { code: 'bad_request', detail: 'either user or address' }
  if (address !== undefined) {
    if (deleteSinceMs !== undefined) return { code: 'bad_request', detail: 'deleteSinceMs is of a user' }
    const network = cleanNetwork(address)
    if (network === undefined) return { code: 'bad_network' }
    return own !== undefined && new Networks([network]).holding(own).length > 0
      ? { code: 'own_network' }
      : { network }
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
