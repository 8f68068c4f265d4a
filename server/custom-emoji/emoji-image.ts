// The image of an emoji, made from what somebody has uploaded.
import type { Pictures } from '../pictures/pictures.ts'
import type { Refusal } from '../protocol/errors.ts'
import { pictureLimits } from '../protocol/picture-limits.ts'

/** WebP, as it is served. */
export interface EmojiImage {
  image: Buffer
  /** The first picture, of one that moves. */
  still?: Buffer
}

export async function emojiImageOf(
  { pictures, person }: { pictures: Pictures; person: string },
  upload: Buffer,
  signal: AbortSignal,
): Promise<EmojiImage | Refusal> {
  const made = await pictures.emoji(person, { source: upload }, signal)
  if ('done' in made) {
    const { image, still } = made.done
    return { image: Buffer.from(image), ...(still === undefined ? {} : { still: Buffer.from(still) }) }
  }
  switch (made.failure) {
    case 'busy':
      return { code: 'overloaded', retryAfterMs: pictureLimits.busyMs }
    case 'too_many_pixels':
    case 'too_many_frames':
      return { code: 'emoji_too_large' }
    case 'unreadable':
    case 'failed':
      return { code: 'bad_image' }
  }
}
