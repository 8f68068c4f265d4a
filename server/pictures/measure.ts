// What the head of a picture says of its size, judged before anything is unpacked.
import { open } from 'node:fs/promises'
import { pictureLimits } from '../protocol/picture-limits.ts'
import { sharp } from './sharp.ts'
import type { Failure, Source } from './tasks.ts'

export interface Measured {
  /** As sharp names it. */
  format: string
  /** As it is shown: upright. */
  width: number
  height: number
  frames: number
}

const { pixels: shownPixels, avifPixels, keptPixels, frames: maxFrames, framePixels } = pictureLimits

/** `too_large`: it is no bomb, but not shown either. */
export async function measure(source: Source): Promise<Measured | Failure | 'too_large'> {
  try {
    const {
      format,
      autoOrient,
      pages: frames = 1,
    } = await sharp(source, {
      limitInputPixels: false,
    }).metadata()
    const { width, height } = format === 'gif' ? await screenOf(source) : autoOrient
    const pixels = width * height
    if (pixels > keptPixels) return 'too_many_pixels'
    if (frames > maxFrames || (frames > 1 && pixels * frames > framePixels)) return 'too_many_frames'
    // It is not read as browsers show it.
    if (width !== autoOrient.width || height !== autoOrient.height) return 'unreadable'
    return pixels > (format === 'heif' ? avifPixels : shownPixels)
      ? 'too_large'
      : { format, width, height, frames }
  } catch {
    return 'unreadable'
  }
}

/** Trap: where a GIF's screen is much larger than its frames, libvips believes the frames, and browsers the screen. */
async function screenOf(source: Source): Promise<{ width: number; height: number }> {
  const head = typeof source === 'string' ? await headOf(source) : Buffer.from(source.subarray(0, 10))
  return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) }
}

async function headOf(path: string): Promise<Buffer> {
  const file = await open(path)
  try {
    return (await file.read(Buffer.alloc(10), 0, 10, 0)).buffer
  } finally {
    await file.close()
  }
}
