// Links by which somebody who cannot sign in any more sets a new password: who may have one, and whose a code is.
import type { Db, Queryable } from '../db.ts'
import { idByName } from '../naming/names-taken.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import { hasNoFactor } from './second-factors.ts'
import type { Tickets } from './tickets.ts'

export interface ResetOptions {
  /** Their second factor goes too. */
  secondFactor: boolean
  /** Whoever has the command line may reset an administrator. */
  byCommand: boolean
}

/** A link as it is opened. */
export interface OpenedReset {
  person: Person
  secondFactor: boolean
}

interface Row {
  id: number
  name: string
  is_admin: number
  no_factor: number
}

/** The address to open. The code is behind the #: no server and no proxy on the way logs it. */
export const resetUrl = (address: string, code: string): string => `${address}/reset#${code}`

export class ResetLinks {
  readonly #db: Db
  readonly #tickets: Tickets

  constructor(db: Db, tickets: Tickets) {
    this.#db = db
    this.#tickets = tickets
  }

  /** `reset`: a code that is good once, for limits.identity.resetMs; the person's one before is good no more. */
  async make(
    userId: string,
    { secondFactor, byCommand }: ResetOptions,
  ): Promise<{ person: Person; reset: string; expiresAt: number } | Refusal> {
    const row = await this.#find(this.#db, 'id = ?', BigInt(userId))
    if (row === undefined) return { code: 'not_found' }
    if (row.is_admin === 1 && !byCommand) return { code: 'admin_reset' }
    const lifeMs = limits.identity.resetMs
    const data = { secondFactor, byCommand }
    const reset = await this.#tickets.make('reset', { userId, data, lifeMs, isOnlyOne: true })
    return { person: { id: userId, name: row.name }, reset, expiresAt: Date.now() + lifeMs }
  }

  /** The id of a person with this name. */
  async idOf(name: string): Promise<string | undefined> {
    const id = await idByName(this.#db, nameKey(cleanName(name) ?? ''))
    const row = id === undefined ? undefined : await this.#find(this.#db, 'id = ?', BigInt(id))
    return row && String(row.id)
  }

  /** Undefined: it is over. Whoever has become an administrator meanwhile is reset by the command line alone. */
  async open(code: string, db: Queryable = this.#db): Promise<OpenedReset | undefined> {
    const ticket = await this.#tickets.find('reset', code, db)
    if (ticket === undefined || ticket.userId === null) return undefined
    const row = await this.#find(db, 'id = ?', BigInt(ticket.userId))
    // By mail alone nobody becomes an administrator: a second factor is still asked for.
    const { byCommand, mail } = ticket.data
    if (row?.is_admin === 1 && !byCommand && (mail === undefined || row.no_factor === 1)) return undefined
    if (row === undefined) return undefined
    return { person: { id: ticket.userId, name: row.name }, secondFactor: ticket.data.secondFactor }
  }

  async #find(db: Queryable, which: string, value: bigint): Promise<Row | undefined> {
    const sql = `SELECT u.id, u.name, u.is_admin, ${hasNoFactor} AS no_factor FROM users u WHERE u.is_bot = 0 AND u.ended_at IS NULL AND u.${which}`
    const [row] = await db.rows<Row>(sql, [value])
    return row
  }
}
