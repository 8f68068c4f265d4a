// Webhooks: incoming ones, with which tools post to rooms, and outgoing ones, which deliver messages elsewhere.
import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { paceAddresses } from '../address-rate.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { MembershipApi } from '../membership/feature.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Say } from '../posting/say.ts'
import { rates } from '../protocol/rates.ts'
import { Deliverer, type Behind } from './deliverer.ts'
import { incomingRoute } from './incoming-route.ts'
import { IncomingHooks } from './incoming.ts'
import { OutgoingHooks } from './outgoing.ts'
import { hookRoutes, type HookRoutes } from './routes.ts'

export interface HookApi {
  /** See Deliverer. */
  hooksBehind: () => Behind | undefined
}

export function hookFeature(
  { config, db, cache, log, metrics, onError, outages, heavy, rateLimits }: Core,
  deps: MembershipApi &
    Pick<HookRoutes, 'profiles' | 'faces'> & { history: History; say: Say; bans: BanList },
): Feature & HookApi {
  const { memberships, gate, history, say, bans, profiles, faces } = deps
  const mayBePrivate = config.webhookPrivate
  const incoming = new IncomingHooks({ db, cache, gate, say, slices: heavy.slices })
  const pace = paceAddresses(rates.strangers, rateLimits)
  const outgoing = new OutgoingHooks(db, mayBePrivate)
  const answered = metrics.counter('brook_hooks_received_total', 'Posts to incoming webhooks, by answer', {
    answer: [],
  })
  const deliverer = new Deliverer({
    db,
    hooks: outgoing,
    history,
    log,
    isBanned: (person, room) =>
      bans.of({ user: { id: person, admin: false } }) !== undefined || bans.isOutOf(person, room),
    mayBePrivate,
    origin: config.publicUrl?.origin ?? '',
    onError,
    outages,
    holder: `${hostname()}:${process.pid}:${randomBytes(4).toString('hex')}`,
    taken: metrics.counter('brook_hooks_delivered_total', 'Messages that receivers of webhooks took'),
    failed: metrics.counter('brook_hooks_failures_total', 'Deliveries that are tried again or paused'),
  })
  metrics.seen(
    'brook_hooks_lag_entries',
    'Entries after the cursor of the webhook that is furthest behind',
    () => deliverer.behind?.entries ?? 0,
  )
  metrics.seen(
    'brook_hooks_lag_seconds',
    'How long the first message has waited that a webhook has not delivered',
    () => (deliverer.behind === undefined ? 0 : Math.max(0, Date.now() - deliverer.behind.since) / 1_000),
  )
  return {
    hooksBehind: () => deliverer.behind,
    onEntries: (entries) => deliverer.wake(entries.map(({ room }) => room)),
    publicRoutes: (app) =>
      incomingRoute(app, { incoming, pace, onAnswer: (answer) => answered.inc({ answer }) }),
    routes: (app) =>
      hookRoutes(app, { memberships, incoming, outgoing, history, log, deliverer, profiles, faces }),
    close: () => deliverer.close(),
  }
}
