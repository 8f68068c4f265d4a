// What hostile files are made of: chunks, segments and boxes with whatever in them, and the script that must never run.
import { crc32, deflateRawSync, deflateSync } from 'node:zlib'

/** Runs where it can, tells it, and asks for what nobody may be asked for. */
export const hit =
  "globalThis.wasHit=1;try{top.wasHit=1}catch{}try{postMessage('hit')}catch{}fetch('/stolen');new Image().src='/stolen'"
export const script = `<script>${hit}</script><img src=/stolen onerror="${hit}">`

/** What becomes of a file: its kind; or how it is refused. `any`: whatever it is, it does nothing. */
export type Fate = 'image' | 'video' | 'audio' | 'pdf' | 'text' | 'other' | 'any' | `refused ${string}`

export interface HostileFile {
  /** What is wrong with it; unique. */
  what: string
  /** As it is uploaded. */
  name: string
  bytes: Buffer
  fate: Fate
}

export const file = (
  ...[what, name, bytes, fate]: [what: string, name: string, bytes: Buffer | string, fate: Fate]
): HostileFile => ({ what, name, bytes: Buffer.from(bytes as string, 'latin1'), fate })

/** Big-endian, of so many bytes. */
export const number = (value: number, bytes: 1 | 2 | 4): Buffer => {
  const buffer = Buffer.alloc(bytes)
  buffer.writeUIntBE(value, 0, bytes)
  return buffer
}
const little = (value: number, bytes: 2 | 4): Buffer => number(value, bytes).reverse()
const joined = (...parts: (Buffer | string)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : part)))

const pngMark = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10])
export const pngChunk = (name: string, data: Buffer | string, sum?: number): Buffer => {
  const named = joined(name, data)
  return joined(number(named.length - 4, 4), named, number(sum ?? crc32(named), 4))
}
/** Grey, of one bit for each pixel, unless `depth` and `colour` say otherwise. */
export const pngHead = (width: number, height: number, depth = 1, colour = 0): Buffer =>
  joined(
    pngMark,
    pngChunk('IHDR', joined(number(width, 4), number(height, 4), Buffer.from([depth, colour, 0, 0, 0]))),
  )
export const pngRows = (width: number, height: number): Buffer =>
  pngChunk('IDAT', deflateSync(Buffer.alloc((1 + Math.ceil(width / 8)) * height), { level: 9 }))
export const png = (...chunks: Buffer[]): Buffer =>
  joined(pngHead(8, 8), ...chunks, pngRows(8, 8), pngChunk('IEND', ''))

export const jpegSegment = (marker: number, data: Buffer | string): Buffer =>
  joined(Buffer.from([0xff, marker]), number(Buffer.byteLength(data as string, 'latin1') + 2, 2), data)
/** With segments right after its beginning. */
export const jpegWith = (jpeg: Buffer, ...segments: Buffer[]): Buffer =>
  joined(jpeg.subarray(0, 2), ...segments, jpeg.subarray(2))

export const box = (name: string, ...parts: (Buffer | string)[]): Buffer => {
  const data = joined(...parts)
  return joined(number(8 + data.length, 4), name, data)
}

export const gifHead = (width: number, height: number): Buffer =>
  joined('GIF89a', little(width, 2), little(height, 2), Buffer.from([0x80, 0, 0, 0, 0, 0, 255, 255, 255]))
/** One pixel. */
export const gifFrame = Buffer.from([0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0])
export const gif = (...blocks: (Buffer | string)[]): Buffer =>
  joined(gifHead(1, 1), ...blocks, gifFrame, Buffer.from([0x3b]))

export const riff = (...chunks: Buffer[]): Buffer => {
  const data = joined('WEBP', ...chunks)
  return joined('RIFF', little(data.length, 4), data)
}
export const riffChunk = (name: string, data: Buffer | string): Buffer => {
  const length = Buffer.byteLength(data as string, 'latin1')
  return joined(name, little(length, 4), data, Buffer.alloc(length % 2))
}

/** An archive with one file, which unpacks to so many bytes of nothing. */
export function zipOf(name: string, unpacked: number): Buffer {
  const raw = Buffer.alloc(unpacked)
  const packed = deflateRawSync(raw, { level: 9 })
  const facts = joined(little(20, 2), little(0, 2), little(8, 2), little(0, 4), little(crc32(raw), 4))
  const sizes = joined(little(packed.length, 4), little(unpacked, 4), little(name.length, 2), little(0, 2))
  const local = joined('PK\x03\x04', facts, sizes, name, packed)
  const central = joined('PK\x01\x02', little(20, 2), facts, sizes, Buffer.alloc(14), name)
  const counts = joined(little(0, 4), little(1, 2), little(1, 2), little(central.length, 4))
  return joined(local, central, 'PK\x05\x06', counts, little(local.length, 4), little(0, 2))
}

export { joined }
