// Search in all rooms that somebody may read.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { searchLag } from './lag.ts'
import { searchRoutes } from './routes.ts'
import { Search } from './search.ts'

export function searchFeature(
  { db, log, metrics, rateLimits, heavy }: Core,
  { history, memberships }: { history: History; memberships: Memberships },
): Feature {
  const searched = metrics.counter('brook_searches_total', 'Searches, by outcome', {
    outcome: ['found', 'nothing', 'refused'],
  })
  const took = metrics.histogram('brook_search_seconds', 'Duration of searches', {
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
  })
  let unindexed: number | undefined
  metrics.before(async () => {
    unindexed = await searchLag(db).catch(() => undefined)
  })
  metrics.seen('brook_search_lag', 'Archived messages that the search index lacks', () => unindexed)
  const search = new Search({ db, history, log, slices: heavy.slices })
  const searches = new RateLimiter(rates.search, rateLimits)
  const onSearched = (outcome: string, seconds: number): void => {
    searched.inc({ outcome })
    took.observe(seconds)
  }
  return { routes: (app) => searchRoutes(app, { db, memberships, search, searches, onSearched }) }
}
