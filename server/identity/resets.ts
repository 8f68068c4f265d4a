// Sets a new password by a link, once.
import { Refused } from '../answer.ts'
import type { Passwords } from '../account/passwords.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Db, Queryable } from '../db.ts'
import type { Mail } from '../mail/mail.ts'
import { endMail } from '../mail/queue.ts'
import type { MailLanguage } from '../mail/words/words.ts'
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
  mail: Mail | undefined
}

const over: Refusal = { code: 'reset_over' }

export class Resets {
  readonly #deps: ResetDeps

  constructor(deps: ResetDeps) {
    this.#deps = deps
  }

  /** All sessions of the person end, and what they had begun. A password that is refused leaves the link good. */
  async use(code: string, password: string): Promise<{ person: Person } | Refusal> {
    const { db, passwords, sessions, tickets, factors, links, mail } = this.#deps
    const opened = await links.open(code)
    if (opened === undefined) return over
    const hash = await passwords.hash(password, opened.person.name)
    if (typeof hash === 'object') return hash
    const { id } = opened.person
    const done = await db
      .transaction(async (tx) => {
        // Both again: meanwhile it may have been used, or they may have become an administrator.
        if ((await links.open(code, tx)) === undefined) throw new Refused(over)
        const ticket = await tickets.use(tx, 'reset', code)
        if (ticket === undefined) throw new Refused(over)
        await endMail(tx, ticket.data.mail)
        await tx.run('UPDATE users SET password_hash = ? WHERE id = ?', [hash, BigInt(id)])
        if (opened.secondFactor) await factors.removeAll(tx, id)
        await tickets.endAll(tx, id)
        await this.#tell(tx, id)
        return { ended: await sessions.closeAll(tx, id) }
      })
      .catch((error: unknown) => {
        if (error instanceof Refused) return error.refusal
        throw error
      })
    if ('code' in done) return done
    await sessions.forget(done.ended)
    mail?.soon()
    return { person: opened.person }
  }

  /** If they have an address: somebody else may have had the link. */
  async #tell(tx: Queryable, userId: string): Promise<void> {
    const sql = 'SELECT language FROM mail_addresses WHERE user_id = ? AND address IS NOT NULL'
    const [row] = await tx.rows<{ language: MailLanguage }>(sql, [BigInt(userId)])
    if (row === undefined) return
    const { language } = row
    const data = { at: Date.now() }
    await this.#deps.mail?.put(tx, { kind: 'password-set', userId, address: null, data, language })
  }
}
