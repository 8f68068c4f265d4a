// Bots: what they receive over HTTP, and how far they have processed it.
import type { Newcomers } from '../account/accounts.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { Acknowledging } from './acknowledging.ts'
import { Bots } from './bots.ts'
import { Departures } from './departures.ts'
import { Feed } from './feed.ts'
import { PollWaiters } from './poll-waiters.ts'
import { LongPolls } from './long-polls.ts'
import { botRoutes } from './routes.ts'

export function botFeature(
  { db, log, metrics, rateLimits }: Core,
  {
    sessions,
    memberships,
    bans,
  }: { sessions: Sessions; memberships: Memberships & Newcomers; bans: BanList },
): Feature & { longPolls: LongPolls } {
  const bots = new Bots({ db, sessions, newcomers: memberships })
  const waiters = new PollWaiters()
  const acknowledging = new Acknowledging({ bots, log, memberships })
  const departures = new Departures({ db, log })
  const feed = new Feed({ db, log })
  const longPolls = new LongPolls({ acknowledging, bots, departures, waiters, memberships, feed })
  const told = metrics.counter('brook_bot_entries_total', 'Entries sent to bots over HTTP')
  metrics.gauge('brook_bot_waits', 'Long polls of bots that are waiting', () => waiters.count)
  // Whoever waits is answered, and the next poll is identified again.
  bans.onChange(() => waiters.askAgain())
  const polls = new RateLimiter(rates.botPoll, rateLimits)
  const acks = new RateLimiter(rates.botAck, rateLimits)
  return {
    longPolls,
    onEntries: (entries) => waiters.entries(entries),
    onNewEpoch: () => waiters.newEpoch(),
    onReconnect: () => waiters.askAgain(),
    onSignal: (signal) => {
      if (signal.kind === 'signed-out') waiters.signOut(signal.session)
    },
    routes: (app) => botRoutes(app, { longPolls, acknowledging, polls, acks, told }),
    beforeClose: () => waiters.close(),
  }
}
