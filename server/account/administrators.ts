// The administrators: who came by the owner's link, and those added by `brook admin`. SQL of `users.is_admin`.
import { endInvitesOf } from '../access/invites.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import { idByName } from '../naming/names-taken.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import type { Sessions } from './sessions.ts'

/** Why somebody cannot become an administrator, or cannot stop being one. */
export type Objection = 'nobody' | 'guest' | 'already' | 'no-admin' | 'last'

/** For the audit log: from where, and why. Neither on the command line. */
export interface Occasion {
  address?: string
  reason?: string
}

/** In the transaction that makes the person, or later: then their browsers get other tokens. */
export async function makeAdministrator(tx: Queryable, userId: string): Promise<void> {
  await tx.run('UPDATE users SET is_admin = 1 WHERE id = ?', [BigInt(userId)])
  await tx.run('UPDATE sessions SET renew = 1 WHERE user_id = ?', [BigInt(userId)])
}

export async function hasAdministrator(db: Queryable): Promise<boolean> {
  return (await db.rows('SELECT id FROM users WHERE is_admin = 1 LIMIT 1')).length > 0
}

export class Administrators {
  readonly #db: Db
  readonly #sessions: Pick<Sessions, 'refreshAll'>
  readonly #bus: Pick<Bus, 'deliver'>

  constructor(db: Db, sessions: Pick<Sessions, 'refreshAll'>, bus: Pick<Bus, 'deliver'>) {
    this.#db = db
    this.#sessions = sessions
    this.#bus = bus
  }

  async list(): Promise<Person[]> {
    const rows = await this.#db.rows<{ id: number; name: string }>(
      'SELECT id, name FROM users WHERE is_admin = 1 ORDER BY name_key',
    )
    return rows.map(({ id, name }) => ({ id: String(id), name }))
  }

  /** A guest cannot be one: whoever has a guest's cookie is the guest. */
  add(name: string, occasion: Occasion = {}): Promise<Person | Objection> {
    return this.#change(name, async (tx, { isGuest, isAdmin, person }) => {
      if (isGuest) return 'guest'
      if (isAdmin) return 'already'
      await makeAdministrator(tx, person.id)
      await note(tx, 'admin_made', person, occasion)
      return person
    })
  }

  /**
   * Their invites end with it. The last one stays: a Brook without administrators could be managed only from the command
   * line.
   */
  remove(name: string, occasion: Occasion = {}): Promise<Person | Objection> {
    return this.#change(name, async (tx, { isAdmin, person }, admins) => {
      if (!isAdmin) return 'no-admin'
      if (admins === 1) return 'last'
      await tx.run('UPDATE users SET is_admin = 0 WHERE id = ?', [person.id])
      await endInvitesOf(tx, person.id)
      await note(tx, 'admin_unmade', person, occasion)
      return person
    })
  }

  /** One change at a time: they lock the one row of `founder`, so two last ones cannot both be removed. */
  async #change(
    name: string,
    decide: (tx: Queryable, known: Known, admins: number) => Promise<Person | Objection>,
  ): Promise<Person | Objection> {
    const outcome = await this.#db.transaction(async (tx) => {
      await tx.rows('SELECT one FROM founder FOR UPDATE')
      const [row] = await tx.rows<KnownRow>(
        'SELECT id, name, (password_hash IS NULL AND is_provided = 0) AS guest, is_admin FROM users WHERE id = ? FOR UPDATE',
        [BigInt((await idByName(tx, nameKey(cleanName(name) ?? ''))) ?? 0)],
      )
      if (row === undefined) return 'nobody'
      const [count] = await tx.rows<{ admins: number }>(
        'SELECT COUNT(*) AS admins FROM users WHERE is_admin = 1',
      )
      const person = { id: String(row.id), name: row.name }
      return decide(tx, { person, isGuest: row.guest === 1, isAdmin: row.is_admin === 1 }, count?.admins ?? 0)
    })
    if (typeof outcome === 'object') {
      await this.#sessions.refreshAll(outcome.id)
      // Open connections know them as they were.
      await this.#bus.deliver({ kind: 'standing', user: outcome.id })
    }
    return outcome
  }
}

const note = (
  tx: Queryable,
  kind: 'admin_made' | 'admin_unmade',
  person: Person,
  { address, reason }: Occasion,
): Promise<void> =>
  noteAudit(tx, { kind, address, about: { person, ...(reason === undefined ? {} : { reason }) } })

interface Known {
  person: Person
  isGuest: boolean
  isAdmin: boolean
}

interface KnownRow {
  id: number
  name: string
  guest: number
  is_admin: number
}
