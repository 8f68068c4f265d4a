// What a film of a phone (MP4, QuickTime) and a picture in the same wrapping (HEIC, AVIF) say besides: the place above all. Their
// boxes are renamed to what every player passes over, and emptied.
import type { FileBytes } from './file-bytes.ts'
import type { Patches } from './patch.ts'
import { clearItems } from './heif-items.ts'
import { boxesIn } from './read-boxes.ts'

const parents: ReadonlySet<string> = new Set(['moov', 'trak', 'moof', 'traf'])
/** Names, places and thumbnails; at the top, `meta` is what a picture consists of. */
const told: ReadonlySet<string> = new Set(['udta', 'meta', 'uuid', 'XMP_'])
const free = Buffer.from('free', 'latin1')
/** Deeper than any of them; each is inside the one before it, so a file cannot make the walk long. */
const maxDepth = 6

export async function scrubBoxes(bytes: FileBytes, patches: Patches): Promise<void> {
  await walk(bytes, { start: 0, end: bytes.size }, patches, 0)
}

async function walk(
  bytes: FileBytes,
  within: { start: number; end: number },
  patches: Patches,
  depth: number,
): Promise<void> {
  for await (const box of boxesIn(bytes, within)) {
    if (depth === 0 && box.name === 'meta') await clearItems(bytes, box, patches)
    else if (told.has(box.name)) {
      patches.write(box.nameAt, free)
      patches.clear(box.start, box.end)
    } else if (parents.has(box.name) && depth < maxDepth) await walk(bytes, box, patches, depth + 1)
  }
}
