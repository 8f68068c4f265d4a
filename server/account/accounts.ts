// People: who may come in under which name. Rules and SQL of `users`; sessions and rooms have rooms of their own.
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import { rates } from '../protocol/limits.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import type { Person, User } from '../protocol/people.ts'
import { addressKey, SharedPace, type PaceOptions } from '../pace.ts'
import type { Cache } from '../redis.ts'
import { isFirst } from './administrators.ts'
import type { Passwords } from './passwords.ts'
import type { Session, Sessions } from './sessions.ts'

/** Where everybody new goes: into the default room, in the transaction that makes them; told once that is done. */
export interface Newcomers {
  enter(tx: Queryable, user: Person): Promise<void>
  greet(user: Person): Promise<void>
}

/** Where somebody comes from: pacing goes by the address, the list of sessions shows the agent. */
export interface Visitor {
  address: string
  agent: string
}

/** Who came in, and the token of their new session. */
export interface SignedIn {
  user: User
  token: string
}

export interface AccountParts {
  db: Db
  cache: Cache
  sessions: Sessions
  passwords: Passwords
  newcomers: Newcomers
  pace?: PaceOptions
}

export class Accounts {
  readonly #db: Db
  readonly #sessions: Sessions
  readonly #passwords: Passwords
  readonly #newcomers: Newcomers
  readonly #signUps: SharedPace
  readonly #guessesByAccount: SharedPace
  readonly #guessesByAddress: SharedPace

  constructor({ db, cache, sessions, passwords, newcomers, pace }: AccountParts) {
    this.#db = db
    this.#sessions = sessions
    this.#passwords = passwords
    this.#newcomers = newcomers
    this.#signUps = new SharedPace('sign-up', rates.signUp, cache, pace)
    this.#guessesByAccount = new SharedPace('sign-in-account', rates.signInAccount, cache, pace)
    this.#guessesByAddress = new SharedPace('sign-in-address', rates.signInAddress, cache, pace)
  }

  /** A name alone: whoever holds the token is this person until they set a password or sign out. */
  async enterAsGuest(name: string, visitor: Visitor): Promise<SignedIn | Refusal> {
    return this.#enter(name, undefined, visitor)
  }

  async signUp(name: string, password: string, visitor: Visitor): Promise<SignedIn | Refusal> {
    return this.#enter(name, password, visitor)
  }

  /** One refusal for an unknown name, a guest's name and a wrong password, after the same work. */
  async signIn(name: string, password: string, visitor: Visitor): Promise<SignedIn | Refusal> {
    const key = nameKey(cleanName(name) ?? '')
    // Counted before the work, so that guesses sent at once are all counted. Limit: somebody else's guesses can keep
    // a person from signing in for the rest of the window; their open sessions go on.
    const wait = Math.max(
      await this.#guessesByAddress.take(addressKey(visitor.address)),
      await this.#guessesByAccount.take(key),
    )
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const [row] = await this.#db.rows<UserRow>(
      'SELECT id, name, password_hash, is_admin FROM users WHERE name_key = ?',
      [key],
    )
    const right = await this.#passwords.matches(row?.password_hash ?? null, password)
    if (typeof right === 'object') return right
    if (!right || row === undefined) return { code: 'wrong_password' }
    const user = { id: String(row.id), name: row.name, guest: false, admin: row.is_admin === 1 }
    return { user, token: await this.#sessions.open(user, visitor.agent) }
  }

  /** Sets or changes the password; the person's other sessions end. A guest becomes a member and keeps everything. */
  async setPassword(session: Session, password: string, current?: string): Promise<User | Refusal> {
    const { user } = session
    const kept = await this.#passwordOf(user.id)
    const refusal = await this.#refuseChange(user, kept, current)
    if (refusal !== undefined) return refusal
    const hash = await this.#passwords.hash(password)
    if (typeof hash === 'object') return hash
    const changed = await this.#db.transaction(async (tx) => {
      // Two changes at once: the second finds another password than the one it was allowed by.
      const sql = 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash <=> ?'
      const { affectedRows } = await tx.run(sql, [hash, user.id, kept])
      if (affectedRows === 0) return undefined
      const admin = user.admin || (kept === null && (await isFirst(tx, user.id)))
      return { admin, ended: await this.#sessions.closeOthers(tx, session) }
    })
    if (changed === undefined) return { code: 'has_password' }
    await this.#sessions.forget(changed.ended)
    return { ...user, guest: false, admin: changed.admin }
  }

  async #enter(rawName: string, password: string | undefined, visitor: Visitor): Promise<SignedIn | Refusal> {
    const name = cleanName(rawName)
    if (name === undefined) return { code: 'bad_name' }
    const wait = await this.#signUps.take(addressKey(visitor.address))
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const hash = password === undefined ? null : await this.#passwords.hash(password)
    if (hash !== null && typeof hash === 'object') return hash
    const entered = await this.#insert(name, hash, visitor.agent)
    if (!isRefusal(entered)) await this.#newcomers.greet({ id: entered.user.id, name })
    return entered
  }

  /**
   * One transaction makes the person, their session and their place in the default room: a crash leaves all or
   * nothing, never a guest's name that nobody holds. Two at once with one name: the unique key lets one in.
   */
  async #insert(name: string, hash: string | null, agent: string): Promise<SignedIn | Refusal> {
    try {
      return await this.#db.transaction(async (tx) => {
        const { insertId } = await tx.run(
          'INSERT INTO users (name, name_key, password_hash, created_at) VALUES (?)',
          [[name, nameKey(name), hash, new Date()]],
        )
        const admin = hash !== null && (await isFirst(tx, insertId))
        const user = { id: insertId, name, guest: hash === null, admin }
        await this.#newcomers.enter(tx, { id: insertId, name })
        return { user, token: await this.#sessions.open(user, agent, tx) }
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'name_taken' }
      throw error
    }
  }

  async #passwordOf(userId: string): Promise<string | null> {
    const [row] = await this.#db.rows<UserRow>('SELECT password_hash FROM users WHERE id = ?', [userId])
    return row?.password_hash ?? null
  }

  async #refuseChange(
    user: User,
    kept: string | null,
    current: string | undefined,
  ): Promise<Refusal | undefined> {
    if (kept === null) return undefined
    if (current === undefined) return { code: 'has_password' }
    const wait = await this.#guessesByAccount.take(nameKey(user.name))
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    const right = await this.#passwords.matches(kept, current)
    if (typeof right === 'object') return right
    return right ? undefined : { code: 'wrong_password' }
  }
}

interface UserRow {
  id: number
  name: string
  password_hash: string | null
  is_admin: number
}
