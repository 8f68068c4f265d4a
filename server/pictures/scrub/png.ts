// What a PNG says besides its picture: in chunks that no decoder needs, and after its end.
import { crc32 } from 'node:zlib'
import type { FileBytes } from './file-bytes.ts'
import { orientationIn, tiffOf } from './orientation.ts'
import type { Patches } from './patch.ts'

const kept: ReadonlySet<string> = new Set(
  'IHDR PLTE IDAT IEND tRNS cHRM gAMA iCCP sBIT sRGB cICP mDCV cLLI bKGD hIST pHYs sPLT acTL fcTL fdAT'.split(
    ' ',
  ),
)
/** A name that says nothing, to decoders: may be passed over, private, may be copied. */
const emptied = Buffer.from('brOk', 'latin1')
const firstAt = 8
const zeros = Buffer.alloc(64 * 1024)

export async function scrubPng(bytes: FileBytes, patches: Patches): Promise<void> {
  for (let at = firstAt; at < bytes.size;) {
    const head = await bytes.at(at, 8)
    if (head.length < 8) return
    const length = head.readUInt32BE(0)
    const name = head.toString('latin1', 4, 8)
    const data = at + 8
    const end = data + length + 4
    if (!kept.has(name)) {
      const tiff = name === 'eXIf' ? await bytes.at(data, Math.min(length, 64 * 1024)) : undefined
      replace(
        { at, length, turned: tiff === undefined ? undefined : orientationIn(tiff) },
        bytes.size,
        patches,
      )
    }
    if (name === 'IEND') return patches.clear(end, bytes.size)
    at = end
  }
}

/** With the checksum of what stands there then. */
function replace(
  { at, length, turned }: { at: number; length: number; turned: number | undefined },
  size: number,
  patches: Patches,
): void {
  const data = at + 8
  const tiff = turned === undefined || length < 26 ? Buffer.alloc(0) : tiffOf(turned)
  const name = tiff.length === 0 ? emptied : Buffer.from('eXIf', 'latin1')
  patches.write(at + 4, name)
  patches.clear(data, Math.min(data + length, size))
  patches.write(data, tiff)
  if (data + length + 4 > size) return
  let sum = crc32(tiff, crc32(name))
  for (let left = length - tiff.length; left > 0; left -= zeros.length)
    sum = crc32(zeros.subarray(0, Math.min(left, zeros.length)), sum)
  const check = Buffer.alloc(4)
  check.writeUInt32BE(sum)
  patches.write(data + length, check)
}
