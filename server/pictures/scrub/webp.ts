// What a WebP says besides its picture: in chunks of its RIFF that no decoder needs, and after its end.
import type { FileBytes } from './file-bytes.ts'
import { orientationIn, tiffOf } from './orientation.ts'
import type { Patches } from './patch.ts'

const kept: ReadonlySet<string> = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const exifFlag = 0x08
const xmpFlag = 0x04

export async function scrubWebp(bytes: FileBytes, patches: Patches): Promise<void> {
  const riff = await bytes.at(0, 12)
  const end = Math.min(8 + riff.readUInt32LE(4), bytes.size)
  let flags: { at: number; value: number } | undefined
  let keptFlags = 0xff & ~(exifFlag | xmpFlag)
  for (let at = 12; at + 8 <= end;) {
    const head = await bytes.at(at, 9)
    const name = head.toString('latin1', 0, 4)
    const length = head.readUInt32LE(4)
    const data = at + 8
    if (name === 'VP8X') flags = { at: data, value: head[8] ?? 0 }
    if (!kept.has(name)) {
      const turned = name === 'EXIF' ? await turnedIn(bytes, data, length) : undefined
      patches.clear(data, Math.min(data + length, end))
      if (turned === undefined) patches.write(at, Buffer.from('junk', 'latin1'))
      else {
        patches.write(data, tiffOf(turned))
        keptFlags |= exifFlag
      }
    }
    at = data + length + (length % 2)
  }
  if (flags !== undefined && (flags.value & keptFlags) !== flags.value)
    patches.write(flags.at, Buffer.from([flags.value & keptFlags]))
  patches.clear(end, bytes.size)
}

/** Some programs write EXIF as JPEG has it, with its name before it; what stands there then needs no name. */
async function turnedIn(bytes: FileBytes, data: number, length: number): Promise<number | undefined> {
  if (length < 26) return undefined
  const exif = await bytes.at(data, Math.min(length, 64 * 1024))
  const isNamed = exif.toString('latin1', 0, 6) === 'Exif\0\0'
  return orientationIn(isNamed ? exif.subarray(6) : exif)
}
