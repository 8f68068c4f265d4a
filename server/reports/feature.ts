// Reports of messages: made by whoever can read them, handled by moderators and administrators, answered to whoever made them.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Bans } from '../moderation/bans.ts'
import type { Changes } from '../posting/change.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter } from '../rate-limiter.ts'
import { Repeated } from '../repeated.ts'
import { Cases } from './cases.ts'
import type { Say } from '../posting/say.ts'
import { HeldMessages } from './held.ts'
import { Handling } from './handle.ts'
import { Reports } from './report.ts'
import { reportRoutes } from './routes.ts'
import { QueueNews } from './queue-news.ts'

export interface ReportFeatureDeps {
  history: History
  memberships: Memberships
  changes: Changes
  workspaceBans: Bans
  say: Say
  bans: BanList
  news: QueueNews
  held: HeldMessages
}

/** What posting needs of it. */
export function openReports({ db, bus, onError }: Core): { news: QueueNews; held: HeldMessages } {
  const news = new QueueNews({ db, bus, onError })
  return { news, held: new HeldMessages({ db, news }) }
}

export function reportFeature(
  { db, cache, rateLimits, onError }: Core,
  { history, memberships, changes, workspaceBans, say, bans, news, held }: ReportFeatureDeps,
): Feature {
  const rate = new SharedRateLimiter('report', rates.report, cache, rateLimits)
  const changed = (room: string): Promise<void> => news.changed(room)
  const cases = new Cases({ db, history })
  const reports = new Reports({ db, history, memberships, rate, changed })
  const answered = (people: readonly string[]): void => news.answered(people)
  const post = (id: number) => held.post(id, { say, memberships, bans })
  const handling = new Handling({ db, cases, changes, memberships, workspaceBans, post, changed, answered })
  const dropping = new Repeated({
    everyMs: limits.reports.dropEveryMs,
    run: () => reports.drop(),
    onError: (error) => onError(error, 'dropping what was reported'),
  })
  return {
    routes: (app) => reportRoutes(app, { reports, cases, handling, held, memberships }),
    close: () => dropping.close(),
  }
}
