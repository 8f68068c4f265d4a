// The HTTP route of search. What it costs is bounded for each answer, and answers are paced for each person.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import { isConnectionLost, type Db } from '../db.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Pace } from '../pace.ts'
import type { Refusal } from '../protocol/errors.ts'
import { ErrorAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import { SearchAnswer, SearchQuery } from '../protocol/search.ts'
import { understand } from './asked.ts'
import type { Search } from './search.ts'

export interface SearchRoutes {
  db: Db
  memberships: Memberships
  search: Search
  searches: Pace
  /** Hears of each search: `found`, `nothing` or `refused`. */
  onSearched: (outcome: string, seconds: number) => void
}

/** Stands in a scope that `identify` has prepared. */
export const searchRoutes: FastifyPluginAsyncTypebox<SearchRoutes> = async (
  app,
  { db, memberships, search, searches, onSearched },
) => {
  app.addHook('preHandler', onlySignedIn)

  const find = async (user: User, query: SearchQuery): Promise<SearchAnswer | Refusal> => {
    const wait = searches.take(user.id)
    if (wait > 0) return { code: 'too_many', retryAfterMs: wait }
    try {
      const wish = await understand(db, user, query, await memberships.readable(user.id))
      if (isRefusal(wish)) return wish
      const { cursor, limit = limits.search.hits.usual } = query
      return await search.find({ ...wish, cursor, limit })
    } catch (error) {
      if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
      throw error
    }
  }

  app.get(
    '/api/search',
    {
      schema: {
        ...{ tags: ['messages'], summary: 'Find messages in the rooms you may read, the newest first' },
        querystring: SearchQuery,
        response: { 200: SearchAnswer, '4xx': ErrorAnswer, '5xx': ErrorAnswer },
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
