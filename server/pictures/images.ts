// Small images that people upload and others see, faces and emoji: how they arrive, and how they are served. Whose an image is, and
// who may change it, the routes say.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { refuse, Refused } from '../answer.ts'
import type { ErrorCode, Refusal } from '../protocol/errors.ts'
import { pictureLimits } from '../protocol/picture-limits.ts'
import type { Failure } from './tasks.ts'

/** WebP, as it is stored and served, and the hash by which its address names it. */
export interface Image {
  image: Buffer
  hash: string
}

export const hashOf = (image: Buffer): string =>
  createHash('sha256').update(image).digest('base64url').slice(0, 22)

const types = ['image/jpeg', 'image/png', 'image/webp', 'image/gif']
/** Of a schema. */
export const consumed = { consumes: types }
export const served = { produces: ['image/webp'] }

/** `tooLarge`: what is said of an image with too many bytes or pixels. */
export interface TakenImages {
  maxBytes: number
  tooLarge: ErrorCode
}

/** For a scope whose bodies are images. Their bytes say what they are; a browser that does not know the type of a file sends none. */
export function takeImages(app: FastifyInstance, { maxBytes: bodyLimit, tooLarge }: TakenImages): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    [...types, 'application/octet-stream'],
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => done(null, body),
  )
  app.addHook('onRoute', (route) => void (route.bodyLimit ??= bodyLimit))
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error instanceof Refused) throw error
    if (error.statusCode === 413) return refuse(reply, { code: tooLarge })
    if (error.statusCode === 415) return refuse(reply, { code: 'bad_image' })
    throw error
  })
}

/** The bytes that a request has brought. @throws Refused */
export function requireImage({ body }: Pick<FastifyRequest, 'body'>): Buffer {
  if (!Buffer.isBuffer(body) || body.length === 0) throw new Refused({ code: 'bad_image' })
  return body
}

/** Why no image was made of them. */
export function refusalOf(failure: Failure, tooLarge: ErrorCode): Refusal {
  switch (failure) {
    case 'busy':
      return { code: 'overloaded', retryAfterMs: pictureLimits.busyMs }
    case 'too_many_pixels':
    case 'too_many_frames':
      return { code: tooLarge }
    case 'unreadable':
    case 'failed':
      return { code: 'bad_image' }
  }
}

/** By whoever has read it once; the address of another image is another one. */
const forEver = 'private, max-age=31536000, immutable'

/** `v`: the hash that was asked for. The image of another one is gone: the one of now is there, and is asked for again. */
export function sendImage(
  reply: FastifyReply,
  found: Image | undefined,
  v: string | undefined,
): FastifyReply {
  if (found === undefined) return refuse(reply, { code: 'not_found' })
  void reply.header('cache-control', v === found.hash ? forEver : 'private, no-cache')
  void reply.header('x-content-type-options', 'nosniff')
  void reply.header('content-security-policy', "default-src 'none'")
  return reply.type('image/webp').send(found.image)
}
