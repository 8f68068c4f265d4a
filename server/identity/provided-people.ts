// Those whom an identity provider or the directory has signed in, as people here: who they are, or who they become. SQL of `identities`.
import type { Pass, Passes } from '../access/passes.ts'
import type { Accounts } from '../account/accounts.ts'
import type { Administrators } from '../account/administrators.ts'
import type { Sessions } from '../account/sessions.ts'
import type { SignedIn, Visitor } from '../account/visitor.ts'
import { isRefusal, Refused } from '../answer.ts'
import type { OidcConfig } from '../config-oidc.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import type { User } from '../protocol/people.ts'
import { candidates, firstName } from './free-names.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Provided } from './oidc.ts'
import type { SecondStep } from './second-step.ts'
import type { Tickets } from './tickets.ts'

export interface ProvidedDeps {
  db: Db
  /** What holds for those of an issuer. */
  rulesOf: (issuer: string) => Pick<OidcConfig, 'signUp' | 'adminGroup'>
  accounts: Pick<Accounts, 'enterProvided'>
  administrators: Pick<Administrators, 'add' | 'remove'>
  passes: Pick<Passes, 'provided'>
  sessions: Pick<Sessions, 'open'>
  secondStep: Pick<SecondStep, 'begin'>
  tickets: Tickets
  bans: Pick<BanList, 'of'>
}

/** `second`: their second factor is to come; `choose`: they may have an account already. Both are tickets. */
export type ProvidedEntry = SignedIn | { second: string } | { choose: string } | Refusal

interface Row {
  id: number
  name: string
  is_admin: number
  made_admin: number
}

export class ProvidedPeople {
  readonly #deps: ProvidedDeps

  constructor(deps: ProvidedDeps) {
    this.#deps = deps
  }

  /** `invite`: the code of the link by which they came. */
  async signIn(provided: Provided, visitor: Visitor, invite?: string): Promise<ProvidedEntry> {
    const { db, tickets } = this.#deps
    const [row] = await db.rows<Row>(
      `SELECT u.id, u.name, u.is_admin, i.made_admin FROM identities i JOIN users u ON u.id = i.user_id
       WHERE i.issuer = ? AND i.subject = ?`,
      [provided.issuer, provided.subject],
    )
    if (row !== undefined) return this.#return(row, provided, visitor)
    const ban = this.#deps.bans.of({ address: visitor.address })
    if (ban !== undefined) return banned(ban)
    const [taken] = await db.rows('SELECT id FROM users WHERE name_key = ? AND password_hash IS NOT NULL', [
      nameKey(firstName(provided.names)),
    ])
    // Whoever cannot come in as somebody new is asked too: nobody learns before a closed door who is behind it.
    const isOpen = (await this.#passFor(provided, invite).refuse(false)) === undefined
    if (isOpen && taken === undefined) return this.create(provided, visitor, invite)
    const data = { provided, ...(invite === undefined ? {} : { invite }) }
    const lifeMs = limits.identity.oidcMs
    return { choose: await tickets.make('provided', { userId: null, data, lifeMs }) }
  }

  /** Somebody new, with a name that is free. */
  async create(provided: Provided, visitor: Visitor, invite?: string): Promise<SignedIn | Refusal> {
    const { accounts } = this.#deps
    const pass = this.#passFor(provided, invite)
    for (const name of await this.#freeNames(provided.names)) {
      const came = await accounts.enterProvided(name, visitor, pass)
      if (isRefusal(came) && (came.code === 'name_taken' || came.code === 'name_alike')) continue
      if (isRefusal(came)) return came
      const { id } = came.user
      const row = { id: Number(id), name, is_admin: 0, made_admin: 0 }
      const admin = await this.#follow(row, provided, visitor)
      return { ...came, user: { ...came.user, admin } }
    }
    return { code: 'name_taken' }
  }

  #passFor(provided: Provided, invite: string | undefined): Pass {
    const { passes, rulesOf } = this.#deps
    return passes.provided(invite, {
      isAllowed: rulesOf(provided.issuer).signUp,
      connect: (tx, userId) => this.connect(tx, userId, provided),
    })
  }

  /** Connects it with the account of whoever has proved that it is theirs. @throws Refused if it is somebody else's */
  async connect(tx: Queryable, userId: string, { issuer, subject }: Provided): Promise<void> {
    try {
      await tx.run('INSERT INTO identities (issuer, subject, user_id, created_at) VALUES (?)', [
        [issuer, subject, BigInt(userId), new Date()],
      ])
    } catch (error) {
      if (!isDuplicate(error)) throw error
      const sql = 'SELECT user_id FROM identities WHERE issuer = ? AND subject = ?'
      const [row] = await tx.rows<{ user_id: number }>(sql, [issuer, subject])
      if (String(row?.user_id) !== userId) throw new Refused({ code: 'oidc_taken' })
    }
  }

  async isConnected(userId: string): Promise<boolean> {
    return (
      (await this.#deps.db.rows('SELECT user_id FROM identities WHERE user_id = ?', [BigInt(userId)]))
        .length > 0
    )
  }

  /** False: they have no password, and could not sign in any more. */
  async disconnect(userId: string): Promise<boolean> {
    const { affectedRows } = await this.#deps.db.run(
      `DELETE i FROM identities i JOIN users u ON u.id = i.user_id
       WHERE i.user_id = ? AND u.password_hash IS NOT NULL`,
      [BigInt(userId)],
    )
    return affectedRows > 0 || !(await this.isConnected(userId))
  }

  async #return(row: Row, provided: Provided, visitor: Visitor): Promise<ProvidedEntry> {
    const { sessions, secondStep } = this.#deps
    const admin = await this.#follow(row, provided, visitor)
    const user: User = { id: String(row.id), name: row.name, guest: false, admin }
    const ban = this.#deps.bans.of({ user, address: visitor.address })
    if (ban !== undefined) return banned(ban)
    const second = await secondStep.begin(user.id)
    if (second !== undefined) return { second }
    return { user, token: await sessions.open(user, visitor.agent) }
  }

  /**
   * Whether they are an administrator, as the provider says. Whoever became one by other means stays one, and so does the last
   * of all.
   */
  async #follow(row: Row, { issuer, subject, groups }: Provided, { address }: Visitor): Promise<boolean> {
    const { db, rulesOf, administrators } = this.#deps
    const isAdmin = row.is_admin === 1
    const { adminGroup } = rulesOf(issuer)
    if (adminGroup === undefined) return isAdmin
    const isMember = groups.includes(adminGroup)
    if (isMember === isAdmin || (isAdmin && row.made_admin === 0)) return isAdmin
    const occasion = { address, reason: adminGroup }
    const done = await (isMember
      ? administrators.add(row.name, occasion)
      : administrators.remove(row.name, occasion))
    if (typeof done === 'string') return isAdmin
    const sql = 'UPDATE identities SET made_admin = ? WHERE issuer = ? AND subject = ?'
    await db.run(sql, [Number(isMember), issuer, subject])
    return isMember
  }

  async #freeNames(names: readonly string[]): Promise<string[]> {
    const all = candidates(names, limits.identity.freeNames)
    const taken = await this.#deps.db.rows<{ name_key: string }>(
      'SELECT name_key FROM users WHERE name_key IN (?)',
      [all.map(nameKey)],
    )
    const keys = new Set(taken.map(({ name_key }) => name_key))
    // A few: of several at once, the same one is free for all.
    return all.filter((name) => !keys.has(nameKey(name))).slice(0, 5)
  }
}
