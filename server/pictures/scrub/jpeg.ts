// What a JPEG says besides its picture: in its segments, and after its end. A camera writes EXIF with the place, a preview of the
// whole picture, and perhaps a film.
import type { FileBytes } from './file-bytes.ts'
import { orientationIn, tiffOf } from './orientation.ts'
import type { Patches } from './patch.ts'

const exif = Buffer.from('Exif\0\0', 'latin1')
/** What decoders need to know, by how it begins: sizes, colours, and which of two ways colours are kept. */
const kept: Partial<Record<number, string>> = { 0xe0: 'JFIF\0', 0xe2: 'ICC_PROFILE\0', 0xee: 'Adobe' }
const isApp = (marker: number): boolean => (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe
const isAlone = (marker: number): boolean => marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)

/** Finds markers as decoders do: whatever is between two segments is passed over. */
export async function scrubJpeg(bytes: FileBytes, patches: Patches): Promise<void> {
  for (let at = 2; ;) {
    at = await bytes.find(0xff, at)
    const [, marker] = await bytes.at(at, 2)
    if (marker === undefined) return
    // A filler, or a byte of the picture that is written as two.
    if (marker === 0xff || marker === 0x00) at += marker === 0xff ? 1 : 2
    else if (isAlone(marker)) at += 2
    else if (marker === 0xd9) return patches.clear(at + 2, bytes.size)
    else at = await segment(bytes, at, marker, patches)
  }
}

/** Returns where it ends. */
async function segment(bytes: FileBytes, at: number, marker: number, patches: Patches): Promise<number> {
  const head = await bytes.at(at + 2, 2)
  const length = head.length < 2 ? 2 : head.readUInt16BE(0)
  const start = at + 4
  const end = Math.min(at + 2 + Math.max(length, 2), bytes.size)
  if (!isApp(marker)) return end
  const data = await bytes.at(start, end - start)
  const wanted = kept[marker]
  if (wanted !== undefined && data.toString('latin1', 0, wanted.length) === wanted) return end
  const isExif = marker === 0xe1 && data.subarray(0, exif.length).equals(exif)
  const turned = isExif ? orientationIn(data.subarray(exif.length)) : undefined
  patches.clear(start, end)
  if (turned !== undefined && end - start >= 32) patches.write(start, Buffer.concat([exif, tiffOf(turned)]))
  return end
}
