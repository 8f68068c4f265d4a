// The addresses of files, and the HTTP calls about them. Each call returns its answer or a Refusal, and never throws.
import type { FileKind, FilesAnswer, StorageAnswer, StorageChange } from '../../server/protocol/files.ts'
import { request } from './http.ts'
import type { Refusal } from './refusal.ts'

/** What a browser shows of it, with its own name if it is `toSave`. */
export const contentAddress = (id: string, toSave = false): string =>
  `/api/files/${id}/content${toSave ? '?download=1' : ''}`
/** A picture of it, so many pixels wide at most. */
export const previewAddress = (id: string, width: number): string => `/api/files/${id}/preview?width=${width}`

export interface FilesQuery {
  kind?: FileKind | undefined
  before?: string | undefined
  /** In ms: from this time on, and before that one. */
  from?: number | undefined
  to?: number | undefined
}
export const roomFiles = (room: string, query: FilesQuery & { by?: string | undefined }) =>
  request<FilesAnswer>({ method: 'GET', path: `/rooms/${room}/files`, query: { ...query } })
export const ownFiles = (query: FilesQuery) =>
  request<FilesAnswer>({ method: 'GET', path: '/me/files', query: { ...query } })

export const readStorage = () => request<StorageAnswer>({ method: 'GET', path: '/admin/storage' })
export const changeStorage = (change: StorageChange) =>
  request<StorageAnswer>({ method: 'PATCH', path: '/admin/storage', body: change })

/** Nobody waits longer for a file. */
const timeoutMs = 20_000

/** The first bytes of a file. */
export async function beginningOf(id: string, maxBytes: number): Promise<Uint8Array | Refusal> {
  try {
    const answer = await fetch(contentAddress(id), {
      credentials: 'same-origin',
      headers: { range: `bytes=0-${maxBytes - 1}` },
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (answer.ok) return new Uint8Array(await answer.arrayBuffer())
    return { code: answer.status === 404 || answer.status === 410 ? 'not_found' : 'unreachable' }
  } catch {
    return { code: 'unreachable' }
  }
}

export type FileStanding = 'there' | 'gone' | 'unreachable'

/** What has become of it: a picture or a film that fails to load does not say why. */
export async function standingOf(id: string): Promise<FileStanding> {
  try {
    const { ok, status } = await fetch(contentAddress(id), {
      method: 'HEAD',
      credentials: 'same-origin',
      signal: AbortSignal.timeout(timeoutMs),
    })
    if (ok) return 'there'
    return status === 404 || status === 410 ? 'gone' : 'unreachable'
  } catch {
    return 'unreachable'
  }
}

/** All of a file; undefined: it cannot be read now. */
export async function readContent(id: string): Promise<Blob | undefined> {
  try {
    const answer = await fetch(contentAddress(id), { credentials: 'same-origin' })
    return answer.ok ? await answer.blob() : undefined
  } catch {
    return undefined
  }
}
