// How the bytes of a file are answered: which part of them, under which name, and what a browser may do with them. Pure.
import { create } from 'content-disposition'
import type { ByteRange } from './stores/blob-store.ts'

/** What browsers show without running anything; everything else is saved, never opened. */
const shown: ReadonlySet<string> = new Set([
  'image/jpeg',
  'image/png',
  'image/apng',
  'image/gif',
  'image/webp',
  'image/avif',
  'video/mp4',
  'video/webm',
  'video/ogg',
  'video/quicktime',
  'audio/mpeg',
  'audio/mp4',
  'audio/x-m4a',
  'audio/aac',
  'audio/ogg',
  'audio/opus',
  'audio/webm',
  'audio/wav',
  'audio/x-wav',
  'audio/vnd.wave',
  'audio/flac',
  'audio/x-flac',
  'text/plain',
])

/** A file that is opened by its address is sandboxed: it runs nothing, loads nothing from elsewhere, and cannot reach Brook's pages. */
const policy = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"

export interface Served {
  name: string
  type: string
  hash: string
}

/** `saves`: asked to be saved. */
export function headersOf({ name, type, hash }: Served, saves: boolean): Record<string, string> {
  const bare = (/^[^;]*/.exec(type)?.[0] ?? '').trim()
  const isShown = !saves && shown.has(bare)
  return {
    'content-type': bare === 'text/plain' ? textType(type) : sentType(bare),
    'content-disposition': create(name, { type: isShown ? 'inline' : 'attachment' }),
    'content-security-policy': policy,
    'x-content-type-options': 'nosniff',
    'cross-origin-resource-policy': 'same-origin',
    // Kept by the browser, and asked for each time: whoever may not read it any more has it no more, nor who sits there next. The
    // answer to what is kept is its tag.
    'cache-control': 'private, no-cache',
    'accept-ranges': 'bytes',
    etag: tagOf(hash),
  }
}

/** The inspection has found the encoding; it does not name UTF-8. */
const textType = (type: string): string =>
  /^text\/plain; charset=[\w-]+$/.test(type) ? type : 'text/plain; charset=utf-8'

/** What a browser would run is sent as plain bytes. */
const sentType = (type: string): string =>
  /^(?:text\/|application\/(?:xhtml|xml|javascript|ecmascript|wasm|java|x-shockwave-flash)|image\/svg)|\+xml$/.test(
    type,
  )
    ? 'application/octet-stream'
    : type

export const tagOf = (hash: string): string => `"${hash}"`

/** Whether the sender of the request has these bytes already. */
export const hasIt = (ifNoneMatch: string | undefined, hash: string): boolean =>
  ifNoneMatch !== undefined &&
  ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === tagOf(hash) || tag.trim() === '*')

/**
 * The part that is asked for; `whole`: none is, or one of an earlier content, or several at once, which nobody has to answer;
 * `none`: the file has no such part.
 */
export function rangeOf(
  { range, 'if-range': ifRange }: { range?: string | undefined; 'if-range'?: string | undefined },
  { hash, size }: { hash: string; size: number },
): ByteRange | 'whole' | 'none' {
  if (ifRange !== undefined && ifRange !== tagOf(hash)) return 'whole'
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(range?.trim() ?? '') ?? []
  if (from === '' && to === '') return 'whole'
  if (from === '') {
    const last = Number(to)
    return last === 0 ? 'none' : { start: Math.max(0, size - last), end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return 'whole'
  return start >= size ? 'none' : { start, end }
}
