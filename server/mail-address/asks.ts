// Mails that anybody may ask for, with an address: the answer is the same, and takes as long, whether somebody here has that
// address or not. Whose it is, is looked up when the mail is composed.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Visitor } from '../account/visitor.ts'
import type { Db } from '../db.ts'
import type { Mail } from '../mail/mail.ts'
import type { MailLanguage } from '../mail/words/words.ts'
import type { Refusal } from '../protocol/errors.ts'
import { allowsDomain, cleanMailAddress, type MailAddress } from '../protocol/mail-address.ts'
import type { SharedRateLimiter } from '../rate-limiter.ts'

export interface AskDeps {
  db: Db
  mail: Mail
  settings: Pick<WorkspaceSettings, 'read'>
  guesses: Pick<Guesses, 'addressOf'>
  limits: MailLimits
}

export interface MailLimits {
  /** Of an address of the network. */
  asker: Pick<SharedRateLimiter, 'take'>
  /** To one mail address. */
  to: Pick<SharedRateLimiter, 'take'>
}

export interface Asker {
  visitor: Visitor
  language: MailLanguage
}

export class Asks {
  readonly #deps: AskDeps

  constructor(deps: AskDeps) {
    this.#deps = deps
  }

  async forgot(raw: string, asker: Asker): Promise<Refusal | undefined> {
    const wanted = cleanMailAddress(raw)
    if (wanted === undefined) return { code: 'bad_mail_address' }
    return (await this.#pace(wanted, asker)) ?? this.#put('forgot', wanted, asker)
  }

  /** Which domains let people in is nobody's secret. */
  async join(raw: string, asker: Asker): Promise<Refusal | undefined> {
    const wanted = cleanMailAddress(raw)
    if (wanted === undefined) return { code: 'bad_mail_address' }
    const { signUp, mailDomains } = await this.#deps.settings.read()
    if (signUp === 'closed') return { code: 'sign_up_closed' }
    if (!allowsDomain(mailDomains, wanted.domain)) return { code: 'mail_domain' }
    return (await this.#pace(wanted, asker)) ?? this.#put('join', wanted, asker)
  }

  async #pace({ key }: MailAddress, { visitor }: Asker): Promise<Refusal | undefined> {
    const { guesses, limits } = this.#deps
    const from = guesses.addressOf(visitor)
    const waitMs = (from === undefined ? 0 : await limits.asker.take(from)) || (await limits.to.take(key))
    return waitMs > 0 ? { code: 'too_many', retryAfterMs: waitMs } : undefined
  }

  #put(kind: string, { address }: MailAddress, { language, visitor }: Asker): Promise<Refusal | undefined> {
    const { db, mail } = this.#deps
    return mail.ask(db, { kind, userId: null, address, data: { from: visitor.address }, language })
  }
}
