// Makes the image of a face from what somebody has uploaded: read and written anew, square, without anything that a photo tells of
// its place. So many at once, outside of the process's loop; what is too large is refused before it is unpacked.
import type Sharp from 'sharp'
import { FairGate } from '../channel/fair-gate.ts'
import { isRefusal } from '../answer.ts'
import { limits } from '../protocol/limits.ts'
import type { Refusal } from '../protocol/errors.ts'

const { atOnce, waiting, pixels, seconds, sizePx } = limits.avatars
const formats: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'gif'])
const busyMs = 2_000

/** Loaded at the first image: it is native, and most processes never need it. */
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

export class AvatarImages {
  readonly #gate = new FairGate({ atOnce, ofOne: 1, waiting })
  #waiting = 0

  /** WebP of limits.avatars.sizePx. */
  async make(userId: string, upload: Buffer, signal: AbortSignal): Promise<Buffer | Refusal> {
    if (this.#waiting >= waiting) return { code: 'too_many', retryAfterMs: busyMs }
    this.#waiting += 1
    const entered = Promise.resolve(this.#gate.enter(userId, signal))
    const leave = await entered.finally(() => (this.#waiting -= 1))
    if (leave === undefined) return { code: 'too_many', retryAfterMs: busyMs }
    try {
      return await square(upload)
    } finally {
      leave()
    }
  }
}

/** The first picture of an animation. */
async function square(upload: Buffer): Promise<Buffer | Refusal> {
  const open = await sharp()
  const judged = await judge(open, upload)
  if (isRefusal(judged)) return judged
  return open(upload, { limitInputPixels: pixels, pages: 1, failOn: 'error', sequentialRead: true })
    .timeout({ seconds })
    .autoOrient()
    .resize(sizePx, sizePx, { fit: 'cover' })
    .toColourspace('srgb')
    .webp({ quality: 82, effort: 4 })
    .toBuffer()
    .catch((): Refusal => ({ code: 'bad_image' }))
}

/** By what its head says, before anything is unpacked. */
async function judge(open: typeof Sharp, upload: Buffer): Promise<Refusal | undefined> {
  try {
    const { format, width, height } = await open(upload, { limitInputPixels: false, pages: 1 }).metadata()
    if (width * height > pixels) return { code: 'image_too_large' }
    return formats.has(format) ? undefined : { code: 'bad_image' }
  } catch {
    return { code: 'bad_image' }
  }
}
