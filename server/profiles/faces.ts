// Images that become faces, of people, bots, webhooks, rooms and the workspace: how they arrive, and how they are served. Whose a face
// is, and who may change it, the routes say.
import { createHash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { requireSession } from '../account/identify.ts'
import { granted, refuse, Refused } from '../answer.ts'
import type { Core } from '../core.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter, SharedRateLimiter } from '../rate-limiter.ts'
import { squareOf } from './avatar-image.ts'

export interface Faces {
  pictures: Pictures
  /** Of uploads. */
  pace: SharedRateLimiter
  /** Of images that are shown. */
  shown: RateLimiter
}

/** An image as it is stored and served, and the hash by which its address names it. */
export interface Face {
  image: Buffer
  hash: string
}

export const openFaces = ({ cache, rateLimits }: Core, pictures: Pictures): Faces => ({
  pictures,
  pace: new SharedRateLimiter('avatar', rates.avatar, cache, rateLimits),
  shown: new RateLimiter(rates.faces, rateLimits),
})

const types = ['image/jpeg', 'image/png', 'image/webp', 'image/gif']
/** Of a schema. */
export const consumed = { consumes: types }
export const served = { produces: ['image/webp'] }

/** For a scope whose bodies are images. What they are, their bytes say; a browser that does not know the type of a file sends none. */
export function takeImages(app: FastifyInstance): void {
  const { uploadBytes: bodyLimit } = limits.avatars
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(
    [...types, 'application/octet-stream'],
    { parseAs: 'buffer', bodyLimit },
    (_request, body, done) => done(null, body),
  )
  app.addHook('onRoute', (route) => void (route.bodyLimit ??= bodyLimit))
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    if (error instanceof Refused) throw error
    if (error.statusCode === 413) return refuse(reply, { code: 'image_too_large' })
    if (error.statusCode === 415) return refuse(reply, { code: 'bad_image' })
    throw error
  })
}

/** The face that is made from the image of a request. @throws Refused */
export async function faceOf(
  { pictures, pace }: Pick<Faces, 'pictures' | 'pace'>,
  request: FastifyRequest,
): Promise<Face> {
  const { user } = requireSession(request)
  const { body } = request
  if (!Buffer.isBuffer(body) || body.length === 0) throw new Refused({ code: 'bad_image' })
  const waitMs = await pace.take(user.id)
  if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
  const image = granted(await squareOf({ pictures, person: user.id }, body, request.signal))
  return { image, hash: createHash('sha256').update(image).digest('base64url').slice(0, 22) }
}

/** By whoever has read it once; the address of another image is another one. */
const forEver = 'private, max-age=31536000, immutable'

/** A page shows fifty of them at once, and each only once. @throws Refused */
export function paceShown({ shown }: Pick<Faces, 'shown'>, request: FastifyRequest): void {
  const waitMs = shown.take(requireSession(request).user.id)
  if (waitMs > 0) throw new Refused({ code: 'too_many', retryAfterMs: waitMs })
}

/** `v`: the hash that was asked for. The image of another one is gone: the one of now is there, and is asked for again. */
export function sendFace(reply: FastifyReply, face: Face | undefined, v: string | undefined): FastifyReply {
  if (face === undefined) return refuse(reply, { code: 'not_found' })
  void reply.header('cache-control', v === face.hash ? forEver : 'private, no-cache')
  void reply.header('x-content-type-options', 'nosniff')
  void reply.header('content-security-policy', "default-src 'none'")
  return reply.type('image/webp').send(face.image)
}
