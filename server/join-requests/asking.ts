// Asking to join, waiting, and being let in. Whoever asks has no account until an administrator has said yes.
import type { WorkspaceSettings } from '../access/workspace.ts'
import { isBarred } from '../naming/look-alikes.ts'
import { insertPerson, type Newcomers } from '../account/accounts.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Passwords } from '../account/passwords.ts'
import type { Sessions } from '../account/sessions.ts'
import type { SignedIn, Visitor } from '../account/visitor.ts'
import { isRefusal, Refused } from '../answer.ts'
import type { Audit } from '../audit/audit.ts'
import type { Bus } from '../bus.ts'
import { isDuplicate, type Db } from '../db.ts'
import { memberOf } from '../identity/member.ts'
import type { SecondFactors } from '../identity/second-factors.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { refuseTaken } from '../naming/names-taken.ts'
import { cleanReason, type Banning, type Bans } from '../moderation/bans.ts'
import { banned, type ErrorCode, type Refusal } from '../protocol/errors.ts'
import type { AskBody } from '../protocol/join-requests.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine, cleanName, nameKey } from '../protocol/names.ts'
import type { Person } from '../protocol/people.ts'
import { addressKey, type SharedRateLimiter } from '../rate-limiter.ts'
import type { JoinRequests, OwnRequest } from './requests.ts'

export interface AskingDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  requests: JoinRequests
  settings: Pick<WorkspaceSettings, 'read'>
  passwords: Pick<Passwords, 'hash'>
  guesses: Pick<Guesses, 'addressOf'>
  sessions: Pick<Sessions, 'open'>
  factors: Pick<SecondFactors, 'has'>
  newcomers: Newcomers
  audit: Pick<Audit, 'note'>
  bans: Pick<BanList, 'of'>
  workspaceBans: Pick<Bans, 'make'>
  /** Of one address. */
  limiter: Pick<SharedRateLimiter, 'take' | 'giveBack'>
}

const triesNames = new Set<ErrorCode>(['name_taken', 'name_alike'])
const over: Refusal = { code: 'request_over' }

export class Asking {
  readonly #deps: AskingDeps

  constructor(deps: AskingDeps) {
    this.#deps = deps
  }

  async ask(body: AskBody, visitor: Visitor): Promise<{ request: string; expiresAt: number } | Refusal> {
    const { guesses, limiter } = this.#deps
    const name = cleanName(body.name)
    if (name === undefined) return { code: 'bad_name' }
    if (isBarred(name)) return { code: 'misleading_name' }
    const words = (body.words ?? '').trim()
    const line = words === '' ? '' : cleanLine(words, limits.joinRequests.wordsChars)
    if (line === undefined) return { code: 'bad_words' }
    if (!(await this.#isOpen())) return { code: 'asking_off' }
    const address = guesses.addressOf(visitor)
    const waitMs = address === undefined ? 0 : await limiter.take(address)
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    const made = await this.#make({ name, words: line, password: body.password }, visitor)
    // What came to nothing does not count; a name that is taken does, for names could be tried out.
    if (address !== undefined && isRefusal(made) && !triesNames.has(made.code))
      await limiter.giveBack(address)
    if (!isRefusal(made)) await this.tell()
    return made
  }

  async #make(
    { name, words, password }: { name: string; words: string; password: string },
    { address }: Visitor,
  ): Promise<{ request: string; expiresAt: number } | Refusal> {
    const { db, requests, passwords, audit } = this.#deps
    const key = addressKey(address)
    const refusal = (await this.#refuseName(name)) ?? (await requests.refuse(name, key))
    if (refusal !== undefined) return refusal
    const passwordHash = await passwords.hash(password, name)
    if (typeof passwordHash === 'object') return passwordHash
    return db.transaction(async (tx) => {
      const asked = await requests.add(tx, { name, passwordHash, words, address, addressKey: key })
      await audit.note(tx, { kind: 'asked_to_join', address, about: { name, id: asked.id } })
      return { request: asked.code, expiresAt: asked.expiresAt }
    })
  }

  /** How the request of this code stands. Whoever was let in gets a session with it, once. */
  async look(code: string, visitor: Visitor): Promise<{ own: OwnRequest; came?: SignedIn } | Refusal> {
    const own = await this.#deps.requests.own(code)
    if (own === undefined) return over
    if (own.state !== 'accepted') return { own }
    const came = await this.#enter(own, visitor)
    return isRefusal(came) ? came : { own, came }
  }

  /** The session is for whoever asked, so it is no way around what they, or a thief, have set since. */
  async #enter({ id, userId }: OwnRequest, { agent, address }: Visitor): Promise<SignedIn | Refusal> {
    const { db, requests, sessions, factors, bans } = this.#deps
    const user = await memberOf(db, userId)
    if (user === undefined) return over
    const ban = bans.of({ user, address })
    if (ban !== undefined) return banned(ban)
    return db.transaction(async (tx) => {
      const isFree = (await requests.isAsMade(tx, id)) && !(await factors.has(user.id, tx))
      if (!(await requests.remove(tx, id)) || !isFree) return over
      return { user, token: await sessions.open(user, agent, tx) }
    })
  }

  /** They do not want to any more. */
  async takeBack(code: string): Promise<void> {
    const { db, requests } = this.#deps
    const own = await requests.own(code)
    if (own?.state === 'waiting' && (await requests.remove(db, own.id))) await this.tell()
  }

  /** `rooms`: of the administrator's own. The account is there at once; the browser that waits comes in a moment later. */
  async accept(by: Banning, id: string, rooms: readonly string[]): Promise<{ person: Person } | Refusal> {
    const { db, requests, newcomers, audit } = this.#deps
    const person = await db
      .transaction(async (tx) => {
        const asked = await requests.take(tx, id)
        if (asked === undefined) throw new Refused(over)
        const { name, passwordHash } = asked
        const made = { id: await insertPerson(tx, { name, hash: passwordHash }), name }
        await newcomers.enter(tx, made, rooms)
        await requests.answer(tx, id, { userId: made.id })
        await audit.note(tx, { kind: 'request_accepted', ...by, about: { person: made, id } })
        return made
      })
      .catch((error: unknown): Refusal => {
        if (isDuplicate(error)) return { code: 'name_taken' }
        if (error instanceof Refused) return error.refusal
        throw error
      })
    if (isRefusal(person)) return person
    await newcomers.greet(person, rooms)
    await this.tell()
    return { person }
  }

  /** `isBanned`: their address too, which must not be the administrator's own. */
  async decline(
    by: Banning,
    id: string,
    { reason: raw, ban: isBanned = false }: { reason?: string; ban?: boolean },
  ): Promise<Refusal | undefined> {
    const { db, requests, audit, workspaceBans } = this.#deps
    const reason = cleanReason(raw)
    if (reason === undefined) return { code: 'bad_reason' }
    if (isBanned) {
      const address = (await requests.list()).find((one) => one.id === id)?.address
      if (address === undefined) return over
      const ban = { address, reason, expiresInMs: limits.joinRequests.banMs }
      const made = await workspaceBans.make(by, ban)
      if (isRefusal(made)) return made
    }
    const isDone = await db.transaction(async (tx) => {
      const asked = await requests.take(tx, id)
      if (asked === undefined) return false
      await requests.answer(tx, id, { reason })
      const about = { name: asked.name, id, ...(reason === '' ? {} : { reason }) }
      await audit.note(tx, { kind: 'request_declined', ...by, about })
      return true
    })
    if (!isDone) return over
    await this.tell()
    return undefined
  }

  /** Administrators see at once how many wait. Lost while Redis is away; their pages ask again when they are back. */
  async tell(): Promise<void> {
    const { db, bus, requests } = this.#deps
    const open = await requests.count()
    for (const { id } of await db.rows<{ id: number }>('SELECT id FROM users WHERE is_admin = 1'))
      bus.publish({ kind: 'event', user: String(id), event: { type: 'requests', open } })
  }

  async #isOpen(): Promise<boolean> {
    const { signUp, askToJoin } = await this.#deps.settings.read()
    return signUp === 'invite' && askToJoin
  }

  async #refuseName(name: string): Promise<Refusal | undefined> {
    const { db } = this.#deps
    const rows = await db.rows('SELECT id FROM users WHERE name_key = ?', [nameKey(name)])
    // Of nobody yet.
    return rows.length > 0 ? { code: 'name_taken' } : refuseTaken(db, { id: '0', name })
  }
}
