// Makes an emoji: read whole, and written anew as WebP, square with nothing cut off. One that moves keeps moving, and gets a picture
// that does not.
import { customEmojiLimits } from '../protocol/custom-emoji-limits.ts'
import { measure } from './measure.ts'
import { sharp } from './sharp.ts'
import type { EmojiTask, Failure, MadeEmoji, Source } from './tasks.ts'

const { pixels, frames, sizePx, imageBytes } = customEmojiLimits
/** A moving one that is too large is tried once more. */
const qualities = [80, 50]
const nothing = { r: 0, g: 0, b: 0, alpha: 0 }

export async function makeEmoji({ source }: EmojiTask): Promise<MadeEmoji | Failure> {
  const measured = await measure(source)
  if (measured === 'too_large') return 'too_many_pixels'
  if (typeof measured === 'string') return measured
  if (measured.frames > frames) return 'too_many_frames'
  if (measured.width * measured.height * measured.frames > pixels) return 'too_many_pixels'
  try {
    const still = await drawn(source, 1, 90)
    if (measured.frames === 1) return { image: still }
    for (const quality of qualities) {
      const image = await drawn(source, -1, quality)
      if (image.length <= imageBytes) return { image, still }
    }
    return 'too_many_frames'
  } catch {
    return 'unreadable'
  }
}

/** `pages`: -1 for all of them. */
const drawn = (source: Source, pages: number, quality: number): Promise<Buffer> =>
  sharp(source, { limitInputPixels: pixels, pages, failOn: 'error', sequentialRead: true })
    .autoOrient()
    .resize(sizePx, sizePx, { fit: 'contain', background: nothing })
    .toColourspace('srgb')
    .webp({ quality, effort: 4, alphaQuality: 90 })
    .toBuffer()
