// GET /api/rooms/:room/export: a room or a part of it as a file, for anybody who is in it.
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { requireSession } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import { isZone } from '../history/calendar.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { RoomParams } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { ExportQuery } from '../protocol/moments.ts'
import { formOf } from './forms.ts'
import { write } from './write.ts'

export interface ExportRoute {
  history: History
  memberships: Memberships
  /** Hears of each page that was written. */
  exported: (messages: number) => void
}

/** Stands in a scope where everybody is signed in. */
export const exportRoute: FastifyPluginAsyncTypebox<ExportRoute> = async (
  app,
  { history, memberships, exported },
) => {
  let underWay = 0

  app.get(
    '/api/rooms/:room/export',
    {
      schema: {
        ...{ tags: ['messages'], summary: 'A room or a part of it as a file: Markdown, HTML or JSON lines' },
        ...{ params: RoomParams, querystring: ExportQuery },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      const { format = 'md', from = 1, to, zone = 'UTC' } = request.query
      const { user } = requireSession(request)
      const seen = await memberships.find(user.id, room)
      if (seen === undefined) return refuse(reply, { code: 'not_found' })
      if (!(await memberships.isMember(user.id, room))) return refuse(reply, { code: 'not_allowed' })
      if (!isZone(zone)) return refuse(reply, { code: 'bad_request', detail: 'no such time zone' })
      if (to !== undefined && to < from)
        return refuse(reply, { code: 'bad_request', detail: 'to is before from' })
      if (underWay >= limits.exports.atOnce) return refuse(reply, { code: 'too_many', retryAfterMs: 10_000 })
      const form = formOf(format, zone)
      const page = (after: number) => history.page(room, { after, limit: limits.page.most })
      const { name, topic } = seen
      const wish = { name, topic, from: Math.max(1, from), to, page, wrote: exported }
      const stream = Readable.from(write(form, wish), { objectMode: false, highWaterMark: 1 })
      underWay += 1
      stream.once('close', () => (underWay -= 1))
      const file = encodeURIComponent(`${name}.${form.ending}`)
      return reply
        .header('content-type', form.type)
        .header(
          'content-disposition',
          `attachment; filename="room-${room}.${form.ending}"; filename*=UTF-8''${file}`,
        )
        .header('cache-control', 'no-store')
        .send(stream)
    },
  )
}
