// Smaller pictures, for whoever may read the file at this moment.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { Type } from 'typebox'
import { onlySignedIn, requireSession } from '../../account/identify.ts'
import { granted, Refused } from '../../answer.ts'
import { FileParams, PreviewQuery } from '../../protocol/files.ts'
import { refusals } from '../../protocol/http.ts'
import { previewWidths } from '../../protocol/picture-limits.ts'
import type { RateLimiter } from '../../rate-limiter.ts'
import { requireRate } from '../../require-rate.ts'
import { infoOf } from '../file-row.ts'
import type { Previews } from '../previews/previews.ts'
import { widthFor } from '../previews/widths.ts'
import type { Readers } from '../readers.ts'
import { hasIt, headersOf } from '../serving.ts'
import { NoSuchBlob } from '../stores/blob-store.ts'

export interface PreviewRoutes {
  readers: Readers
  previews: Previews
  /** Of one person. */
  reads: RateLimiter
}

const notFound = (): Refused => new Refused({ code: 'not_found' })

function gone(error: unknown): never {
  throw error instanceof NoSuchBlob ? notFound() : error
}

/** For a scope that `identify` has prepared. */
export const previewRoutes: FastifyPluginAsyncTypebox<PreviewRoutes> = async (
  app,
  { readers, previews, reads },
) => {
  app.addHook('preHandler', onlySignedIn)

  app.get(
    '/api/files/:id/preview',
    {
      // A page shows fifty of them at once.
      config: { hasOwnRate: true },
      schema: {
        tags: ['files'],
        operationId: 'getFilePreview',
        summary:
          'A smaller picture: WebP, of the next larger of a few widths, never larger than the original, without what that says of itself; the first frame of an animation',
        params: FileParams,
        querystring: PreviewQuery,
        produces: ['image/webp'],
        response: { 200: Type.Any({ description: 'the picture' }), ...refusals },
      },
    },
    async (request, reply) => {
      const { id } = requireSession(request).user
      await requireRate(reads, id)
      const row = await readers.find(id, request.params.id)
      const { width } = row === undefined ? {} : infoOf(row)
      if (row?.hash === undefined || row.hash === null || row.whole_ms === null) throw notFound()
      if (row.kind !== 'image' || width === undefined) throw notFound()
      const asked = request.query.width ?? previewWidths.inline
      // Of these bytes, at this width: the same for ever.
      const hash = `${row.hash}-${widthFor(asked, width)}`
      const headers = headersOf({ name: `${row.name}.webp`, type: 'image/webp', hash }, false)
      if (hasIt(request.headers['if-none-match'], hash)) return reply.code(304).headers(headers).send(null)
      const picture = { hash: row.hash, width }
      const made = await previews.read(id, picture, asked, request.signal).catch(gone)
      const { body, size } = granted(made)
      return reply.headers({ ...headers, 'accept-ranges': 'none', 'content-length': String(size) }).send(body)
    },
  )
}
