// People and their names: the rules and the SQL of `users`. Sessions and rooms have their own modules.
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { isRefusal, Refused } from '../answer.ts'
import type { Pass } from '../access/passes.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { isBarred } from '../naming/look-alikes.ts'
import { idByName, nameFields, refuseTaken } from '../naming/names-taken.ts'
import { banned, type ErrorCode, type Refusal } from '../protocol/errors.ts'
import { rates } from '../protocol/rates.ts'
import { cleanName, nameKey } from '../protocol/names.ts'
import { userOf, type Person, type User } from '../protocol/people.ts'
import type { SecondStep } from '../identity/second-step.ts'
import { SharedRateLimiter, type RateLimiterOptions } from '../rate-limiter.ts'
import type { Cache } from '../redis/cache.ts'
import { withBurst, type EntryLimits } from './entry-limits.ts'
import type { Guesses } from './guesses.ts'
import { makeAdministrator } from './administrators.ts'
import type { Passwords } from './passwords.ts'
import type { Session, Sessions } from './sessions.ts'
import type { SignedIn, SignInRefusal, Visitor } from './visitor.ts'

/**
 * Adds every new person to the default room and to `rooms`, in the transaction that creates them; announced once that is
 * committed.
 */
export interface Newcomers {
  enter(tx: Queryable, user: Person, rooms?: readonly string[]): Promise<void>
  greet(user: Person, rooms?: readonly string[]): Promise<void>
}

interface Asked {
  name: string
  /** Undefined: a guest. */
  password: string | undefined
}

type Entered = SignedIn & { rooms: readonly string[] }

export interface AccountDeps {
  db: Db
  cache: Cache
  sessions: Sessions
  passwords: Passwords
  guesses: Guesses
  secondStep: Pick<SecondStep, 'begin' | 'endEarlier'>
  newcomers: Newcomers
  rateLimits?: RateLimiterOptions
  entry?: EntryLimits
  bans?: Pick<BanList, 'of'>
  /** A guest is one no more. */
  onMember?: (id: string) => void
}

export class Accounts {
  readonly #db: Db
  readonly #sessions: Sessions
  readonly #passwords: Passwords
  readonly #newcomers: Newcomers
  readonly #signUps: SharedRateLimiter
  readonly #guesses: Guesses
  readonly #secondStep: Pick<SecondStep, 'begin' | 'endEarlier'>

  readonly #bans: AccountDeps['bans']
  readonly #onMember: AccountDeps['onMember']

  constructor({
    db,
    cache,
    sessions,
    passwords,
    guesses,
    secondStep,
    newcomers,
    rateLimits,
    entry = {},
    bans,
    onMember,
  }: AccountDeps) {
    this.#guesses = guesses
    this.#secondStep = secondStep
    this.#db = db
    this.#sessions = sessions
    this.#passwords = passwords
    this.#newcomers = newcomers
    this.#bans = bans
    this.#onMember = onMember
    this.#signUps = new SharedRateLimiter(
      'sign-up',
      withBurst(rates.signUp, entry.signUps),
      cache,
      rateLimits,
    )
  }

  /** A name without a password: whoever holds the token is this person until they set a password or sign out. */
  async enterAsGuest(name: string, visitor: Visitor, pass: Pass): Promise<SignedIn | Refusal> {
    return this.#enter({ name, password: undefined }, visitor, pass)
  }

  async signUp(name: string, password: string, visitor: Visitor, pass: Pass): Promise<SignedIn | Refusal> {
    return this.#enter({ name, password }, visitor, pass)
  }

  /** Somebody whom the identity provider has signed in: without a password, and no guest. */
  async enterProvided(name: string, visitor: Visitor, pass: Pass): Promise<SignedIn | Refusal> {
    return this.#enter({ name, password: undefined }, visitor, pass)
  }

  /** The same refusal for an unknown name, a guest's name and a wrong password, after the same work. */
  async signIn(name: string, password: string, visitor: Visitor): Promise<SignedIn | SignInRefusal> {
    const clean = cleanName(name) ?? ''
    const [row] = await this.#db.rows<UserRow>(
      'SELECT id, name, password_hash, is_admin FROM users WHERE id = ?',
      [BigInt((await idByName(this.#db, nameKey(clean))) ?? 0)],
    )
    const right = await this.#matches(row?.name ?? clean, row?.password_hash ?? null, password, visitor)
    const whose = row === undefined ? {} : { account: String(row.id), name: row.name }
    if (typeof right === 'object') return { ...right, ...whose }
    if (row === undefined || !right) return { code: 'wrong_password', ...whose }
    const user = { id: String(row.id), name: row.name, guest: false, admin: row.is_admin === 1 }
    // Only whoever has the password is told.
    const ban = this.#bans?.of({ user, address: visitor.address })
    if (ban !== undefined) return { ...banned(ban), ...whose }
    const ticket = await this.#secondStep.begin(user.id)
    if (ticket !== undefined) return { code: 'second_factor_needed', ticket, ...whose }
    return { user, token: await this.#sessions.open(user, visitor.agent) }
  }

  /** Sets or changes the password; the person's other sessions end. A guest becomes a member and keeps everything. */
  async setPassword(session: Session, password: string, current?: string): Promise<User | Refusal> {
    const user = userOf(session.user)
    const kept = await this.#passwordOf(user.id)
    const refusal = await this.#refuseChange(session, kept, current)
    if (refusal !== undefined) return refusal
    const hash = await this.#passwords.hash(password, user.name)
    if (typeof hash === 'object') return hash
    const changed = await this.#db.transaction(async (tx) => {
      // Two changes at once: the second one finds a different password from the one it was checked against.
      const sql = 'UPDATE users SET password_hash = ? WHERE id = ? AND password_hash <=> ?'
      const { affectedRows } = await tx.run(sql, [hash, user.id, kept])
      if (affectedRows === 0) return undefined
      await this.#secondStep.endEarlier(tx, user.id)
      return { ended: await this.#sessions.closeOthers(tx, session) }
    })
    if (changed === undefined) return { code: 'has_password' }
    await this.#sessions.forget(changed.ended)
    if (kept === null) this.#onMember?.(user.id)
    return { ...user, guest: false }
  }

  #matches(
    name: string,
    kept: string | null,
    password: string,
    visitor?: Visitor,
  ): Promise<boolean | Refusal> {
    return this.#guesses.judge(name, visitor, (guesses) => this.#passwords.matches(kept, password, guesses))
  }

  /** Whether this is the password of somebody who is signed in, or they have none and came just now; undefined: it is. */
  async refusePassword({ id, user }: Session, password: string): Promise<Refusal | undefined> {
    const kept = await this.#passwordOf(user.id)
    if (kept === null && user.guest) return { code: 'password_needed' }
    if (kept === null) return (await this.#sessions.isFresh(id)) ? undefined : { code: 'sign_in_again' }
    const right = await this.#matches(user.name, kept, password)
    if (typeof right === 'object') return right
    return right ? undefined : { code: 'wrong_password' }
  }

  async #enter(asked: Asked, visitor: Visitor, pass: Pass): Promise<SignedIn | Refusal> {
    const { password } = asked
    const name = cleanName(asked.name)
    if (name === undefined) return { code: 'bad_name' }
    if (isBarred(name)) return { code: 'misleading_name' }
    // Before a rate is taken: whoever stands before a closed door must not keep others of their address out.
    const isProvided = pass.isProvided === true
    const refusal = await pass.refuse(password === undefined && !isProvided)
    if (refusal !== undefined) return refusal
    // Those whom a provider vouches for are no script's.
    const address = isProvided ? undefined : this.#guesses.addressOf(visitor)
    const waitMs = address === undefined ? 0 : await this.#signUps.take(address)
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    let entered: Entered | Refusal | undefined
    try {
      entered = await this.#create({ name, password }, visitor, pass)
    } finally {
      // What came to nothing does not count; a name that is taken does, for names could be tried out.
      const counts = entered !== undefined && (!isRefusal(entered) || triesNames.has(entered.code))
      if (address !== undefined && !counts) await this.#signUps.giveBack(address)
    }
    if (isRefusal(entered)) return entered
    const { user, token, rooms } = entered
    await this.#newcomers.greet({ id: user.id, name }, rooms)
    return { user, token }
  }

  async #create({ name, password }: Asked, { agent }: Visitor, pass: Pass): Promise<Entered | Refusal> {
    const hash = password === undefined ? null : await this.#passwords.hash(password, name)
    return hash !== null && typeof hash === 'object' ? hash : this.#insert({ name, hash, agent }, pass)
  }

  /**
   * One transaction creates the person, their session and their place in the default room: a crash leaves all or
   * nothing, never a guest's name that nobody holds. With two requests for one name, the unique key admits one.
   */
  async #insert(
    { name, hash, agent }: { name: string; hash: string | null; agent: string },
    pass: Pass,
  ): Promise<Entered | Refusal> {
    try {
      return await this.#db.transaction(async (tx) => {
        const insertId = await insertPerson(tx, { name, hash, isProvided: pass.isProvided === true })
        const { admin, rooms } = await pass.leadsTo(tx)
        if (admin) await makeAdministrator(tx, insertId)
        const user = { id: insertId, name, guest: hash === null && pass.isProvided !== true, admin }
        await this.#newcomers.enter(tx, { id: insertId, name }, rooms)
        const token = await this.#sessions.open(user, agent, tx)
        // Last: until the transaction ends, nobody else can use it.
        await pass.use(tx, user)
        return { user, rooms, token }
      })
    } catch (error) {
      if (isDuplicate(error)) return { code: 'name_taken' }
      if (error instanceof Refused) return error.refusal
      throw error
    }
  }

  async #passwordOf(userId: string): Promise<string | null> {
    const [row] = await this.#db.rows<UserRow>('SELECT password_hash FROM users WHERE id = ?', [userId])
    return row?.password_hash ?? null
  }

  async #refuseChange(
    { id, user }: Session,
    kept: string | null,
    current: string | undefined,
  ): Promise<Refusal | undefined> {
    // A guest's session is all that they have; whoever signs in by a provider does so again first.
    if (kept === null)
      return user.guest || (await this.#sessions.isFresh(id)) ? undefined : { code: 'sign_in_again' }
    if (current === undefined) return { code: 'has_password' }
    const right = await this.#matches(user.name, kept, current)
    if (typeof right === 'object') return right
    return right ? undefined : { code: 'wrong_password' }
  }
}

/** What tells of others' names. */
const triesNames = new Set<ErrorCode>(['name_taken', 'name_alike'])
/** Their id. @throws a duplicate, if the name is taken */
export async function insertPerson(
  tx: Queryable,
  { name, hash, isProvided = false }: { name: string; hash: string | null; isProvided?: boolean },
): Promise<string> {
  const { key, skeleton } = nameFields(name)
  const { insertId } = await tx.run(
    'INSERT INTO users (name, name_key, skeleton, password_hash, is_provided, created_at) VALUES (?)',
    [[name, key, skeleton, hash, Number(isProvided), new Date()]],
  )
  const taken = await refuseTaken(tx, { id: insertId, name })
  if (taken !== undefined) throw new Refused(taken)
  return insertId
}

interface UserRow {
  id: number
  name: string
  password_hash: string | null
  is_admin: number
}
