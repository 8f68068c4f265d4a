// GET /api/rooms/:room/export: a room or a part of it as a file, for its members.
import { Readable } from 'node:stream'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { Counter } from 'prom-client'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import { leaveUnnoted } from '../audit/noting.ts'
import { isZone } from '../history/calendar.ts'
import type { Slices } from '../channel/slices.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { requireRoom } from '../membership/require-room.ts'
import type { Refusal } from '../protocol/errors.ts'
import { ErrorAnswer, RoomParams, type Message, type PageAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { ExportQuery } from '../protocol/moments.ts'
import type { Person } from '../protocol/people.ts'
import { bundle, filesIn, type BundledFile } from './bundle.ts'
import { Downloads } from './downloads.ts'
import { formOf } from './forms.ts'
import { write } from './write.ts'

const Text = { schema: Type.Unsafe<Readable>(Type.String()) }
const file = {
  description: 'the file',
  content: {
    'text/markdown': Text,
    'text/html': Text,
    'application/x-ndjson': Text,
    'application/zip': Text,
  },
}

export interface ExportRoute {
  history: History
  memberships: Memberships
  /** The id of this Brook. */
  installation: () => Promise<string>
  slices: Slices
  /** The bytes of a file for somebody; undefined: it is none of theirs, or not there any more. */
  openFile: (userId: string, id: string) => Promise<Readable | undefined>
  /** Messages that were written. */
  exported: Counter
}

/** For a scope that `identify` has prepared. */
export const exportRoute: FastifyPluginAsyncTypebox<ExportRoute> = async (
  app,
  { history, memberships, installation, exported, slices, openFile },
) => {
  app.addHook('preHandler', onlySignedIn)
  const downloads = new Downloads()

  app.get(
    '/api/rooms/:room/export',
    {
      compress: false,
      config: { audit: 'exported' },
      schema: {
        tags: ['messages'],
        summary:
          'A room or a part of it as a file: Markdown, HTML or JSON lines; with its files, a zip of these and that',
        params: RoomParams,
        querystring: ExportQuery,
        response: { 200: file, '4xx': ErrorAnswer },
      },
    },
    async (request, reply) => {
      const { room } = request.params
      const { format = 'md', from = 1, to, zone = 'UTC' } = request.query
      const hasFiles = request.query.files !== undefined
      const { user } = requireSession(request)
      const seen = await requireRoom(memberships, request)
      if (!(await memberships.isMember(user.id, room))) return refuse(reply, { code: 'not_allowed' })
      if (!isZone(zone)) return refuse(reply, { code: 'bad_request', detail: 'no such time zone' })
      if (to !== undefined && to < from)
        return refuse(reply, { code: 'bad_request', detail: 'to is before from' })
      if (seen.people !== undefined) leaveUnnoted(request)
      const origin = await installation()
      const refusal = downloads.enter(user.id)
      if (refusal !== undefined) return refuse(reply, refusal)
      const form = formOf(format, zone, hasFiles)
      const files: BundledFile[] = []
      // Whoever is removed meanwhile gets no more.
      const page = async (after: number): Promise<PageAnswer | Refusal> =>
        (await memberships.isMember(user.id, room))
          ? history.page(room, { after, limit: limits.page.max })
          : { code: 'not_allowed' }
      const { name, topic, kind, people } = seen
      const query = {
        id: room,
        kind,
        name,
        people: people === undefined ? undefined : allOf(people, user),
        topic,
        installation: origin,
        from: Math.max(1, from),
        to,
        page,
        step: <T>(work: () => Promise<T>) => downloads.step(user.id, work),
        slices,
        wrote: (messages: number) => exported.inc(messages),
        met: hasFiles ? (message: Message) => void files.push(...filesIn(message)) : undefined,
      }
      const text = write(form, query)
      const made = hasFiles
        ? bundle({
            name: `room-${room}.${form.ending}`,
            text,
            files: () => files,
            open: ({ id }) => openFile(user.id, id),
          })
        : text
      const pieces = downloads.read<string | Buffer>(made, () => reply.raw.destroy())
      const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 1 })
      stream.once('close', () => downloads.leave(user.id))
      return reply.headers(headersOf(hasFiles ? zipped : form, { room, name })).send(stream)
    },
  )
}

const zipped = { type: 'application/zip', ending: 'zip' }

const headersOf = (
  { type, ending }: { type: string; ending: string },
  { room, name }: { room: string; name: string },
): Record<string, string> => ({
  'content-type': type,
  'content-disposition': `attachment; filename="room-${room}.${ending}"; filename*=UTF-8''${encodeURIComponent(`${name}.${ending}`)}`,
})

/** Everybody in a direct room: `others` are those whom its summary shows to `me`. */
const allOf = (others: readonly Person[], me: Person): { id: string; name: string }[] =>
  [...others.filter(({ id }) => id !== me.id), me].map(({ id, name }) => ({ id, name }))
