// A phone signs in by a code that a signed-in screen shows: it opens the code, the screen confirms it, and it is in. The person is
// the one of the screen, so no factor is asked for. SQL of `device_links`.
import { createHash, randomBytes } from 'node:crypto'
import { isLinkCode } from '../access/link-code.ts'
import type { Session, Sessions } from '../account/sessions.ts'
import type { SignedIn, Visitor } from '../account/visitor.ts'
import type { Db, Queryable } from '../db.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { DeviceLinkState, DeviceOpenAnswer } from '../protocol/devices.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { memberOf } from './member.ts'

export interface DeviceLinksDeps {
  db: Db
  sessions: Pick<Sessions, 'open'>
  bans: Pick<BanList, 'of'>
  now?: () => number
}

interface Row {
  id: number | string
  user_id: number | string
  agent: string
  address: string
  claim_hash: Buffer | null
  is_confirmed: number
}

const over: Refusal = { code: 'device_over' }
const agentChars = 120
const sweepRows = 1_000
const newCode = (): string => randomBytes(16).toString('base64url')
const hashOf = (code: string): Buffer => createHash('sha256').update(code).digest()
const columns = 'l.id, l.user_id, l.agent, l.address, l.claim_hash, l.is_confirmed'
/** Invariant: it ends with the session of its screen. `?` is now, twice. */
const isOpen = `l.expires_at > ? AND EXISTS
  (SELECT 1 FROM sessions s WHERE s.id = l.session_id AND s.user_id = l.user_id AND s.expires_at > ?)`

/** The address to open. The code is behind the #: no server and no proxy on the way logs it. */
export const deviceUrl = (origin: string, code: string): string => `${origin}/device#${code}`

export class DeviceLinks {
  readonly #deps: DeviceLinksDeps
  readonly #now: () => number

  constructor(deps: DeviceLinksDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
  }

  /** A new code for this screen; its one before is good no more. */
  async make({ id: session, user }: Session): Promise<{ id: string; code: string; expiresAt: number }> {
    const code = newCode()
    const expiresAt = this.#now() + limits.identity.deviceMs
    const id = await this.#deps.db.transaction(async (tx) => {
      await tx.run('DELETE FROM device_links WHERE session_id = ?', [BigInt(session)])
      await tx.run('DELETE FROM device_links WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', [
        new Date(this.#now()),
        sweepRows,
      ])
      const { insertId } = await tx.run(
        'INSERT INTO device_links (user_id, session_id, code_hash, expires_at) VALUES (?)',
        [[BigInt(user.id), BigInt(session), hashOf(code), new Date(expiresAt)]],
      )
      return insertId
    })
    return { id, code, expiresAt }
  }

  /** For the screen that shows it. */
  async state(session: Session, id: string): Promise<DeviceLinkState> {
    const [row] = await this.#find(this.#deps.db, 'l.id = ? AND l.session_id = ?', [
      BigInt(id),
      BigInt(session.id),
    ])
    if (row === undefined) return { state: 'over', device: null }
    const { claim_hash, agent, address } = row
    return claim_hash === null
      ? { state: 'waiting', device: null }
      : { state: 'opened', device: { agent, address } }
  }

  /** The device that has opened it may come in. False: none has, or the time is up. */
  async confirm(session: Session, id: string): Promise<boolean> {
    const now = new Date(this.#now())
    const sql = `UPDATE device_links SET is_confirmed = 1
      WHERE id = ? AND session_id = ? AND claim_hash IS NOT NULL AND expires_at > ?`
    return (await this.#deps.db.run(sql, [BigInt(id), BigInt(session.id), now])).affectedRows === 1
  }

  async end(session: Session, id: string): Promise<void> {
    const sql = 'DELETE FROM device_links WHERE id = ? AND session_id = ?'
    await this.#deps.db.run(sql, [BigInt(id), BigInt(session.id)])
  }

  /** By the first device that asks; then the code is used up, and the screen has as long again to confirm. */
  async open(code: string, { agent, address }: Visitor): Promise<DeviceOpenAnswer | Refusal> {
    const { db } = this.#deps
    const found = await this.#unopened(code)
    if (found === undefined) return over
    const { row, name } = found
    const claim = newCode()
    const expiresAt = this.#now() + limits.identity.deviceMs
    const { affectedRows } = await db.run(
      `UPDATE device_links SET claim_hash = ?, agent = ?, address = ?, expires_at = ?
       WHERE id = ? AND claim_hash IS NULL`,
      [hashOf(claim), agent.slice(0, agentChars), address, new Date(expiresAt), BigInt(row.id)],
    )
    return affectedRows === 1 ? { claim, name, expiresAt } : over
  }

  /** Whether somebody can still open it: what is over says so before anybody presses a button. */
  async look(code: string): Promise<DeviceOpenAnswer | Refusal> {
    const found = await this.#unopened(code)
    if (found === undefined) return over
    return { claim: '', name: found.name, expiresAt: this.#now() + limits.identity.deviceMs }
  }

  async #unopened(code: string): Promise<{ row: Row; name: string } | undefined> {
    const { db } = this.#deps
    if (!isLinkCode(code)) return undefined
    const [row] = await this.#find(db, 'l.code_hash = ? AND l.claim_hash IS NULL', [hashOf(code)])
    const person = row && (await memberOf(db, String(row.user_id)))
    return row === undefined || person === undefined ? undefined : { row, name: person.name }
  }

  /** Undefined: the screen has not confirmed it yet. Of several at once one comes in. */
  async enter(claim: string, { agent, address }: Visitor): Promise<SignedIn | Refusal | undefined> {
    const { db, sessions, bans } = this.#deps
    if (!isLinkCode(claim)) return over
    return db.transaction(async (tx) => {
      const [row] = await this.#find(tx, 'l.claim_hash = ?', [hashOf(claim)])
      const user = row && (await memberOf(tx, String(row.user_id)))
      if (row === undefined || user === undefined) return over
      const ban = bans.of({ user, address })
      if (ban !== undefined) return banned(ban)
      if (row.is_confirmed !== 1) return undefined
      const { affectedRows } = await tx.run('DELETE FROM device_links WHERE id = ?', [BigInt(row.id)])
      return affectedRows === 1 ? { user, token: await sessions.open(user, agent, tx) } : over
    })
  }

  #find(db: Queryable, which: string, params: (Buffer | bigint)[]): Promise<Row[]> {
    const now = new Date(this.#now())
    return db.rows<Row>(`SELECT ${columns} FROM device_links l WHERE ${which} AND ${isOpen}`, [
      ...params,
      now,
      now,
    ])
  }
}
