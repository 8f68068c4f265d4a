// Web push: whoever is told of something hears of it on their devices too, while no page is open there.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Core } from '../core.ts'
import type { Db } from '../db.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import { defaultNotifySettings } from '../protocol/notify-defaults.ts'
import { limits } from '../protocol/limits.ts'
import { heldUntil } from '../protocol/quiet-hours.ts'
import { Deliverer } from './deliverer.ts'
import { Holds } from './holds.ts'
import { Poster } from './post.ts'
import { PushQueue } from './queue.ts'
import { pushRoutes } from './routes.ts'
import { Settling } from './settling.ts'
import { Shown } from './shown.ts'
import { Subscriptions } from './subscriptions.ts'
import { Vapid } from './vapid.ts'
import { stillWanted } from './wanted.ts'

export interface PushFeatureDeps {
  history: History
  memberships: Memberships
  bans: BanList
  notifySettings: NotifySettingsStore
}

export function pushFeature(
  { config, db, keys, metrics, onError }: Core,
  { history, memberships, bans, notifySettings }: PushFeatureDeps,
): Feature {
  const mayBePrivate = config.webhookPrivate
  const vapid = new Vapid(keys, config.publicUrl)
  const poster = new Poster({ vapid, mayBePrivate })
  const subscriptions = new Subscriptions(db)
  const queue = new PushQueue(db)
  const now = Date.now
  const settingsOf = (users: readonly string[]) => notifySettings.ofAll(users)
  const held = async (users: readonly string[]): Promise<Map<string, number>> => {
    const [settings, undisturbed] = await Promise.all([settingsOf(users), notToDisturb(db, users)])
    const ends = new Map<string, number>()
    for (const user of users) {
      const own = heldUntil(settings.get(user) ?? defaultNotifySettings, now())
      const again = undisturbed.has(user) ? now() + limits.push.heldAgainMs : 0
      const until = Math.max(own ?? 0, again)
      if (until > now()) ends.set(user, until)
    }
    return ends
  }
  const wanted = (ids: readonly string[]): Promise<Set<string>> =>
    stillWanted({ db, markers: memberships.markers, bans }, ids)
  const shown = new Shown({ db, queue, wanted, now })
  const holds = new Holds({ db, queue, heldUntil: held, now })
  const deliverer = new Deliverer({
    db,
    history,
    queue,
    holds,
    shown,
    subscriptions,
    settling: new Settling({ db, queue, subscriptions, shown, now }),
    poster,
    wanted,
    settingsOf,
    heldUntil: held,
    isNewerShown: (rows) => shown.newerOf(rows),
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    sent: metrics.counter('brook_push_sent_total', 'Push messages, by what became of them', {
      outcome: ['taken', 'gone', 'refused', 'failed'],
    }),
    onError,
  })
  const read = (user: string): void => {
    if (shown.hasRead(user)) deliverer.wake()
  }
  return {
    routes: (app) => pushRoutes(app, { subscriptions, vapid, poster, mayBePrivate }),
    open: async () => deliverer.open(),
    onSignal: (signal) => {
      if (!deliverer.isLeading) return
      if (signal.kind === 'read') return read(signal.user)
      if (signal.kind === 'notified') {
        if (signal.event.told !== undefined) deliverer.wake()
        else for (const user of signal.users) read(user)
      }
      if (signal.kind !== 'event') return
      const { user, event } = signal
      if (event.type === 'thread' && event.read !== undefined) read(user)
      // Put away, or taken back.
      if (event.type === 'inbox') read(user)
      if (event.type === 'notify_settings')
        holds.changed(user).then(
          () => deliverer.wake(),
          (error: unknown) => onError(error, 'looking at quiet hours'),
        )
    },
    close: async () => {
      await deliverer.close()
      poster.close()
    },
  }
}

/** Who of these has chosen not to be disturbed, which has no end: they are looked at again. */
async function notToDisturb(db: Db, users: readonly string[]): Promise<Set<string>> {
  if (users.length === 0) return new Set()
  const rows = await db.rows<{ user_id: number }>(
    "SELECT user_id FROM profiles WHERE user_id IN (?) AND presence = 'dnd'",
    [users.map(BigInt)],
  )
  return new Set(rows.map(({ user_id }) => String(user_id)))
}
