// The faces of people, bots, webhooks, rooms and the workspace: square, and written anew, without anything that a photo tells of its
// place.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { requireSession } from '../account/identify.ts'
import { Refused } from '../answer.ts'
import type { Core } from '../core.ts'
import { hashOf, refusalOf, requireImage, takeImages, type Image } from '../pictures/images.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { limits } from '../protocol/limits.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter, SharedRateLimiter } from '../rate-limiter.ts'
import { requireRate } from '../require-rate.ts'

export interface Faces {
  pictures: Pictures
  /** Of uploads. */
  pace: SharedRateLimiter
  /** Of images that are shown: a page shows fifty of them at once, and each only once. */
  shown: RateLimiter
}

export const openFaces = ({ cache, rateLimits }: Core, pictures: Pictures): Faces => ({
  pictures,
  pace: new SharedRateLimiter('avatar', rates.avatar, cache, rateLimits),
  shown: new RateLimiter(rates.faces, rateLimits),
})

const { sizePx, uploadBytes: maxBytes } = limits.avatars
const tooLarge = 'image_too_large'

/** For a scope whose bodies are images. */
export const takeFaces = (app: FastifyInstance): void => takeImages(app, { maxBytes, tooLarge })

/** The face that is made from the image of a request: limits.avatars.sizePx, of an animation the first frame. @throws Refused */
export async function faceOf(
  { pictures, pace }: Pick<Faces, 'pictures' | 'pace'>,
  request: FastifyRequest,
): Promise<Image> {
  const { id } = requireSession(request).user
  const source = requireImage(request)
  await requireRate(pace, id)
  const task = { source, width: sizePx, height: sizePx, fit: 'cover' } as const
  const made = await pictures.make(id, task, request.signal)
  if ('failure' in made) throw new Refused(refusalOf(made.failure, tooLarge))
  const image = Buffer.from(made.done.bytes)
  return { image, hash: hashOf(image) }
}

/** @throws Refused */
export const paceShown = ({ shown }: Pick<Faces, 'shown'>, request: FastifyRequest): Promise<void> =>
  requireRate(shown, requireSession(request).user.id)
