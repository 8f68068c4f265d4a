// The second step of signing in: a ticket, which a right password gave, and a code. Opens the session.
import { Refused } from '../answer.ts'
import type { SignedIn, SignInRefusal, Visitor } from '../account/visitor.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Db, Queryable } from '../db.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { banned, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import { memberOf } from './member.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Tickets } from './tickets.ts'

export interface SecondStepDeps {
  db: Db
  sessions: Pick<Sessions, 'open'>
  guesses: Guesses
  factors: Pick<SecondFactors, 'has' | 'use'>
  tickets: Tickets
  bans?: Pick<BanList, 'of'> | undefined
}

const over: Refusal = { code: 'ticket_over' }

export class SecondStep {
  readonly #deps: SecondStepDeps

  constructor(deps: SecondStepDeps) {
    this.#deps = deps
  }

  /** Of somebody whose password was right: the ticket with which they go on; undefined: they have no second factor. */
  async begin(userId: string): Promise<string | undefined> {
    const { factors, tickets } = this.#deps
    if (!(await factors.has(userId))) return undefined
    return tickets.make('sign-in', { userId, data: {}, lifeMs: limits.identity.secondStepMs })
  }

  /** In the transaction that changes a password: nobody goes on who had only the one before, nor with a link that resets it. */
  async endEarlier(tx: Queryable, userId: string): Promise<void> {
    for (const kind of ['sign-in', 'reset'] as const) await this.#deps.tickets.endAll(tx, userId, kind)
  }

  /** Wrong codes count as wrong passwords do; the ticket stays good for the right one. */
  async finish(ticket: string, code: string, visitor: Visitor): Promise<SignedIn | SignInRefusal> {
    const { tickets, guesses } = this.#deps
    const begun = await tickets.find('sign-in', ticket)
    if (begun === undefined) return over
    const user = await memberOf(this.#deps.db, begun.userId)
    if (user === undefined) return over
    // The address keeps an administrator in, as with the password alone, and everybody else out.
    const ban = this.#deps.bans?.of({ user, address: visitor.address })
    if (ban !== undefined) return { ...banned(ban), account: user.id, name: user.name }
    let token: string | undefined
    const right = await guesses
      .judge(user.name, visitor, async (address) => {
        const waitMs = await address.wait()
        if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
        token = await this.#open(user, { ticket, code }, visitor)
        if (token === undefined) await address.failed()
        return token !== undefined
      })
      .catch((error: unknown) => {
        if (error instanceof Refused) return error.refusal
        throw error
      })
    const whose = { account: user.id, name: user.name }
    if (typeof right === 'object') return { ...right, ...whose }
    return token === undefined ? { code: 'wrong_code', ...whose } : { user, token }
  }

  /** Undefined: the code is wrong. @throws Refused if the ticket has been used meanwhile */
  #open(
    user: User,
    { ticket, code }: { ticket: string; code: string },
    { agent }: Visitor,
  ): Promise<string | undefined> {
    const { db, factors, tickets, sessions } = this.#deps
    return db.transaction(async (tx) => {
      if (!(await factors.use(tx, user.id, code))) return undefined
      if ((await tickets.use(tx, 'sign-in', ticket)) === undefined) throw new Refused(over)
      return sessions.open(user, agent, tx)
    })
  }
}
