// Everything of oneself as a file.
import { Readable } from 'node:stream'
import { Type } from 'typebox'
import { onlyPeople, onlySignedIn, requireSession } from '../account/identify.ts'
import { refuse } from '../answer.ts'
import type { Core } from '../core.ts'
import { Downloads } from '../export/downloads.ts'
import type { Feature } from '../feature.ts'
import type { Blobs } from '../files/blobs.ts'
import { refusals } from '../protocol/http.ts'
import { Closed } from '../protocol/schema.ts'
import { ownExport } from './own-export.ts'
import { withFiles } from './with-files.ts'

export interface OwnExportDeps {
  kept: { blobs: Blobs }
}

const Lines = {
  description:
    'One JSON object on each line; the last one is of the kind `end`. With files: a zip of these and that.',
  content: {
    'application/x-ndjson': { schema: Type.Unsafe<Readable>(Type.String()) },
    'application/zip': { schema: Type.Unsafe<Readable>(Type.String()) },
  },
}

const OwnExportQuery = Closed({
  files: Type.Optional(
    Type.Literal('1', {
      description: 'with the files that you have sent, as a zip; without it, the lines alone',
    }),
  ),
})

export function ownExportFeature({ db }: Core, { kept: { blobs } }: OwnExportDeps): Feature {
  const downloads = new Downloads()
  return {
    routes: async (app) => {
      app.get(
        '/api/me/export',
        {
          preHandler: [onlySignedIn, onlyPeople],
          compress: false,
          config: { audit: 'exported' },
          schema: {
            tags: ['account'],
            summary:
              'Everything of yours: profile, rooms, messages with what they said before, and what you keep',
            querystring: OwnExportQuery,
            response: { 200: Lines, ...refusals },
          },
        },
        async (request, reply) => {
          const { user } = requireSession(request)
          const refusal = downloads.enter(user.id)
          if (refusal !== undefined) return refuse(reply, refusal)
          const lines = ownExport({ db, userId: user.id, step: (work) => downloads.step(user.id, work) })
          const hasFiles = request.query.files !== undefined
          const made = hasFiles ? withFiles({ db, blobs, userId: user.id, text: lines }) : lines
          const pieces = downloads.read<string | Buffer>(made, () => reply.raw.destroy())
          const stream = Readable.from(pieces, { objectMode: false, highWaterMark: 1 })
          stream.once('close', () => downloads.leave(user.id))
          return reply
            .header('content-type', hasFiles ? 'application/zip' : 'application/x-ndjson; charset=utf-8')
            .header(
              'content-disposition',
              `attachment; filename="brook-account.${hasFiles ? 'zip' : 'ndjson'}"`,
            )
            .send(stream)
        },
      )
    },
  }
}
