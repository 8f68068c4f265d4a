// A file's bytes, for whoever may read it at this moment; and what is known of it.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { granted, refuse } from '../../answer.ts'
import { ContentQuery, FileAnswer, FileParams } from '../../protocol/files.ts'
import { refusals } from '../../protocol/http.ts'
import type { RateLimiter } from '../../rate-limiter.ts'
import { requireRate } from '../../require-rate.ts'
import type { Blobs } from '../blobs.ts'
import type { FileRow } from '../file-row.ts'
import type { OwnFiles } from '../own-files.ts'
import type { Readers } from '../readers.ts'
import { hasIt, headersOf, rangeOf } from '../serving.ts'
import { BlobsAway } from '../stores/blobs-away.ts'
import { blobKey, NoSuchBlob } from '../stores/blob-store.ts'

export interface ContentRoutes {
  readers: Readers
  own: OwnFiles
  blobs: Pick<Blobs, 'store' | 'readForOthers'>
  /** Of one person. */
  reads: RateLimiter
  onServed: (bytes: number) => void
}

const tags = ['files']

/** For a scope that `identify` has prepared. */
export const contentRoutes: FastifyPluginAsyncTypebox<ContentRoutes> = async (app, deps) => {
  const { readers, own, reads } = deps
  app.addHook('preHandler', onlySignedIn)
  // A page shows fifty of them at once, and a player asks for one of them piece by piece.
  const config = { hasOwnRate: true }
  app.addHook('preHandler', (request) => requireRate(reads, requireSession(request).user.id))

  app.get(
    '/api/files/:id',
    {
      config,
      // HEAD of it belongs to tus.
      exposeHeadRoute: false,
      schema: {
        tags,
        summary: 'What is known of a file, and how much of it has arrived',
        params: FileParams,
        response: { 200: FileAnswer, ...refusals },
      },
    },
    async (request) => granted(await own.state(requireSession(request).user.id, request.params.id)),
  )

  const content = async (
    request: FastifyRequest<{ Params: { id: string }; Querystring: { download?: '1' } }>,
    reply: FastifyReply,
  ): Promise<FastifyReply> => {
    const { user } = requireSession(request)
    const row = await readers.find(user.id, request.params.id)
    if (row?.hash === undefined || row.hash === null || row.whole_ms === null)
      return refuse(reply, { code: 'not_found' })
    const served = { name: row.name, type: row.type, hash: row.hash, size: Number(row.size) }
    // What the inspection could not read is saved.
    const saves = request.query.download !== undefined || row.kind === 'other'
    const isOwn = String(row.user_id) === user.id
    return serve(deps, { request, reply, served, saves, isOwn })
  }
  const schema = {
    tags,
    params: FileParams,
    querystring: ContentQuery,
    produces: ['application/octet-stream'],
    response: { 200: Type.Any({ description: 'the bytes' }), ...refusals },
  }
  app.get(
    '/api/files/:id/content',
    {
      config,
      exposeHeadRoute: false,
      schema: { ...schema, summary: 'The bytes of a file, or a Range of them' },
    },
    content,
  )
  // Trap: the HEAD that fastify derives from it says that there are no bytes.
  app.head(
    '/api/files/:id/content',
    { config, schema: { ...schema, summary: 'What the bytes of a file are, without them' } },
    content,
  )
}

interface Serving {
  request: FastifyRequest
  reply: FastifyReply
  served: Pick<FileRow, 'name' | 'type' | 'size'> & { hash: string }
  saves: boolean
  /** Its owner gets it as it was. */
  isOwn: boolean
}

async function serve(
  { blobs, onServed }: Pick<ContentRoutes, 'blobs' | 'onServed'>,
  { request, reply, served, saves, isOwn }: Serving,
): Promise<FastifyReply> {
  const { hash, size } = served
  const { range, 'if-range': ifRange, 'if-none-match': ifNoneMatch } = request.headers
  // Of other bytes, another tag.
  const tagged = isOwn ? hash : `${hash}-shared`
  const headers = headersOf({ ...served, hash: tagged }, saves)
  if (hasIt(ifNoneMatch, tagged)) return reply.code(304).headers(headers).send(null)
  const part = rangeOf({ range, 'if-range': one(ifRange) }, { hash: tagged, size })
  if (part === 'none')
    return reply
      .code(416)
      .header('content-range', `bytes */${size}`)
      .header('content-type', 'application/octet-stream')
      .send(null)
  const { start, end } = part === 'whole' ? { start: 0, end: size - 1 } : part
  void reply
    .code(part === 'whole' ? 200 : 206)
    .headers(headers)
    .header('content-length', String(end - start + 1))
  if (part !== 'whole') void reply.header('content-range', `bytes ${start}-${end}/${size}`)
  if (request.method === 'HEAD') return reply.send(null)
  try {
    const range = part === 'whole' ? undefined : part
    const stream = await (isOwn ? blobs.store.read(blobKey(hash), range) : blobs.readForOthers(hash, range))
    onServed(end - start + 1)
    return await reply.send(stream)
  } catch (error) {
    if (!(error instanceof NoSuchBlob || error instanceof BlobsAway)) throw error
    for (const name of Object.keys(headers)) void reply.removeHeader(name)
    void reply.removeHeader('content-length').removeHeader('content-range')
    if (error instanceof BlobsAway) return refuse(reply, error.refusal)
    // Its row says that they are there: somebody has removed them by hand.
    const { params: file, ip: address, session } = request
    request.log.error({ file, user: session?.user.id, address }, 'the bytes of a file are gone')
    return refuse(reply, { code: 'not_found' })
  }
}

const one = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header
