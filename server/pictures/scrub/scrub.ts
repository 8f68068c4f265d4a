// What only its owner gets of a picture or a film: where and when it was taken, with what, and whatever else it carries. The
// picture itself is not touched.
import { pictureLimits } from '../../protocol/picture-limits.ts'
import { scrubBoxes } from './boxes.ts'
import { FileBytes } from './file-bytes.ts'
import { scrubGif } from './gif.ts'
import { scrubJpeg } from './jpeg.ts'
import { Patches, type Patch } from './patch.ts'
import { scrubPng } from './png.ts'
import { scrubWebp } from './webp.ts'

type Scrub = (bytes: FileBytes, patches: Patches) => Promise<void>

/** A sound in the same wrapping as a film keeps its title. */
const scrubs: Partial<Record<string, Scrub>> = {
  'image/jpeg': scrubJpeg,
  'image/png': scrubPng,
  'image/apng': scrubPng,
  'image/webp': scrubWebp,
  'image/gif': scrubGif,
  ...Object.fromEntries(
    [
      ...['image/avif', 'image/heic', 'image/heif', 'image/heic-sequence', 'image/heif-sequence'],
      ...['video/mp4', 'video/quicktime', 'video/x-m4v', 'video/3gpp', 'video/3gpp2'],
    ].map((type) => [type, scrubBoxes]),
  ),
}

/** @throws TooManyPatches */
export async function patchesOf(type: string, path: string, size: number): Promise<Patch[]> {
  const scrub = scrubs[type]
  if (scrub === undefined) return []
  const patches = new Patches(pictureLimits.patches)
  await FileBytes.read(path, size, (bytes) => scrub(bytes, patches))
  return patches.all
}
