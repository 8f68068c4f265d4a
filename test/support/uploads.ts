// Uploads in tests: tus 1.0 by hand, so that each step can be cut short.
import { createHash, randomBytes } from 'node:crypto'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileAnswer, FileRef } from '../../server/protocol/files.ts'
import type { Person } from './person.ts'

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

/** Bytes that are unlike those of any other test. */
export const freshBytes = (size = 100): Buffer<ArrayBuffer> => Buffer.from(randomBytes(size))

/** A PNG of one pixel, made of its parts. */
export const dot = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082',
  'hex',
)

export interface Wanted {
  name?: string
  cid?: string
  /** More of Upload-Metadata. */
  more?: Record<string, string>
  size?: number
}

type Who = Pick<Person, 'address' | 'cookie'>

const base64 = (text: string): string => Buffer.from(text).toString('base64')

export interface Raw {
  status: number
  headers: Headers
  code: string | undefined
}

/** Any request of tus. */
export async function tus(
  who: Who,
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: Uint8Array<ArrayBuffer> | ReadableStream,
): Promise<Raw> {
  const answer = await fetch(who.address + path, {
    method,
    headers: { cookie: who.cookie, origin: who.address, 'tus-resumable': '1.0.0', ...headers },
    ...(body === undefined ? {} : { body, duplex: 'half' }),
  } as RequestInit)
  const text = await answer.text()
  const { error } = (text.startsWith('{') ? JSON.parse(text) : {}) as { error?: { code: string } }
  return { status: answer.status, headers: answer.headers, code: error?.code }
}

/** Begins an upload; its address is `headers.location`. */
export function begins(who: Who, size: number, wanted: Wanted = {}): Promise<Raw> {
  const { name = 'notes.txt', cid = newCid(), more = {} } = wanted
  const said = Object.entries({ cid, filename: name, ...more })
  return tus(who, 'POST', '/api/files', {
    'upload-length': String(wanted.size ?? size),
    'upload-metadata': said.map(([key, value]) => `${key} ${base64(value)}`).join(','),
  })
}

/** The next bytes. */
export const sends = (
  who: Who,
  path: string,
  offset: number,
  bytes: Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = {},
): Promise<Raw> =>
  tus(
    who,
    'PATCH',
    path,
    { 'content-type': 'application/offset+octet-stream', 'upload-offset': String(offset), ...headers },
    bytes,
  )

export const offsetOf = async (who: Who, path: string): Promise<number> =>
  Number((await tus(who, 'HEAD', path)).headers.get('upload-offset'))

/** Uploads all of it; the file as its message will say it. */
export async function uploads(
  who: Person,
  bytes: Uint8Array<ArrayBuffer>,
  wanted: Wanted = {},
): Promise<FileRef> {
  const begun = await begins(who, bytes.length, wanted)
  const path = begun.headers.get('location')
  if (path === null) throw new Error(`no upload: ${begun.status} ${begun.code}`)
  const sent = await sends(who, path, 0, bytes)
  if (sent.status !== 204) throw new Error(`no bytes: ${sent.status} ${sent.code}`)
  const { offset: _offset, whole, at: _at, ...file } = (await who.ask<FileAnswer>('GET', path)).body.file
  if (!whole) throw new Error('the file is not whole')
  return file
}

export interface Got {
  status: number
  headers: Headers
  bytes: Buffer<ArrayBuffer>
}

export async function gets(
  who: Who,
  id: string,
  query = '',
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Got> {
  const answer = await fetch(`${who.address}/api/files/${id}/content${query}`, {
    method,
    headers: { cookie: who.cookie, ...headers },
  })
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) }
}

/** What whoever asks for its bytes is answered. */
export const statusOf = async (who: Who, id: string): Promise<number> => (await gets(who, id)).status
