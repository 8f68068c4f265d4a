// Who is told of what, decided once; the inbox; how somebody wants to be told.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { Deciding } from './deciding.ts'
import { inboxRoutes } from './inbox-routes.ts'
import { InboxList } from './inbox.ts'
import { Notifications } from './notifications.ts'
import { notifyRoutes } from './routes.ts'
import { NotifySettingsStore } from './settings.ts'
import { forgetOld } from './sweep.ts'

export interface NotifyApi {
  notifySettings: NotifySettingsStore
  /** For those who deliver: see there how. */
  notifications: Notifications
}

export function notifyFeature(
  core: Core,
  { history, memberships, bans }: { history: History; memberships: Memberships; bans: BanList },
): Feature & NotifyApi {
  const { db, bus, log, onError } = core
  const notifySettings = new NotifySettingsStore(db)
  const notifications = new Notifications({
    db,
    log,
    memberships,
    bans,
    readTo: (user, room) => memberships.markers.positionOf(user, room),
  })
  const inbox = new InboxList({ db, log, memberships, history })
  const deciding = new Deciding(core, { history, memberships, settings: notifySettings })
  const sweeping = new Repeated({
    everyMs: limits.notify.sweep.everyMs,
    run: () => forgetOld(db, Date.now()),
    onError: (error) => onError(error, 'forgetting old notifications'),
  })
  return {
    notifySettings,
    notifications,
    open: () => deciding.open(),
    onEntries: (entries) => deciding.hear(entries),
    onReconnect: () => deciding.reconnected(),
    onSignal: (signal) => {
      if (signal.kind === 'notified') notifications.decided()
    },
    routes: async (app) => {
      await app.register(notifyRoutes, { settings: notifySettings, bus })
      await app.register(inboxRoutes, { inbox, bus })
    },
    close: async () => {
      await sweeping.close()
      await deciding.close()
    },
  }
}
