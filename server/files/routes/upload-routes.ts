// tus 1.0 over HTTP: /api/files, and /api/files/:id for each upload. Who asks, from where and how often is checked as for every
// other route; the protocol itself is uploads/tus.ts.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { granted } from '../../answer.ts'
import { FileAnswer, FileChange, FileParams } from '../../protocol/files.ts'
import { nothing, refusals } from '../../protocol/http.ts'
import type { RateLimiter } from '../../rate-limiter.ts'
import { requireRate } from '../../require-rate.ts'
import type { OwnFiles } from '../own-files.ts'
import type { TusUploads } from '../uploads/tus.ts'

export interface UploadRoutes {
  uploads: Pick<TusUploads, 'answer'>
  own: Pick<OwnFiles, 'change'>
  reads: RateLimiter
}

const tags = ['files']
const bytes = 'application/offset+octet-stream'

/** For a scope that `identify` has prepared. */
export const uploadRoutes: FastifyPluginAsyncTypebox<UploadRoutes> = async (app, { uploads, own, reads }) => {
  app.addHook('preHandler', onlySignedIn)
  // The bytes are taken as they come, by whoever writes them.
  app.addContentTypeParser(bytes, (_request, _body, done) => done(null))

  const answer: Answer = async (request, reply) => {
    const { method, url, raw } = request
    const { status, headers, body } = await uploads.answer({
      method,
      url: url.replace(/\?.*$/, ''),
      headers: headersOf(request),
      body: raw,
      user: requireSession(request).user.id,
    })
    void reply.code(status).headers(headers)
    const isEmpty = body === ''
    const sent = isEmpty ? reply.send(null) : reply.type('application/json; charset=utf-8').send(body)
    // Trap: only the reply itself tells fastify to wait for what is being sent.
    return sent as unknown as null
  }

  app.post(
    '/api/files',
    {
      config: { takesTime: true },
      schema: {
        tags,
        summary: 'Begin an upload (tus 1.0); with the same cid in Upload-Metadata it is the same one',
        consumes: [bytes],
        response: { 201: nothing, ...refusals },
      },
    },
    answer,
  )
  askRoutes(app, answer, reads)
  app.patch(
    '/api/files/:id',
    {
      config: { takesTime: true },
      schema: {
        tags,
        summary:
          'The next bytes of your upload, from Upload-Offset on; or, as JSON, its name and description',
        consumes: [bytes, 'application/json'],
        params: FileParams,
        body: { content: { 'application/json': { schema: FileChange } } },
        response: { 200: FileAnswer, 204: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      if (request.headers['content-type']?.startsWith('application/json') !== true)
        return answer(request, reply)
      const { user } = requireSession(request)
      return granted(await own.change(user.id, request.params.id, request.body as FileChange))
    },
  )
  app.delete(
    '/api/files/:id',
    {
      schema: {
        tags,
        summary: 'Give up an upload, or a file that you have not sent',
        params: FileParams,
        response: { 204: nothing, ...refusals },
      },
    },
    answer,
  )
}

type Answer = (request: FastifyRequest, reply: FastifyReply) => Promise<null>

/** What changes nothing. */
function askRoutes(app: FastifyInstance, answer: Answer, reads: RateLimiter): void {
  app.options(
    '/api/files',
    { schema: { tags, summary: 'What of tus this server does', response: { 204: nothing, ...refusals } } },
    answer,
  )
  app.head(
    '/api/files/:id',
    {
      // Asked before each piece of a file that was interrupted.
      config: { hasOwnRate: true },
      schema: {
        tags,
        summary: 'How many bytes of your upload have arrived: Upload-Offset',
        params: FileParams,
        response: { 200: nothing, ...refusals },
      },
    },
    async (request, reply) => {
      await requireRate(reads, requireSession(request).user.id)
      return answer(request, reply)
    },
  )
}

function headersOf({ headers }: FastifyRequest): Headers {
  const kept = new Headers()
  for (const name of sent) {
    const value = headers[name]
    if (typeof value === 'string') kept.set(name, value)
  }
  return kept
}

/** The headers of the protocol. */
const sent = [
  'tus-resumable',
  'upload-length',
  'upload-defer-length',
  'upload-metadata',
  'upload-offset',
  'upload-checksum',
  'content-type',
  'content-length',
]
