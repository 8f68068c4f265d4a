// Web push: whoever is told of something hears of it on their devices too, while no page is open there.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { Signal } from '../bus.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Notifications } from '../notify/notifications.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import { defaultNotifySettings } from '../protocol/notify-defaults.ts'
import { limits } from '../protocol/limits.ts'
import type { PresentProfiles } from '../profiles/present-profiles.ts'
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

export interface PushFeatureDeps {
  history: History
  notifications: Notifications
  notifySettings: NotifySettingsStore
  present: Pick<PresentProfiles, 'choiceOf' | 'onChange'>
}

export function pushFeature(
  { config, db, keys, metrics, onError }: Core,
  { history, notifications, notifySettings, present }: PushFeatureDeps,
): Feature {
  const mayBePrivate = config.webhookPrivate
  const vapid = new Vapid(keys, config.publicUrl)
  const poster = new Poster({ vapid, mayBePrivate })
  const subscriptions = new Subscriptions(db)
  const queue = new PushQueue(db)
  const now = Date.now
  const settingsOf = (users: readonly string[]) => notifySettings.ofAll(users)
  const held = async (users: readonly string[]): Promise<Map<string, number>> => {
    const settings = await settingsOf(users)
    const ends = new Map<string, number>()
    for (const user of users) {
      const own = heldUntil(settings.get(user) ?? defaultNotifySettings, now())
      // That has no end: they are looked at again, and at once when they choose otherwise.
      const again = present.choiceOf(user) === 'dnd' ? now() + limits.push.heldAgainMs : 0
      const until = Math.max(own ?? 0, again)
      if (until > now()) ends.set(user, until)
    }
    return ends
  }
  const wanted = (ids: readonly string[]): Promise<Set<string>> => notifications.stillWanted(ids)
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
    toDo: (users) => notifications.toDo(users),
    isNewerShown: (rows) => shown.newerOf(rows),
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    sent: metrics.counter('brook_push_sent_total', 'Push messages, by what became of them', {
      outcome: ['taken', 'gone', 'refused', 'failed'],
    }),
    onError,
  })
  const onSignal = hearing({ deliverer, holds, shown, present, onError })
  return {
    routes: (app) => pushRoutes(app, { subscriptions, vapid, poster, mayBePrivate }),
    open: async () => deliverer.open(),
    onSignal,
    close: async () => {
      await deliverer.close()
      poster.close()
    },
  }
}

interface HearingDeps {
  deliverer: Deliverer
  holds: Holds
  shown: Shown
  present: PushFeatureDeps['present']
  onError: Core['onError']
}

/** What the process that delivers hears of: something is to be sent, was read elsewhere, or somebody is left alone no more. */
function hearing({ deliverer, holds, shown, present, onError }: HearingDeps): (signal: Signal) => void {
  const read = (user: string): void => {
    if (shown.hasRead(user)) deliverer.wake()
  }
  const choseWhen = (user: string): void =>
    void holds.changed(user).then(
      () => deliverer.wake(),
      (error: unknown) => onError(error, 'looking at quiet hours'),
    )
  present.onChange((people, isFirst) => {
    // Whose choice ends while no process delivers is looked at by the next one, a minute later.
    if (deliverer.isLeading && !isFirst) for (const user of people) choseWhen(user)
  })
  return (signal) => {
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
    if (event.type === 'notify_settings') choseWhen(user)
  }
}
