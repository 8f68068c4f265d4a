// What the head of a picture says of its size, judged before anything is unpacked.
import { pictureLimits } from '../protocol/picture-limits.ts'
import { sharp } from './sharp.ts'
import type { Failure, Source } from './tasks.ts'

export interface Measured {
  /** As it is shown: upright. */
  width: number
  height: number
  frames: number
}

/** `too_large`: it is no bomb, but not shown either. */
export async function measure(source: Source): Promise<Measured | Failure | 'too_large'> {
  try {
    const { format, autoOrient, pages = 1 } = await sharp(source, { limitInputPixels: false }).metadata()
    const { width, height } = autoOrient
    const pixels = width * height
    if (pages > pictureLimits.frames || (pages > 1 && pixels * pages > pictureLimits.framePixels))
      return 'too_many_frames'
    const shown = format === 'heif' ? pictureLimits.avifPixels : pictureLimits.pixels
    if (pixels <= shown) return { width, height, frames: pages }
    return pixels > pictureLimits.keptPixels ? 'too_many_pixels' : 'too_large'
  } catch {
    return 'unreadable'
  }
}
