// Makes a smaller picture: read whole, turned upright, and written anew as WebP, so that nothing else of the original is in it.
import { rgbaToThumbHash } from 'thumbhash'
import { pictureLimits } from '../protocol/picture-limits.ts'
import { measure } from './measure.ts'
import { sharp } from './sharp.ts'
import type { Failure, Made, MakeTask, Source } from './tasks.ts'

/** A picture whose end is missing is refused. Only the first frame is read. */
const open = (source: Source) =>
  sharp(source, { limitInputPixels: pictureLimits.pixels, pages: 1, failOn: 'error', sequentialRead: true })

/** Above it, twice the time saves a twentieth of the bytes. */
const thoroughPx = 1_280
/** Photos can be compressed more than letters and lines. */
const photo = { quality: 80 }
const drawing = { quality: 86, smartSubsample: true }

export async function make({ source, width, height, fit }: MakeTask): Promise<Made | Failure> {
  const measured = await measure(source)
  if (measured === 'too_large') return 'too_many_pixels'
  if (typeof measured === 'string') return measured
  const isDrawing = measured.format === 'png' || measured.format === 'gif'
  try {
    const { data, info } = await open(source)
      .autoOrient()
      .resize(width, height, { fit, withoutEnlargement: fit === 'inside' })
      .toColourspace('srgb')
      .webp({ ...(isDrawing ? drawing : photo), effort: width > thoroughPx ? 2 : 4 })
      .toBuffer({ resolveWithObject: true })
    return { bytes: data, width: info.width, height: info.height }
  } catch {
    return 'unreadable'
  }
}

/** A blurred picture of 25 bytes. Reads the whole picture; undefined if it cannot. */
export async function thumbOf(path: string): Promise<string | undefined> {
  try {
    const { data, info } = await open(path)
      .autoOrient()
      .resize(pictureLimits.thumbPx, pictureLimits.thumbPx, { fit: 'inside', withoutEnlargement: true })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true })
    return Buffer.from(rgbaToThumbHash(info.width, info.height, data)).toString('base64')
  } catch {
    return undefined
  }
}
