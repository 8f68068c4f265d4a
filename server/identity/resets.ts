// Sets a new password by a link, once.
import { Refused } from '../answer.ts'
import type { Passwords } from '../account/passwords.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Db } from '../db.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Person } from '../protocol/people.ts'
import type { ResetLinks } from './reset-links.ts'
import type { SecondFactors } from './second-factors.ts'
import type { Tickets } from './tickets.ts'

export interface ResetDeps {
  db: Db
  passwords: Passwords
  sessions: Pick<Sessions, 'closeAll' | 'forget'>
  factors: Pick<SecondFactors, 'removeAll'>
  tickets: Tickets
  links: ResetLinks
}

const over: Refusal = { code: 'reset_over' }

export class Resets {
  readonly #deps: ResetDeps

  constructor(deps: ResetDeps) {
    this.#deps = deps
  }

  /** All sessions of the person end, and what they had begun. A password that is refused leaves the link good. */
  async use(code: string, password: string): Promise<{ person: Person } | Refusal> {
    const { db, passwords, sessions, tickets, factors, links } = this.#deps
    const opened = await links.open(code)
    if (opened === undefined) return over
    const hash = await passwords.hash(password, opened.person.name)
    if (typeof hash === 'object') return hash
    const { id } = opened.person
    const done = await db
      .transaction(async (tx) => {
        // Both again: meanwhile it may have been used, or they may have become an administrator.
        if ((await links.open(code, tx)) === undefined) throw new Refused(over)
        if ((await tickets.use(tx, 'reset', code)) === undefined) throw new Refused(over)
        await tx.run('UPDATE users SET password_hash = ? WHERE id = ?', [hash, BigInt(id)])
        if (opened.secondFactor) await factors.removeAll(tx, id)
        await tickets.endAll(tx, id)
        return { ended: await sessions.closeAll(tx, id) }
      })
      .catch((error: unknown) => {
        if (error instanceof Refused) return error.refusal
        throw error
      })
    if ('code' in done) return done
    await sessions.forget(done.ended)
    return { person: opened.person }
  }
}
