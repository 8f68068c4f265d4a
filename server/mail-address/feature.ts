// Mail addresses: one's own, forgotten passwords, and coming in by an address. Only where mail is set up.
import type { Access } from '../access/feature.ts'
import type { Accounts } from '../account/accounts.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Tickets } from '../identity/tickets.ts'
import type { Mail } from '../mail/mail.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter } from '../rate-limiter.ts'
import { AddressChanges } from './address-changes.ts'
import { MailAddresses } from './addresses.ts'
import { Asks } from './asks.ts'
import { addLetters } from './letters.ts'
import { mailLinkRoutes } from './link-routes.ts'
import { MailedLinks } from './mailed-links.ts'
import { MailedPasses } from './mailed-passes.ts'
import { ownMailRoutes } from './own-routes.ts'

interface MailAddressDeps extends Pick<Access, 'settings' | 'knocked'> {
  mail: Mail | undefined
  tickets: Tickets
  accounts: Accounts
  guesses: Guesses
}

export function mailAddressFeature(
  { db, cache, keys, rateLimits }: Core,
  { mail, tickets, settings, accounts, guesses, knocked }: MailAddressDeps,
): Feature {
  if (mail === undefined) return {}
  const pace = (name: string, rate: keyof typeof rates) =>
    new SharedRateLimiter(name, rates[rate], cache, rateLimits)
  const limits = {
    asker: pace('ask-for-mail', 'askForMail'),
    to: pace('mail-to', 'mailTo'),
    person: pace('mail-address', 'mailAddress'),
  }
  const addresses = new MailAddresses(db)
  const links = new MailedLinks({ db, keys, tickets, origin: mail.origin })
  addLetters({ db, mail, addresses, links, settings })
  const changes = new AddressChanges({ db, mail, addresses, tickets, limits })
  const asks = new Asks({ db, mail, settings, guesses, limits })
  const mailedPasses = new MailedPasses({ settings, tickets, addresses })
  return {
    routes: async (app) => {
      await app.register(ownMailRoutes, { accounts, addresses, changes })
      await app.register(mailLinkRoutes, { accounts, asks, changes, mailedPasses, knocked })
    },
  }
}
