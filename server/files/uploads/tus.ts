// The protocol tus 1.0 (https://tus.io/protocols/resumable-upload) over @tus/server: which person's upload it is, where its bytes
// go, and what becomes of them. It answers no GET: files are served by routes/content-routes.ts.
import type { IncomingMessage } from 'node:http'
import { DataStore, ERRORS, Server, Upload, type CancellationContext } from '@tus/server'
import { isRefusal, refusalBody, Refused } from '../../answer.ts'
import { isMysqlAway, type Db } from '../../db.ts'
import { errors, type ErrorCode, type Refusal } from '../../protocol/errors.ts'
import { fileLimits } from '../../protocol/file-limits.ts'
import { isRedisLost } from '../../redis/client.ts'
import { blobKey, type BlobStore } from '../stores/blob-store.ts'
import { findFile, type FileRow } from '../file-row.ts'
import { readStorageSettings } from '../storage/settings.ts'
import type { Space } from '../storage/space.ts'
import { beginUpload } from './beginning.ts'
import { readChecksum, type Checksum } from './checksum.ts'
import { readUpload } from './facts.ts'
import type { Finishing } from './finishing.ts'
import type { UploadLocks } from './locks.ts'
import type { Parts } from './parts.ts'
import { receive } from './receiving.ts'

export interface TusDeps {
  db: Db
  space: Space
  store: BlobStore
  parts: Parts
  locks: UploadLocks
  finishing: Finishing
  onBytes: (bytes: number) => void
  onError: (error: unknown) => void
}

/** What is asked. `url`: the path. */
export interface TusRequest {
  method: string
  url: string
  headers: Headers
  body: IncomingMessage
  user: string
}

export interface TusAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** The body of a request on its way through @tus/server, which gives it to `writeToStore` as it is. */
interface Incoming {
  source: IncomingMessage
  checksum: Checksum | undefined
}

/** As @tus/server sees it. */
interface Asked {
  method: string
  url: string
  headers: Headers
  body: Incoming
  user: string
}

type WriteToStore = (
  body: unknown,
  upload: Upload,
  maxBytes: number,
  context: CancellationContext,
) => Promise<number>

const path = '/api/files'
/** What of its answers is for the client; the rest is for pages of other sites, which are refused. */
const told = ['tus-', 'upload-', 'location']

export class TusUploads {
  readonly #deps: TusDeps
  readonly #server: Server

  constructor(deps: TusDeps) {
    this.#deps = deps
    this.#server = new Server({
      path,
      datastore: new Files(deps),
      locker: deps.locks,
      relativeLocation: true,
      maxSize: async (_request, id) => (id === null ? (await readStorageSettings(deps.db)).fileBytes : 0),
      getFileIdFromRequest: (request) => /\/([1-9][0-9]{0,18})$/.exec(request.url)?.[1],
      namingFunction: async (request, said) => this.#begin(asked(request), said ?? {}),
      onIncomingRequest: async (request, id) => this.#allow(asked(request), id),
      onUploadFinish: async (_request, { id }) => {
        const outcome = await deps.finishing.finish(id)
        if (isRefusal(outcome)) throw thrown(outcome)
        return {}
      },
      onResponseError: (_request, error) => this.#explain(error),
    })
    // Trap: its own way leads through two kinds of streams and a third of the speed, and drops what had come of a body that ends
    // early.
    const write: WriteToStore = (body, upload, maxBytes, context) =>
      this.#write(body as Incoming, upload, { maxBytes, signal: context.signal })
    const { PATCH, POST } = this.#server.handlers
    for (const handler of [PATCH, POST]) Object.assign(handler, { writeToStore: write })
  }

  async answer({ body, ...request }: TusRequest): Promise<TusAnswer> {
    const checksum = readChecksum(request.headers.get('upload-checksum'))
    if (checksum === 'unknown')
      return answerOf(thrown({ code: 'bad_request', detail: 'Upload-Checksum: sha1 or sha256, in base64' }))
    const wanted: Asked = { ...request, body: { source: body, checksum } }
    const response = await this.#server.handleWeb(wanted as unknown as Request)
    const headers = [...response.headers].filter(([name]) => told.some((begin) => name.startsWith(begin)))
    const text = await response.text()
    if (request.method === 'OPTIONS') headers.push(['tus-checksum-algorithm', 'sha1,sha256'])
    return answerOf({ status_code: response.status, body: text }, Object.fromEntries(headers))
  }

  /** The id of the new upload. */
  async #begin({ user, headers }: Asked, said: Record<string, string | null>): Promise<string> {
    if ((headers.get('upload-metadata') ?? '').length > fileLimits.metadataBytes)
      throw thrown({
        code: 'bad_request',
        detail: `Upload-Metadata: at most ${fileLimits.metadataBytes} bytes`,
      })
    const size = Number(headers.get('upload-length'))
    const upload = readUpload(said)
    if (upload === undefined) throw thrown({ code: 'bad_cid' })
    const row = await beginUpload(this.#deps, user, { ...upload, size })
    if (isRefusal(row)) throw thrown(row)
    return String(row.id)
  }

  /** Only one's own, and not what is sent already. */
  async #allow({ method, user, headers }: Asked, id: string): Promise<void> {
    if (method === 'POST') return
    const { db, space, finishing } = this.#deps
    const row = await findFile(db, id)
    if (row === undefined || String(row.user_id) !== user) throw thrown({ code: 'not_found' })
    if (method === 'DELETE' && row.room_id !== null) throw thrown({ code: 'file_taken' })
    if (method === 'PATCH' && !(await space.has(Number(headers.get('content-length') ?? 0)))) throw full()
    if (method !== 'HEAD' || row.whole_ms !== null) return
    if ((await offsetOf(this.#deps, row)) < Number(row.size)) return
    const outcome = await finishing.finish(id)
    if (isRefusal(outcome)) throw thrown(outcome)
  }

  async #write(
    { source, checksum }: Incoming,
    upload: Upload,
    { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
  ): Promise<number> {
    const { db, parts, space, onBytes } = this.#deps
    const { id, offset } = upload
    const row = await findFile(db, id)
    if (row === undefined) throw ERRORS.FILE_NO_LONGER_EXISTS
    // A POST knows nothing of what came before under the same cid.
    if ((await offsetOf(this.#deps, row)) !== offset) throw ERRORS.INVALID_OFFSET
    await parts.begin(id)
    const writer = await parts.writer(id, offset)
    const requireSpace = async (): Promise<void> => {
      if (!(await space.has(0))) throw full()
    }
    const { end, error } = await receive(source, writer, { maxBytes, signal, checksum, requireSpace })
    onBytes(end - offset)
    if (checksum !== undefined && (error !== undefined || !checksum.holds())) {
      await parts.cut(id, offset)
      if (error === undefined) throw thrown({ code: 'wrong_bytes' })
    }
    if (error !== undefined) throw error
    return end
  }

  #explain(error: unknown): { status_code: number; body: string } | undefined {
    if (isThrown(error)) return undefined
    if (error instanceof Refused) return thrown(error.refusal)
    if (isMysqlAway(error) || isRedisLost(error)) return thrown({ code: 'unavailable', retryAfterMs: 5_000 })
    const { code } = error as { code?: unknown }
    if (code === 'ENOSPC' || code === 'EDQUOT') return full()
    this.#deps.onError(error)
    return thrown({ code: 'internal' })
  }
}

const asked = (request: unknown): Asked => request as Asked

/** As @tus/server takes a refusal. */
const thrown = (refusal: Refusal): { status_code: number; body: string } => ({
  status_code: errors[refusal.code].status,
  body: JSON.stringify(refusalBody(refusal)),
})

const full = () => thrown({ code: 'disk_full', retryAfterMs: 60_000 })

const isThrown = (error: unknown): boolean =>
  typeof (error as { status_code?: unknown }).status_code === 'number'

/** Bytes of an upload that are here. */
export async function offsetOf(
  { parts, store }: Pick<TusDeps, 'parts' | 'store'>,
  { id, size, hash, whole_ms }: FileRow,
): Promise<number> {
  if (whole_ms !== null) return Number(size)
  const there = await parts.sizeOf(String(id))
  if (there !== undefined) return there
  // Its bytes were just moved when the server was killed.
  return hash !== null && (await store.sizeOf(blobKey(hash))) === Number(size) ? Number(size) : 0
}

/** Its own errors in the form of all others. */
function answerOf(
  { status_code: status, body }: { status_code: number; body: string },
  headers: Record<string, string> = {},
): TusAnswer {
  if (status < 400) return { status, headers, body: '' }
  if (body.startsWith('{')) return { status, headers, body }
  const code = codes[status] ?? (status < 500 ? 'bad_request' : 'internal')
  return { status, headers, body: JSON.stringify(refusalBody({ code, detail: body.trim() })) }
}

const codes: Readonly<Record<number, ErrorCode>> = { 404: 'not_found', 410: 'file_gone', 423: 'too_many' }

/** What @tus/server asks of where it keeps uploads: rows of MySQL, and parts on the disk. */
class Files extends DataStore {
  override extensions = ['creation', 'creation-with-upload', 'termination', 'expiration', 'checksum']
  readonly #deps: TusDeps

  constructor(deps: TusDeps) {
    super()
    this.#deps = deps
  }

  override async create(upload: Upload): Promise<Upload> {
    const row = await findFile(this.#deps.db, upload.id)
    if (row !== undefined && row.hash === null) await this.#deps.parts.begin(upload.id)
    return upload
  }

  override async getUpload(id: string): Promise<Upload> {
    const row = await findFile(this.#deps.db, id)
    if (row === undefined) throw ERRORS.FILE_NO_LONGER_EXISTS
    return new Upload({
      id,
      size: Number(row.size),
      offset: await offsetOf(this.#deps, row),
      metadata: { cid: row.cid, filename: row.name },
      creation_date: new Date(Number(row.created_ms)).toISOString(),
    })
  }

  /** Nobody has sent it. */
  override async remove(id: string): Promise<void> {
    const { db, parts } = this.#deps
    await db.run('UPDATE files SET released_ms = ? WHERE id = ? AND room_id IS NULL', [
      Date.now(),
      BigInt(id),
    ])
    await parts.remove(id)
  }

  override getExpiration(): number {
    return fileLimits.unsentMs
  }
}
