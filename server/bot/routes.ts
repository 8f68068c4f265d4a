// The HTTP routes of bots: the entries of their rooms, and how far they have processed them.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import type { Counter } from 'prom-client'
import { onlyBots, onlySignedIn, requireSession } from '../account/identify.ts'
import { granted, isRefusal, refuse } from '../answer.ts'
import type { RateLimiter } from '../rate-limiter.ts'
import { BotAnswer, BotQuery, CursorAnswer, CursorBody } from '../protocol/bots.ts'
import { refusals } from '../protocol/http.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { Acknowledging } from './acknowledging.ts'
import { formatCursor, parseCursor, type Cursor } from './cursor.ts'
import type { LongPolls } from './long-polls.ts'

export interface BotRoutes {
  longPolls: LongPolls
  polls: RateLimiter
  acks: RateLimiter
  acknowledging: Acknowledging
  /** Entries that were sent to bots. */
  told: Counter
}

const tags = ['bots']

/** For a scope that `identify` has prepared. */
export const botRoutes: FastifyPluginAsyncTypebox<BotRoutes> = async (
  app,
  { longPolls, acknowledging, polls, acks, told },
) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyBots)

  app.get(
    '/api/bots/me/entries',
    {
      config: { heavy: 'written', hasOwnRate: true },
      schema: {
        tags,
        summary: 'Entries in the bot’s rooms after a cursor; waits up to waitMs for new ones',
        querystring: BotQuery,
        response: { 200: BotAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { id, user } = requireSession(request)
      const wait = polls.take(user.id)
      if (wait > 0) return refuse(reply, { code: 'too_many', retryAfterMs: wait })
      const { after, limit = limits.bots.entries.default, waitMs = 0 } = request.query
      const waiter = { bot: user.id, session: id }
      const page = await longPolls.ask(waiter, { after, limit, waitMs }, untilGone(reply))
      if (isRefusal(page)) return refuse(reply, page)
      told.inc(page.entries.length)
      return { ...page, cursor: formatCursor(page.cursor) }
    },
  )

  app.put(
    '/api/bots/me/cursor',
    {
      schema: {
        tags,
        summary: 'Acknowledge everything up to this cursor',
        body: CursorBody,
        response: { 200: CursorAnswer, ...refusals },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const wait = acks.take(user.id)
      if (wait > 0) return refuse(reply, { code: 'too_many', retryAfterMs: wait })
      const { cursor, rooms, rewind } = request.body
      if ((cursor === undefined) === (rooms === undefined))
        return refuse(reply, { code: 'bad_request', detail: 'cursor or rooms' })
      if (rooms !== undefined) return answer(await acknowledging.ackRooms(user.id, rooms, rewind === true))
      const done = parseCursor(cursor ?? '')
      if (done === undefined || rewind === true) return refuse(reply, { code: 'bad_cursor' })
      return answer(await acknowledging.ack(user.id, done))
    },
  )

  app.get(
    '/api/bots/me/cursor',
    {
      schema: {
        tags,
        summary: 'The last acknowledged cursor',
        response: { 200: CursorAnswer, ...refusals },
      },
    },
    async (request) => {
      return { cursor: formatCursor(await longPolls.acked(requireSession(request).user.id)) }
    },
  )
}

const answer = (kept: Cursor | Refusal) => ({ cursor: formatCursor(granted(kept)) })

/** Aborts when the client disconnects before the answer. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  return gone.signal
}
