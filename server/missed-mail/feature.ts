// Mail of what was missed, where mail is set up: what was decided waits for its time, and is read again before it is sent.
import { paceAddresses } from '../address-rate.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Mail } from '../mail/mail.ts'
import { MailAddresses } from '../mail-address/addresses.ts'
import type { Notifications } from '../notify/notifications.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { Repeated } from '../repeated.ts'
import type { Presence } from '../socket/presence.ts'
import { missedLetter } from './letter.ts'
import { OffLinks } from './off-links.ts'
import { offRoutes } from './off-routes.ts'
import { Waiting } from './waiting.ts'

interface MissedMailDeps {
  mail: Mail | undefined
  notifications: Pick<Notifications, 'stillWanted'>
  notifySettings: NotifySettingsStore
  history: History
  presence: Presence
  settings: WorkspaceSettings
}

export function missedMailFeature(
  { db, bus, keys, rateLimits, onError }: Core,
  { mail, notifications, notifySettings, history, presence, settings }: MissedMailDeps,
): Feature {
  if (mail === undefined) return {}
  const waiting = new Waiting({
    db,
    mail,
    stillWanted: (ids) => notifications.stillWanted(ids),
    settings: notifySettings,
    isAtHand: (user) => presence.isAtHand(user),
  })
  const links = new OffLinks({ keys, settings: notifySettings, bus })
  const letters = {
    db,
    history,
    waiting,
    links,
    settings: notifySettings,
    workspace: settings,
    addresses: new MailAddresses(db),
    origin: mail.origin,
  }
  mail.add('missed', { compose: (one) => missedLetter(letters, one) })
  const looking = new Repeated({
    everyMs: limits.mail.missed.lookEveryMs,
    run: () => waiting.run(),
    onError: (error) => onError(error, 'mail of what was missed'),
  })
  return {
    open: async () => looking.soon(),
    publicRoutes: (app) => offRoutes(app, { links, pace: paceAddresses(rates.strangers, rateLimits) }),
    close: () => looking.close(),
  }
}
