// The image of a face, made from what somebody has uploaded: square, and written anew, without anything that a photo tells of its
// place.
import type { Pictures } from '../pictures/pictures.ts'
import { limits } from '../protocol/limits.ts'
import type { Refusal } from '../protocol/errors.ts'
import { pictureLimits } from '../protocol/picture-limits.ts'

const { sizePx } = limits.avatars

/** WebP of limits.avatars.sizePx. An animation's first frame. */
export async function squareOf(
  { pictures, person }: { pictures: Pictures; person: string },
  upload: Buffer,
  signal: AbortSignal,
): Promise<Buffer | Refusal> {
  const task = { source: upload, width: sizePx, height: sizePx, fit: 'cover' } as const
  const made = await pictures.make(person, task, signal)
  if ('done' in made) return Buffer.from(made.done.bytes)
  switch (made.failure) {
    case 'busy':
      return { code: 'overloaded', retryAfterMs: pictureLimits.busyMs }
    case 'too_many_pixels':
    case 'too_many_frames':
      return { code: 'image_too_large' }
    case 'unreadable':
    case 'failed':
      return { code: 'bad_image' }
  }
}
