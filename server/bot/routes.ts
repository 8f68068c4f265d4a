// The HTTP routes of bots: what happened in their rooms, and how far they are done with it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply } from 'fastify'
import { onlyBots, onlySignedIn, requireSession } from '../account/identify.ts'
import { isRefusal, refuse } from '../answer.ts'
import type { Pace } from '../pace.ts'
import { BotAnswer, BotQuery, CursorAnswer, CursorBody, ErrorAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { formatCursor, parseCursor, type Cursor } from './cursor.ts'
import type { Polls } from './poll.ts'

export interface BotRoutes {
  polls: Polls
  paces: Pace
  epoch: () => string
  counts: { told: (entries: number) => void }
}

const refusals = { '4xx': ErrorAnswer, '5xx': ErrorAnswer } as const
const tags = ['bots']

/** Stands in a scope that `identify` has prepared. */
export const botRoutes: FastifyPluginAsyncTypebox<BotRoutes> = async (
  app,
  { polls, paces, epoch, counts },
) => {
  app.addHook('preHandler', onlySignedIn)
  app.addHook('preHandler', onlyBots)

  app.get(
    '/api/bots/me/entries',
    {
      schema: {
        ...{ tags, summary: 'What happened in my rooms after a cursor; waits up to waitMs for it' },
        ...{ querystring: BotQuery, response: { 200: BotAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { id, user } = requireSession(request)
      const wait = paces.take(user.id)
      if (wait > 0) return refuse(reply, { code: 'too_many', retryAfterMs: wait })
      const { after, limit = limits.bots.entries.usual, waitMs = 0 } = request.query
      const waiter = { bot: user.id, session: id }
      const page = await polls.ask(waiter, { after, limit, waitMs }, untilGone(reply))
      if (isRefusal(page)) return refuse(reply, page)
      counts.told(page.entries.length)
      return { ...page, cursor: formatCursor(page.cursor) }
    },
  )

  app.put(
    '/api/bots/me/cursor',
    {
      schema: {
        ...{ tags, summary: 'I am done with everything up to this cursor' },
        ...{ body: CursorBody, response: { 200: CursorAnswer, ...refusals } },
      },
    },
    async (request, reply) => {
      const { user } = requireSession(request)
      const { cursor, rooms } = request.body
      if ((cursor === undefined) === (rooms === undefined))
        return refuse(reply, { code: 'bad_request', detail: 'cursor or rooms' })
      const done =
        cursor === undefined
          ? cursorOf(rooms ?? {}, await polls.acked(user.id), epoch())
          : parseCursor(cursor)
      if (done === undefined) return refuse(reply, { code: 'bad_cursor' })
      return { cursor: formatCursor(await polls.ack(user.id, done)) }
    },
  )

  app.get(
    '/api/bots/me/cursor',
    {
      schema: {
        ...{ tags, summary: 'The cursor that I acknowledged last' },
        ...{ response: { 200: CursorAnswer, ...refusals } },
      },
    },
    async (request) => {
      return { cursor: formatCursor(await polls.acked(requireSession(request).user.id)) }
    },
  )
}

/** Numbers for some rooms. The others keep what is known of them, and so the epoch in which that was true. */
const cursorOf = (rooms: Record<string, number>, known: Cursor, epoch: string): Cursor => ({
  ...(known.epoch === '' || known.epoch === epoch ? { epoch, at: Date.now() } : known),
  places: new Map(Object.entries(rooms).map(([room, seq]) => [room, { seq, isBehind: false }])),
})

/** Aborts when whoever asked hangs up before the answer. */
function untilGone({ raw }: FastifyReply): AbortSignal {
  const gone = new AbortController()
  raw.once('close', () => gone.abort())
  return gone.signal
}
