// The image of an emoji, made from what somebody has uploaded.
import { refusalOf } from '../pictures/images.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { Refusal } from '../protocol/errors.ts'

/** What is said of an image with too many bytes, pixels or pictures. */
export const tooLarge = 'emoji_too_large'

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
  if ('failure' in made) return refusalOf(made.failure, tooLarge)
  const { image, still } = made.done
  return { image: Buffer.from(image), ...(still === undefined ? {} : { still: Buffer.from(still) }) }
}
