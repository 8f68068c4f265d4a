// Signing in with a passkey: without a name, or as the second step after a password. A passkey that has made sure of its owner is
// both factors, so it is asked for nothing else.
import { randomBytes } from 'node:crypto'
import type { Sessions } from '../account/sessions.ts'
import type { SignedIn, SignInRefusal, Visitor } from '../account/visitor.ts'
import { Refused } from '../answer.ts'
import type { Db } from '../db.ts'
import { installationId } from '../installation.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { PasskeyOptionsAnswer, PasskeyUsed, WaysAnswer } from '../protocol/passkeys.ts'
import { memberOf } from './member.ts'
import type { KeptPasskey, Passkeys } from './passkeys.ts'
import type { RelyingParty } from './relying-party.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Tickets } from './tickets.ts'
import { handleOf, optionsToUse, readUsed, textOf } from './webauthn.ts'

export interface PasskeySignInDeps {
  db: Db
  sessions: Pick<Sessions, 'open'>
  passkeys: Passkeys
  factors: Pick<SecondFactors, 'hasApp'>
  tickets: Tickets
  bans: Pick<BanList, 'of'>
}

const over: Refusal = { code: 'ticket_over' }

export class PasskeySignIn {
  readonly #deps: PasskeySignInDeps

  constructor(deps: PasskeySignInDeps) {
    this.#deps = deps
  }

  /** `step`: the ticket of somebody whose password was right; without it, of whoever it is. */
  async begin(site: RelyingParty, step: string | undefined): Promise<PasskeyOptionsAnswer | Refusal> {
    const { passkeys, tickets } = this.#deps
    const userId = step === undefined ? null : await this.#stepOf(step)
    if (userId === undefined) return over
    const known = userId === null ? [] : await passkeys.keysOf(userId, site.id)
    if (userId !== null && known.length === 0) return { code: 'passkey_unknown' }
    const challenge = randomBytes(32).toString('base64url')
    const data = { challenge, rpId: site.id }
    const ticket = await tickets.make('passkey', { userId, data, lifeMs: limits.identity.passkeyMs })
    return { ticket, options: optionsToUse(site, challenge, known) }
  }

  /** What somebody whose password was right can go on with. */
  async ways(site: RelyingParty | undefined, step: string): Promise<WaysAnswer | Refusal> {
    const { passkeys, factors } = this.#deps
    const userId = await this.#stepOf(step)
    if (userId === undefined) return over
    const keys = site === undefined ? [] : await passkeys.keysOf(userId, site.id)
    return { app: await factors.hasApp(userId), passkey: keys.length > 0 }
  }

  async finish(
    site: RelyingParty,
    { ticket, used }: { ticket: string; used: PasskeyUsed },
    visitor: Visitor,
  ): Promise<SignedIn | SignInRefusal> {
    const { db, passkeys, tickets, bans } = this.#deps
    // Used up whatever comes of it: each answer is looked at once.
    const begun = await tickets.use(db, 'passkey', ticket)
    if (begun === undefined || begun.data.rpId !== site.id) return over
    const key = await passkeys.find(Buffer.from(used.id, 'base64url'))
    if (key === undefined || key.rpId !== site.id) return { code: 'passkey_unknown' }
    const user = await memberOf(db, key.userId)
    if (user === undefined) return { code: 'passkey_unknown' }
    const whose = { account: user.id, name: user.name }
    if (!(await this.#isOwners(key, used, begun.userId))) return { code: 'passkey_failed', ...whose }
    const read = await readUsed(site, begun.data.challenge, used, key)
    if (read === undefined) return { code: 'passkey_failed', ...whose }
    const ban = bans.of({ user, address: visitor.address })
    if (ban !== undefined) return { ...banned(ban), ...whose }
    const token = await this.#open(key, read.counter, visitor)
    return token === undefined ? { code: 'passkey_failed', ...whose } : { user, token }
  }

  /** Undefined: it was removed or used meanwhile. */
  #open(key: KeptPasskey, counter: number, { agent }: Visitor): Promise<string | undefined> {
    const { db, passkeys, tickets, sessions } = this.#deps
    return db
      .transaction(async (tx) => {
        if (!(await passkeys.use(tx, key, counter))) throw new Refused({ code: 'passkey_failed' })
        // The password that was typed before needs no other second step.
        await tickets.endAll(tx, key.userId, 'sign-in')
        return sessions.open({ id: key.userId }, agent, tx)
      })
      .catch((error: unknown) => {
        if (error instanceof Refused) return undefined
        throw error
      })
  }

  /** It is that of the person who was asked; where nobody was, the device says whose it is, and has to be right. */
  async #isOwners(key: KeptPasskey, { userHandle }: PasskeyUsed, asked: string | null): Promise<boolean> {
    const isTheirs =
      userHandle === textOf(handleOf(await installationId(this.#deps.db), key.userId)) ||
      (userHandle === '' && asked !== null)
    return isTheirs && (asked === null || asked === key.userId)
  }

  async #stepOf(step: string): Promise<string | undefined> {
    return (await this.#deps.tickets.find('sign-in', step))?.userId ?? undefined
  }
}
