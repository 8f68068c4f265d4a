// The HTTP route of search. The cost of each answer is bounded, and requests are rate limited per person.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import { unlessAway, type Db } from '../db.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import type { Refusal } from '../protocol/errors.ts'
import { refusals } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import { SearchAnswer, SearchQuery } from '../protocol/search.ts'
import { understand } from './understand.ts'
import type { Search } from './search.ts'

export interface SearchRoutes {
  db: Db
  memberships: Memberships
  search: Search
  searches: RateLimiter
  /** Called for each search: `found`, `nothing` or `refused`. */
  onSearched: (outcome: string, seconds: number) => void
}

/** For a scope that `identify` has prepared. */
export const searchRoutes: FastifyPluginAsyncTypebox<SearchRoutes> = async (
  app,
  { db, memberships, search, searches, onSearched },
) => {
  app.addHook('preHandler', onlySignedIn)

  const find = async (user: User, query: SearchQuery): Promise<SearchAnswer | Refusal> => {
    const wait = searches.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    return unlessAway(async () => {
      const understood = await understand(db, user, query, await memberships.readable(user.id))
      if (isRefusal(understood)) return understood
      const { cursor, limit = limits.search.hits.default } = query
      return search.find({ ...understood, cursor, limit })
    })
  }

  app.get(
    '/api/search',
    {
      config: { heavy: 'made' },
      schema: {
        tags: ['messages'],
        summary: 'Search messages in the rooms you may read, newest first',
        querystring: SearchQuery,
        response: { 200: SearchAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const began = performance.now()
      const answer = await find(requireSession(request).user, request.query)
      const outcome = isRefusal(answer) ? 'refused' : answer.hits.length > 0 ? 'found' : 'nothing'
      onSearched(outcome, (performance.now() - began) / 1_000)
      return isRefusal(answer) ? refuse(reply, answer) : answer
    },
  )
}
