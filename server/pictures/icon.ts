// Draws the icon of a workspace as the systems of phones and desks take it: a PNG of its picture, or of its letters or emoji on its
// colour. Letters are drawn with the fonts of this machine.
import type { Failure, IconTask, MadeIcon, Source } from './tasks.ts'
import { rgbOf } from './oklch.ts'
import { sharp } from './sharp.ts'

/** In the middle of what the web app has there (web/style/base.css), for every hue. */
const face = { lightness: 0.53, chroma: 0.113 }
/** Of the width: what a mask leaves of a maskable icon is a circle of 80%. */
const textWidth = { any: 0.66, maskable: 0.5 }
const logoWidth = { any: 0.84, maskable: 0.64 }
/** Of its width: a single letter is no larger than two. */
const heightOfText = 0.8
const cornerRadius = 0.22
const white = { r: 255, g: 255, b: 255, alpha: 1 }

type Raster = ReturnType<typeof sharp>

export async function drawIcon({ size, purpose, of }: IconTask): Promise<MadeIcon | Failure> {
  try {
    const square = await ('picture' in of
      ? withPicture(of.picture, size, purpose)
      : withText(of.text, of.hue, size, purpose))
    if (square === undefined) return 'unreadable'
    return { image: await (purpose === 'any' ? rounded(square, size) : square).png().toBuffer() }
  } catch {
    return 'unreadable'
  }
}

/** A photo fills the square; a logo without a background stands on white. */
async function withPicture(picture: Source, size: number, purpose: IconTask['purpose']): Promise<Raster> {
  const { isOpaque } = await sharp(picture).stats()
  if (isOpaque) return sharp(await sharp(picture).resize(size, size, { fit: 'cover' }).png().toBuffer())
  const inner = Math.round(size * logoWidth[purpose])
  const logo = await sharp(picture).resize(inner, inner, { fit: 'inside' }).png().toBuffer()
  return over(ground(size, white), logo)
}

/** Undefined: no font of this machine has it. */
async function withText(
  text: string,
  hue: number,
  size: number,
  purpose: IconTask['purpose'],
): Promise<Raster | undefined> {
  const words = await drawnText(text, Math.round(size * textWidth[purpose]))
  const [r, g, b] = rgbOf({ ...face, hue })
  return words && over(ground(size, { r, g, b, alpha: 1 }), words)
}

async function drawnText(text: string, width: number): Promise<Buffer | undefined> {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  const drawn = await sharp({
    text: {
      text: `<span foreground="white">${escaped}</span>`,
      font: 'Inter, Noto Sans, DejaVu Sans, Noto Sans CJK SC, sans-serif Bold',
      width: 8 * width,
      height: width,
      rgba: true,
    },
  })
    .trim()
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (isMissing(drawn)) return undefined
  const { width: w, height: h } = drawn.info
  return sharp(drawn.data, { raw: { width: w, height: h, channels: 4 } })
    .resize(width, Math.round(width * heightOfText), { fit: 'inside' })
    .png()
    .toBuffer()
}

interface Drawn {
  data: Buffer
  info: { width: number; height: number; channels: number }
}

/** What no font has is a frame around its number: all four sides have ink from end to end. */
function isMissing({ data, info: { width, height, channels } }: Drawn): boolean {
  const hasInk = (x: number, y: number): boolean => (data[(y * width + x) * channels + 3] ?? 0) > 64
  const columns = [...Array(width).keys()]
  const rows = [...Array(height).keys()]
  return (
    columns.every((x) => hasInk(x, 1) && hasInk(x, height - 2)) &&
    rows.every((y) => hasInk(1, y) && hasInk(width - 2, y))
  )
}

const ground = (size: number, background: typeof white): Raster =>
  sharp({ create: { width: size, height: size, channels: 4, background } })

const over = async (below: Raster, input: Buffer): Promise<Raster> =>
  sharp(await below.composite([{ input }]).png().toBuffer())

/** Nothing outside of round corners. */
function rounded(square: Raster, size: number): Raster {
  const radius = size * cornerRadius
  const mask = Buffer.alloc(size * size * 4)
  for (let y = 0; y < size; y += 1)
    for (let x = 0; x < size; x += 1) {
      const dx = Math.max(radius - x - 0.5, x + 0.5 - (size - radius), 0)
      const dy = Math.max(radius - y - 0.5, y + 0.5 - (size - radius), 0)
      // Half of a pixel on either side is the edge.
      mask[(y * size + x) * 4 + 3] = 255 * Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(dx, dy)))
    }
  return square.composite([
    { input: mask, raw: { width: size, height: size, channels: 4 }, blend: 'dest-in' },
  ])
}
