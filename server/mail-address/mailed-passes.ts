// Lets in whoever has shown that an address is theirs, at a domain whose people may come in. The address is then their account's.
import type { Pass } from '../access/passes.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import { Refused } from '../answer.ts'
import type { Queryable } from '../db.ts'
import type { Tickets } from '../identity/tickets.ts'
import { endMail } from '../mail/queue.ts'
import type { MailLanguage } from '../mail/words/words.ts'
import type { Refusal } from '../protocol/errors.ts'
import { allowsDomain, cleanMailAddress } from '../protocol/mail-address.ts'
import type { MailAddresses } from './addresses.ts'

interface MailedPassDeps {
  settings: Pick<WorkspaceSettings, 'read'>
  tickets: Tickets
  addresses: MailAddresses
}

const over: Refusal = { code: 'mail_over' }

export class MailedPasses {
  readonly #deps: MailedPassDeps

  constructor(deps: MailedPassDeps) {
    this.#deps = deps
  }

  /** `code`: of the link. The domain is asked about again: it may let nobody in any more. */
  of(code: string, language: MailLanguage): Pass {
    const { tickets, addresses } = this.#deps
    return {
      refuse: async () => {
        const ticket = await tickets.find('mail-join', code)
        return ticket === undefined ? over : this.#refuse(ticket.data.address)
      },
      leadsTo: async () => ({ rooms: [], admin: false }),
      use: async (tx, { id }) => {
        const ticket = await tickets.use(tx, 'mail-join', code)
        const clean = cleanMailAddress(ticket?.data.address ?? '')
        if (ticket === undefined || clean === undefined) throw new Refused(over)
        const refusal = await this.#refuse(clean.address, tx)
        if (refusal !== undefined) throw new Refused(refusal)
        await endMail(tx, ticket.data.mail)
        // Somebody has confirmed it for another account meanwhile.
        if (!(await addresses.confirm(tx, id, clean, language))) throw new Refused(over)
      },
    }
  }

  async #refuse(address: string, tx?: Queryable): Promise<Refusal | undefined> {
    const { signUp, mailDomains } = await this.#deps.settings.read(tx)
    if (signUp === 'closed') return { code: 'sign_up_closed' }
    if (signUp === 'open') return undefined
    const domain = cleanMailAddress(address)?.domain ?? ''
    return allowsDomain(mailDomains, domain) ? undefined : { code: 'mail_domain' }
  }
}
