// A person's mail address: wanted, confirmed by a link, removed. Whoever asks has proved who they are.
import { Refused } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Db, Queryable } from '../db.ts'
import type { Ticket, Tickets } from '../identity/tickets.ts'
import type { Mail } from '../mail/mail.ts'
import { endMail } from '../mail/queue.ts'
import type { MailLanguage } from '../mail/words/words.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { cleanMailAddress, type MailAddress } from '../protocol/mail-address.ts'
import type { MailLinkAnswer } from '../protocol/mail.ts'
import type { Person } from '../protocol/people.ts'
import type { SharedRateLimiter } from '../rate-limiter.ts'
import { shownAddress, type MailAddresses } from './addresses.ts'
import type { MailLimits } from './asks.ts'

export interface AddressChangeDeps {
  db: Db
  mail: Mail
  addresses: MailAddresses
  tickets: Tickets
  limits: MailLimits & { person: Pick<SharedRateLimiter, 'take'> }
}

const over: Refusal = { code: 'mail_over' }
const cleaned = (address: string): MailAddress => {
  const clean = cleanMailAddress(address)
  if (clean === undefined) throw new Refused(over)
  return clean
}

export class AddressChanges {
  readonly #deps: AddressChangeDeps

  constructor(deps: AddressChangeDeps) {
    this.#deps = deps
  }

  /** A link is sent there. Whether somebody else has the address, only its mailbox is told. */
  async want(person: Person, raw: string, language: MailLanguage): Promise<Refusal | undefined> {
    const { db, mail, addresses, limits: paces } = this.#deps
    const wanted = cleanMailAddress(raw)
    if (wanted === undefined) return { code: 'bad_mail_address' }
    const waitMs = (await paces.person.take(person.id)) || (await paces.to.take(wanted.key))
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    const { address } = wanted
    const untilMs = Date.now() + limits.mail.keptMs + limits.mail.linkMs
    await db.transaction(async (tx) => {
      await addresses.want(tx, person.id, { address, untilMs, language })
      // The one before is not wanted any more.
      await mail.queue.drop(tx, person.id, 'address')
      await this.#deps.tickets.endAll(tx, person.id, 'mail-address')
      await mail.put(tx, { kind: 'address', userId: person.id, address, data: {}, language })
    })
    mail.soon()
    return undefined
  }

  /** What a link is for, before it is used. */
  async look(code: string): Promise<MailLinkAnswer | Refusal> {
    const { db, tickets } = this.#deps
    const joins = await tickets.find('mail-join', code)
    if (joins !== undefined) return { kind: 'join', address: shownAddress(joins.data.address), name: '' }
    const found = await tickets.find('mail-address', code)
    const name = found === undefined ? undefined : await nameOf(db, found.userId)
    if (found === undefined || name === undefined) return over
    return { kind: 'address', address: shownAddress(found.data.address), name }
  }

  /** The address becomes theirs, and what was sent to the one before is good no more. */
  async confirm(code: string, from: string): Promise<{ name: string; address: string } | Refusal> {
    const { db, mail, tickets } = this.#deps
    const done = await db
      .transaction(async (tx) => {
        const ticket = await tickets.use(tx, 'mail-address', code)
        if (ticket === undefined || ticket.userId === null) throw new Refused(over)
        await endMail(tx, ticket.data.mail)
        return this.#confirmIn(tx, { ...ticket, userId: ticket.userId }, from)
      })
      .catch((error: unknown): Refusal => {
        if (error instanceof Refused) return error.refusal
        throw error
      })
    if (!('code' in done)) mail.soon()
    return done
  }

  async remove(person: Person, from: string): Promise<void> {
    const { db, mail, addresses, tickets } = this.#deps
    await db.transaction(async (tx) => {
      const before = await addresses.find(person.id, tx)
      await addresses.remove(tx, person.id)
      await mail.queue.drop(tx, person.id, 'address')
      await tickets.endAll(tx, person.id, 'mail-address')
      if (before === undefined) return
      await this.#gone(tx, { person, ...before })
      await noteAudit(tx, { kind: 'mail_address_removed', by: person, address: from, about: {} })
    })
    mail.soon()
  }

  async #confirmIn(
    tx: Queryable,
    { userId, data }: Ticket<'mail-address'> & { userId: string },
    from: string,
  ): Promise<{ name: string; address: string }> {
    const { addresses } = this.#deps
    const wanted = cleaned(data.address)
    const name = await nameOf(tx, userId)
    const before = await addresses.find(userId, tx)
    if (name === undefined || !(await addresses.confirm(tx, userId, wanted))) throw new Refused(over)
    const person = { id: userId, name }
    if (before !== undefined && before.address !== wanted.address)
      await this.#gone(tx, { person, address: before.address, language: before.language })
    await noteAudit(tx, { kind: 'mail_address_set', by: person, address: from, about: {} })
    return { name, address: shownAddress(wanted.address) }
  }

  /** Whoever has only the mailbox of before can do nothing with it any more, and its owner is told. */
  async #gone(
    tx: Queryable,
    { person, address, language }: { person: Person; address: string; language: MailLanguage },
  ): Promise<void> {
    const { mail, tickets } = this.#deps
    await tickets.endAll(tx, person.id, 'reset')
    const data = { at: Date.now(), name: person.name }
    await mail.put(tx, { kind: 'address-gone', userId: person.id, address, data, language })
  }
}

async function nameOf(db: Queryable, userId: string | null): Promise<string | undefined> {
  if (userId === null) return undefined
  const sql = 'SELECT name FROM users WHERE id = ? AND ended_at IS NULL'
  return (await db.rows<{ name: string }>(sql, [BigInt(userId)]))[0]?.name
}
