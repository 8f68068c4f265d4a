// A picture in HEIC or AVIF consists of items: those with EXIF and XMP are emptied. Which way is up stands elsewhere.
import { boxesIn, type Box } from './read-boxes.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Patches } from './patch.ts'

const told: ReadonlySet<string> = new Set(['Exif', 'mime', 'uri '])
/** What a table of a picture may take: of thousands of tiles. */
const maxTableBytes = 256 * 1024

export async function clearItems(bytes: FileBytes, meta: Box, patches: Patches): Promise<void> {
  const inside = new Map<string, Box>()
  // Version and flags come before its boxes.
  for await (const box of boxesIn(bytes, { start: meta.start + 4, end: meta.end })) inside.set(box.name, box)
  const [names, places, own] = ['iinf', 'iloc', 'idat'].map((name) => inside.get(name))
  if (names === undefined || places === undefined) return
  const items = await itemsOf(bytes, names)
  for (const { item, method, offset, length } of await placesOf(bytes, places)) {
    if (!items.has(item) || method > 1) continue
    const start = offset + (method === 1 ? (own?.start ?? bytes.size) : 0)
    patches.clear(start, Math.min(length === 0 ? bytes.size : start + length, bytes.size))
  }
}

async function itemsOf(bytes: FileBytes, { start, end }: Box): Promise<Set<number>> {
  const [version = 0] = await bytes.at(start, 1)
  const items = new Set<number>()
  for await (const entry of boxesIn(bytes, { start: start + (version === 0 ? 6 : 8), end })) {
    const data = await bytes.at(entry.start, 16)
    if (entry.name !== 'infe' || data.length < 12) continue
    const isLong = data[0] === 3
    const name = data.toString('latin1', isLong ? 10 : 8, isLong ? 14 : 12)
    if (told.has(name)) items.add(isLong ? data.readUInt32BE(4) : data.readUInt16BE(4))
  }
  return items
}

interface Place {
  item: number
  /** 0: of the file; 1: of `idat`; 2: of another item, whose bytes are there already. */
  method: number
  offset: number
  length: number
}

/** ISO/IEC 14496-12, 8.11.3: the sizes of its numbers stand at its beginning. */
async function placesOf(bytes: FileBytes, box: Box): Promise<Place[]> {
  const table = Buffer.from(await bytes.at(box.start, Math.min(box.end - box.start, maxTableBytes)))
  let at = 0
  const take = (size: number): number => {
    const value = size === 0 ? 0 : Number(BigInt(`0x${table.toString('hex', at, at + size) || '0'}`))
    at += size
    return value
  }
  const version = take(1)
  take(3)
  const sizes = take(2)
  const [offsetSize, lengthSize, baseSize] = [sizes >> 12, (sizes >> 8) & 15, (sizes >> 4) & 15]
  const indexSize = version === 0 ? 0 : sizes & 15
  const places: Place[] = []
  const count = take(version < 2 ? 2 : 4)
  for (let i = 0; i < count && at < table.length; i += 1) {
    const item = take(version < 2 ? 2 : 4)
    const method = version === 0 ? 0 : take(2) & 15
    take(2)
    const base = take(baseSize)
    const extents = take(2)
    for (let n = 0; n < extents && at < table.length; n += 1) {
      take(indexSize)
      const offset = base + take(offsetSize)
      places.push({ item, method, offset, length: take(lengthSize) })
    }
  }
  return places
}
