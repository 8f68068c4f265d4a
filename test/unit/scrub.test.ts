// What others get of a picture says nothing but the picture, and is the same picture, of the same length.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { crc32 } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { applyPatches, Patches, TooManyPatches } from '../../server/pictures/scrub/patch.ts'
import { patchesOf } from '../../server/pictures/scrub/scrub.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-scrub-'))
})
afterAll(() => rm(folder, { recursive: true }))

const secret = 'N 52 31 12.02'
const noise = (width: number, height: number) => {
  const bytes = Uint8Array.from({ length: 3 * width * height }, (_, i) => (i * 7 + (i >> 5)) % 251)
  return sharp(bytes, { raw: { width, height, channels: 3 } })
}

async function cleaned(type: string, bytes: Buffer): Promise<Buffer> {
  const file = path.join(folder, 'picture')
  await writeFile(file, bytes)
  const patches = await patchesOf(type, file, bytes.length)
  const whole = applyPatches(Buffer.from(bytes), 0, patches)
  // A range of it is the same as that part of the whole.
  for (const [start, end] of [
    [0, 1],
    [1, 40],
    [33, 700],
    [bytes.length - 9, bytes.length],
  ] as const)
    expect(applyPatches(Buffer.from(bytes.subarray(start, end)), start, patches)).toEqual(
      whole.subarray(start, end),
    )
  return whole
}

const pixels = (bytes: Buffer) => sharp(bytes).autoOrient().raw().toBuffer()
const exif = { IFD0: { Copyright: secret, Model: secret }, IFD3: { GPSLatitudeRef: 'N' } }
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><a>${secret}</a></x:xmpmeta>`

describe('nothing but the picture is left', () => {
  test.each([
    ['jpeg', 6],
    ['jpeg', 1],
    ['png', 3],
    ['png', 1],
    ['webp', 8],
    ['webp', 1],
  ] as const)('of %s, turned as %i says', async (format, orientation) => {
    const told = await noise(61, 43)
      .withExif(exif)
      .withXmp(xmp)
      .withIccProfile('p3')
      .withMetadata({ orientation })
      .toFormat(format)
      .toBuffer()
    const bytes = Buffer.concat([told, Buffer.from(`PK\x03\x04 ${secret}`)])
    expect(bytes.includes(secret)).toBe(true)
    const clean = await cleaned(`image/${format}`, bytes)
    expect(clean.includes(secret)).toBe(false)
    expect(clean.length).toBe(bytes.length)
    const { icc, xmp: left, autoOrient } = await sharp(clean).metadata()
    expect(left).toBeUndefined()
    // Its colours are those of the original, and so is which way is up.
    expect(icc?.length).toBeGreaterThan(100)
    expect(autoOrient).toEqual((await sharp(bytes).metadata()).autoOrient)
    expect(await pixels(clean)).toEqual(await pixels(bytes))
  })

  test('of a PNG with texts, whose checksums are right', async () => {
    const png = await noise(40, 30).png().toBuffer()
    const data = Buffer.from(`Comment\0${secret}`)
    const chunk = Buffer.alloc(12 + data.length)
    chunk.writeUInt32BE(data.length, 0)
    chunk.write('tEXt', 4, 'latin1')
    data.copy(chunk, 8)
    chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length)
    const bytes = Buffer.concat([png.subarray(0, 33), chunk, png.subarray(33)])
    const clean = await cleaned('image/png', bytes)
    expect(clean.includes(secret)).toBe(false)
    expect(clean.subarray(33 + 8 + data.length, 33 + chunk.length).readUInt32BE()).toBe(
      crc32(clean.subarray(37, 41 + data.length)),
    )
    expect(await sharp(clean, { failOn: 'warning' }).raw().toBuffer()).toEqual(await pixels(png))
  })

  test.each([3, 255, 256, 257, 258, 259, 600, 5_000])('of a GIF with %i bytes of comment', async (length) => {
    const gif = await noise(20, 20).gif().toBuffer()
    const text = `${secret}${'x'.repeat(length)}`.slice(0, length)
    const blocks = Array.from({ length: Math.ceil(length / 255) }, (_, i) => {
      const part = text.slice(255 * i, 255 * (i + 1))
      return Buffer.concat([Buffer.from([part.length]), Buffer.from(part)])
    })
    const comment = Buffer.concat([Buffer.from([0x21, 0xfe]), ...blocks, Buffer.from([0])])
    // XMP stands in a GIF without lengths, and ends with a table that leads every reader to its end.
    const table = Buffer.from([1, ...Array.from({ length: 256 }, (_, i) => 255 - i), 0])
    const app = Buffer.concat([
      Buffer.from([0x21, 0xff, 11]),
      Buffer.from('XMP DataXMP'),
      Buffer.from(xmp),
      table,
    ])
    const bytes = Buffer.concat([gif.subarray(0, -1), comment, app, gif.subarray(-1), Buffer.from('end')])
    const clean = await cleaned('image/gif', bytes)
    expect(clean.includes(text.slice(0, 3))).toBe(false)
    expect(clean.includes('adobe')).toBe(false)
    expect(clean.includes('end')).toBe(false)
    expect(await pixels(clean)).toEqual(await pixels(gif))
    expect((await sharp(clean, { failOn: 'warning', pages: -1 }).metadata()).pages ?? 1).toBe(1)
  })

  test('of an AVIF', async () => {
    const bytes = await noise(64, 48).withExif(exif).withXmp(xmp).avif().toBuffer()
    expect(bytes.includes(secret)).toBe(true)
    const clean = await cleaned('image/avif', bytes)
    expect(clean.includes(secret)).toBe(false)
    expect(await pixels(clean)).toEqual(await pixels(bytes))
  })

  test('of a film', async () => {
    const box = (name: string, ...parts: (Buffer | string)[]): Buffer => {
      const data = Buffer.concat(parts.map((part) => Buffer.from(part as string)))
      const head = Buffer.alloc(8)
      head.writeUInt32BE(8 + data.length)
      head.write(name, 4, 'latin1')
      return Buffer.concat([head, data])
    }
    const track = box('trak', box('tkhd', 'kept'), box('udta', secret))
    const moov = box(
      'moov',
      box('mvhd', 'kept'),
      track,
      box('udta', box('\xa9xyz', secret)),
      box('meta', secret),
    )
    const film = [box('ftyp', 'isom'), box('uuid', secret), moov, box('mdat', 'pictures')]
    const clean = await cleaned('video/mp4', Buffer.concat(film))
    expect(clean.includes(secret)).toBe(false)
    for (const word of ['mvhd', 'tkhd', 'mdat', 'pictures', 'kept']) expect(clean.includes(word)).toBe(true)
    expect(clean.toString('latin1').match(/free/g)).toHaveLength(4)
  })
})

test('a file that is cut off anywhere, or made to lead in circles, is walked through to its end', async () => {
  const made = noise(50, 50).withExif(exif).withXmp(xmp)
  for (const format of ['jpeg', 'png', 'webp', 'avif', 'gif'] as const) {
    const bytes = await made.clone().toFormat(format).toBuffer()
    for (let cut = 12; cut < bytes.length; cut += 1 + (bytes.length >> 6)) {
      const part = bytes.subarray(0, cut)
      const clean = await cleaned(`image/${format}`, Buffer.concat([part, Buffer.alloc(40)]))
      expect(clean.length).toBe(cut + 40)
      // Whatever a number of it says, it ends.
      await cleaned(`image/${format}`, Buffer.concat([part, Buffer.alloc(40, 0xff), bytes.subarray(cut)]))
    }
  }
})

test('no file makes the list of places long', () => {
  const patches = new Patches(2)
  patches.clear(0, 1)
  patches.write(1, Buffer.from('a'))
  expect(() => patches.clear(2, 3)).toThrow(TooManyPatches)
})
