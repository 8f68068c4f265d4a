// What a file is, by what its browser and its bytes say: its kind for an icon, its measures for the message, and a small
// picture of it. The server looks for itself; this is what is shown until then.
import type { FileKind } from '../../../server/protocol/files.ts'
import type { Attached } from '../../wire/outgoing.ts'
import { fileLimits } from '../../../server/protocol/file-limits.ts'

/** A larger picture is not unpacked for a small one: a phone would run out of memory. */
const maxPictureBytes = 60 * 1024 * 1024
/** A film that does not say how large it is by then is sent without. */
const mediaMs = 4_000
/** Of the small picture, in pixels; twice what is shown, for sharp screens. */
const thumbPx = 160

export function kindOf(type: string): FileKind {
  const [whole = ''] = type.split(';')
  if (whole === 'application/pdf') return 'pdf'
  if (whole === 'image/svg+xml') return 'other'
  const family = whole.split('/')[0]
  if (family === 'image' || family === 'video' || family === 'audio' || family === 'text') return family
  return /^application\/(?:json|xml|javascript|x-sh|x-yaml|toml)$/.test(whole) ? 'text' : 'other'
}

/** As it is shown before anything is known but what the browser says. */
export function firstLook(file: File): Attached['shown'] {
  const type = file.type || 'application/octet-stream'
  return { name: nameWithin(file.name), type, size: file.size, kind: kindOf(type) }
}

/** The last part of a name that is too long is what tells it apart. */
function nameWithin(name: string): string {
  const chars = [...name]
  if (chars.length <= fileLimits.nameChars) return name
  const end = /\.[^.]{1,16}$/.exec(name)?.[0] ?? ''
  return chars.slice(0, fileLimits.nameChars - [...end].length).join('') + end
}

export interface Look {
  width?: number
  height?: number
  durationMs?: number
  /** An address of this page. */
  thumb?: string
}

/** Never fails: what cannot be read is not known. */
export async function lookAt(kind: FileKind, bytes: Blob): Promise<Look> {
  try {
    if (kind === 'image') return await inTurn(() => lookAtPicture(bytes))
    if (kind === 'video' || kind === 'audio') return await lookAtMedia(kind, bytes)
  } catch {
    // A picture that this browser does not know, or no picture at all.
  }
  return {}
}

let last: Promise<unknown> = Promise.resolve()
/** One picture is unpacked at a time: ten photos of a phone at once take more memory than it has. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work)
  last = result.catch(() => undefined)
  return result
}

async function lookAtPicture(bytes: Blob): Promise<Look> {
  if (bytes.size > maxPictureBytes) return {}
  const picture = await createImageBitmap(bytes)
  const { width, height } = picture
  const scale = Math.min(1, thumbPx / Math.min(width, height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(width * scale))
  canvas.height = Math.max(1, Math.round(height * scale))
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height)
  picture.close()
  const small = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/webp', 0.8))
  return { ...within(width, height), ...(small === null ? {} : { thumb: URL.createObjectURL(small) }) }
}

const within = (width: number, height: number): Pick<Look, 'width' | 'height'> =>
  Math.min(width, height) < 1 || Math.max(width, height) > fileLimits.pixels ? {} : { width, height }

async function lookAtMedia(kind: 'video' | 'audio', bytes: Blob): Promise<Look> {
  const url = URL.createObjectURL(bytes)
  const media = document.createElement(kind)
  media.preload = 'metadata'
  media.muted = true
  try {
    await new Promise((resolve, reject) => {
      const timer = setTimeout(reject, mediaMs, new Error('no answer'))
      media.onloadedmetadata = () => (clearTimeout(timer), resolve(undefined))
      media.onerror = () => (clearTimeout(timer), reject(new Error('not known here')))
      media.src = url
    })
    const ms = Math.round(media.duration * 1_000)
    return {
      ...(media instanceof HTMLVideoElement ? within(media.videoWidth, media.videoHeight) : {}),
      ...(Number.isFinite(ms) && ms > 0 && ms <= fileLimits.durationMs ? { durationMs: ms } : {}),
    }
  } finally {
    media.removeAttribute('src')
    URL.revokeObjectURL(url)
  }
}
