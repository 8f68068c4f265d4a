// The one thing of EXIF that a picture needs: which way is up. Read from TIFF's first folder of entries, and written as the
// smallest TIFF that says it. Pure.

const orientationTag = 0x0112
const maxEntries = 500

/** 2 to 8; undefined: upright, or nothing is said that can be read. `tiff`: from its byte order on. */
export function orientationIn(tiff: Buffer): number | undefined {
  const order = tiff.toString('latin1', 0, 2)
  if ((order !== 'II' && order !== 'MM') || tiff.length < 14) return undefined
  const isLittle = order === 'II'
  const short = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at))
  const folder = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4)
  if (folder + 2 > tiff.length) return undefined
  const entries = Math.min(short(folder), maxEntries)
  for (let i = 0; i < entries; i += 1) {
    const at = folder + 2 + 12 * i
    if (at + 12 > tiff.length) return undefined
    if (short(at) !== orientationTag) continue
    const value = short(at + 8)
    return value >= 2 && value <= 8 ? value : undefined
  }
  return undefined
}

/** One entry, of one short. 26 bytes. */
export function tiffOf(orientation: number): Buffer {
  const tiff = Buffer.alloc(26)
  tiff.write('MM', 0, 'latin1')
  tiff.writeUInt16BE(42, 2)
  tiff.writeUInt32BE(8, 4)
  tiff.writeUInt16BE(1, 8)
  tiff.writeUInt16BE(orientationTag, 10)
  tiff.writeUInt16BE(3, 12)
  tiff.writeUInt32BE(1, 14)
  tiff.writeUInt16BE(orientation, 18)
  return tiff
}
