// What a GIF says besides its pictures: comments, what programs write for themselves, and what is after its end.
import type { FileBytes } from './file-bytes.ts'
import type { Patches } from './patch.ts'

/** How often it plays, and its colours. */
const kept: ReadonlySet<string> = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0', 'ICCRGBG1012'])
const tableBytes = (flags: number): number => ((flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1))

export async function scrubGif(bytes: FileBytes, patches: Patches): Promise<void> {
  const [flags = 0] = await bytes.at(10, 1)
  for (let at = 13 + tableBytes(flags); at < bytes.size;) {
    const [block, label] = await bytes.at(at, 2)
    if (block === 0x2c) {
      const [local = 0] = await bytes.at(at + 9, 1)
      at = await blocksEnd(bytes, at + 11 + tableBytes(local))
    } else if (block === 0x21) {
      const end = await blocksEnd(bytes, at + 2)
      if (label === 0xfe) fill(patches, at + 2, end)
      if (label === 0xff) await application(bytes, at + 2, end, patches)
      at = end
    } else if (block === 0x3b) return patches.clear(at + 1, bytes.size)
    // As decoders do: what is no block ends the file.
    else return patches.clear(at + 1, bytes.size)
  }
}

async function application(bytes: FileBytes, at: number, end: number, patches: Patches): Promise<void> {
  const [length = 0] = await bytes.at(at, 1)
  const name = (await bytes.at(at + 1, 11)).toString('latin1')
  if (!kept.has(name)) fill(patches, Math.min(at + 1 + length, end), end)
}

/** Where a row of blocks ends, each with its length before it; the last one has none. */
async function blocksEnd(bytes: FileBytes, start: number): Promise<number> {
  for (let at = start; at < bytes.size;) {
    const [length = 0] = await bytes.at(at, 1)
    at += 1 + length
    if (length === 0) return at
  }
  return bytes.size
}

/** Trap: XMP stands there without lengths, so its own letters are taken for them. All is written anew, as blocks of zeros. */
function fill(patches: Patches, start: number, end: number): void {
  patches.clear(start, end)
  for (let at = start; at < end - 1;) {
    const left = end - 1 - at
    // A block of no bytes would be the last one.
    const taken = left === 257 ? 255 : Math.min(left, 256)
    patches.write(at, Buffer.from([taken - 1]))
    at += taken
  }
}
