// Reports of messages: made by whoever can read them, handled by moderators and administrators, answered to whoever made them.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Bans } from '../moderation/bans.ts'
import type { Changes } from '../posting/change.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter } from '../rate-limiter.ts'
import { Repeated } from '../repeated.ts'
import { Cases } from './cases.ts'
import { Handling } from './handle.ts'
import { Reports } from './report.ts'
import { reportRoutes } from './routes.ts'
import { QueueNews } from './queue-news.ts'

export interface ReportFeatureDeps {
  history: History
  memberships: Memberships
  changes: Changes
  workspaceBans: Bans
}

export function reportFeature(
  { db, bus, cache, rateLimits, onError }: Core,
  { history, memberships, changes, workspaceBans }: ReportFeatureDeps,
): Feature {
  const rate = new SharedRateLimiter('report', rates.report, cache, rateLimits)
  const news = new QueueNews({ db, bus, onError })
  const changed = (room: string): Promise<void> => news.changed(room)
  const cases = new Cases({ db, history })
  const reports = new Reports({ db, history, memberships, rate, changed })
  const answered = (people: readonly string[]): void => news.answered(people)
  const handling = new Handling({ db, cases, changes, memberships, workspaceBans, changed, answered })
  const dropping = new Repeated({
    everyMs: limits.reports.dropEveryMs,
    run: () => reports.drop(),
    onError: (error) => onError(error, 'dropping what was reported'),
  })
  return {
    routes: (app) => reportRoutes(app, { reports, cases, handling, memberships }),
    close: () => dropping.close(),
  }
}
