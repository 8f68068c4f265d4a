// Makes what a card shows of a site's picture: read and written anew as a small WebP, without anything else that is in it. What is
// too large is refused by what its head says, before it is unpacked.
import type Sharp from 'sharp'
import { FairGate } from '../../channel/fair-gate.ts'
import { linkCardLimits } from '../../protocol/link-card-limits.ts'

const { image, icon, making } = linkCardLimits
const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif'])

/** Loaded at the first picture: it is native, and most processes never need it. */
let loading: Promise<typeof Sharp> | undefined
async function sharp(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(({ default: loaded }) => {
    // What libvips reads by other means (SVG, PDF, ImageMagick's formats) is refused before a byte of it is looked at.
    loaded.block({ operation: ['VipsForeignLoad'] })
    loaded.unblock({
      operation: [
        'VipsForeignLoadJpegBuffer',
        'VipsForeignLoadPngBuffer',
        'VipsForeignLoadWebpBuffer',
        'VipsForeignLoadNsgifBuffer',
      ],
    })
    loaded.cache(false)
    loaded.concurrency(1)
    return loaded
  })
  return loading
}

export interface Picture {
  bytes: Buffer
  width: number
  height: number
}

const gate = new FairGate({ atOnce: making.atOnce, ofOne: making.atOnce, waiting: making.waiting })

/** Undefined: it is no picture, too large, too small to be seen, or too many others wait. Never throws. */
export async function makePicture(
  bytes: Buffer,
  as: 'image' | 'icon',
  signal: AbortSignal,
): Promise<Picture | undefined> {
  const entered = gate.enter('cards', signal)
  const leave = await Promise.resolve(entered)
  if (leave === undefined) return undefined
  try {
    return await written(bytes, as)
  } catch {
    return undefined
  } finally {
    leave()
  }
}

async function written(bytes: Buffer, as: 'image' | 'icon'): Promise<Picture | undefined> {
  const open = await sharp()
  const { format, width, height } = await open(bytes, { limitInputPixels: false, pages: 1 }).metadata()
  if (!formats.has(format) || width * height > image.pixels) return undefined
  if (as === 'image' && Math.min(width, height) < image.smallestPx) return undefined
  const box =
    as === 'image'
      ? { width: image.widthPx, height: image.heightPx }
      : { width: icon.sizePx, height: icon.sizePx }
  const { data, info } = await open(bytes, {
    limitInputPixels: image.pixels,
    pages: 1,
    failOn: 'error',
    sequentialRead: true,
  })
    .timeout({ seconds: making.seconds })
    .autoOrient()
    .resize({ ...box, fit: 'inside', withoutEnlargement: as === 'image' })
    .toColourspace('srgb')
    .webp({ quality: 80, effort: 4 })
    .toBuffer({ resolveWithObject: true })
  return { bytes: data, width: info.width, height: info.height }
}
