// What a file is, by its content: never by its name or by what its sender says.
import { fileTypeFromFile } from 'file-type'
import { thumbOf } from './make.ts'
import { measure } from './measure.ts'
import { TooManyPatches } from './scrub/patch.ts'
import { patchesOf } from './scrub/scrub.ts'
import type { Failure, Looked, LookedKind, LookTask } from './tasks.ts'
import { textTypeOf, utf16TypeOf } from './text-of.ts'

/** What every browser shows as a picture. HEIC is none of them, and stays a file. */
const shown: ReadonlySet<string> = new Set(
  ['jpeg', 'png', 'apng', 'webp', 'gif', 'avif'].map((name) => `image/${name}`),
)
const unknown = 'application/octet-stream'

export async function look({ path, size }: LookTask): Promise<Looked | Failure> {
  const type = await typeOf(path, size)
  const patches = await patchesOf(type, path, size).catch(patchless)
  if (patches === undefined) return 'failed'
  const kept = patches.length === 0 ? {} : { patches }
  if (!shown.has(type)) return { type, kind: kindOf(type), ...kept }
  const picture = await pictureOf(path)
  if (typeof picture === 'string' && picture !== 'unreadable') return picture
  // A picture that cannot be read is kept, and nobody tries to show it.
  if (picture === undefined || picture === 'unreadable') return { type, kind: 'other', ...kept }
  return { type, kind: 'image', ...picture, ...kept }
}

/** What only its owner should get cannot be taken out of it. */
function patchless(error: unknown): undefined {
  if (!(error instanceof TooManyPatches)) throw error
}

async function typeOf(path: string, size: number): Promise<string> {
  const utf16 = await utf16TypeOf(path, size)
  if (utf16 !== undefined) return utf16
  const found = await fileTypeFromFile(path).catch(() => undefined)
  const isMarkup = found !== undefined && /^(?:application\/xml$|text\/)/.test(found.mime)
  if (found !== undefined && !isMarkup) return /^[\w.+/-]{3,100}$/.test(found.mime) ? found.mime : unknown
  return (await textTypeOf(path, size)) ?? unknown
}

function kindOf(type: string): LookedKind {
  if (type === 'application/pdf') return 'pdf'
  const [top] = type.split('/')
  return top === 'video' || top === 'audio' || top === 'text' ? top : 'other'
}

/** Undefined: too large to be shown. */
async function pictureOf(
  path: string,
): Promise<Pick<Looked, 'width' | 'height' | 'thumb' | 'animated'> | Failure | undefined> {
  const measured = await measure(path)
  if (measured === 'too_large') return undefined
  if (typeof measured === 'string') return measured
  const thumb = await thumbOf(path)
  if (thumb === undefined) return 'unreadable'
  const { width, height, frames } = measured
  return { width, height, thumb, ...(frames > 1 ? { animated: true } : {}) }
}
