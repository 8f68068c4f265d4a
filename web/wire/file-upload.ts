// The bytes of one file to the server, by the tus protocol: what has arrived is asked for first, and only the rest is
// sent. Loaded lazily, for the library. Trying again is up to the caller, who knows whether there is a connection.
import { DetailedError, Upload } from 'tus-js-client'
import { isErrorCode } from '../../server/protocol/errors.ts'
import type { UploadFacts } from '../../server/protocol/files.ts'
import { retryAfter } from './http.ts'
import type { Refusal, RefusalCode } from './refusal.ts'

/**
 * One request carries so much: a proxy in between may hold a whole request before it passes it on, and refuses a very
 * large one.
 */
const requestBytes = 32 * 1024 * 1024

export interface UploadAsk {
  bytes: Blob
  name: string
  facts: UploadFacts
  /** Where it was begun; undefined: it was not. */
  url: string | undefined
  /** It has begun, at this address. */
  begun: (url: string) => void
  /** So many bytes are on their way or there. */
  sent: (bytes: number) => void
  /** Stops; what has arrived stays. */
  signal: AbortSignal
}

/** The address of the upload once all bytes have arrived; undefined: it was stopped. */
export const uploadFile = (ask: UploadAsk): Promise<{ url: string } | Refusal | undefined> =>
  new Promise((resolve) => {
    const { bytes, name, facts, url, signal } = ask
    const upload = new Upload(bytes, {
      endpoint: new URL('/api/files', location.href).href,
      ...(url === undefined ? {} : { uploadUrl: url }),
      metadata: {
        filename: name,
        ...Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, String(value)])),
      },
      chunkSize: requestBytes,
      retryDelays: null,
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => upload.url !== null && ask.begun(upload.url),
      onProgress: (sent) => ask.sent(sent),
      onSuccess: () => resolve({ url: upload.url ?? '' }),
      onError: (error) => resolve(refusalOf(error)),
    })
    signal.addEventListener('abort', () => {
      void upload.abort()
      resolve(undefined)
    })
    if (signal.aborted) resolve(undefined)
    else upload.start()
  })

/** Removes an upload that is not wanted any more. Nothing is lost if that fails: the server forgets it in a day. */
export const endUpload = (url: string): Promise<void> =>
  Upload.terminate(url, { retryDelays: null }).catch(() => undefined)

/** The id of the file, which its address ends with. */
export const idOf = (url: string): string => new URL(url, location.href).pathname.split('/').at(-1) ?? ''

function refusalOf(error: Error | DetailedError): Refusal {
  const answer = error instanceof DetailedError ? error.originalResponse : null
  // Nothing was answered, or the file could not be read: it was moved or changed since it was chosen.
  if (!answer) return { code: isUnreadable(error) ? 'file_gone' : 'unreachable' }
  const waitMs = retryAfter(answer.getHeader('retry-after') ?? null)
  return {
    code: codeIn(answer.getBody()) ?? codeOf(answer.getStatus()),
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  }
}

const isUnreadable = (error: Error): boolean =>
  /NotReadableError|NotFoundError/.test(
    `${error.name} ${error.message} ${error instanceof DetailedError ? String(error.causingError) : ''}`,
  )

function codeIn(body: string): RefusalCode | undefined {
  try {
    const { error } = JSON.parse(body) as { error?: { code?: unknown } }
    return typeof error?.code === 'string' && isErrorCode(error.code) ? error.code : undefined
  } catch {
    return undefined
  }
}

/** The meaning of an answer without Brook's words: of a proxy, or of the protocol itself. */
function codeOf(status: number): RefusalCode {
  if (status === 401) return 'signed_out'
  if (status === 413) return 'file_too_large'
  if (status === 507) return 'disk_full'
  if (status === 429) return 'too_many'
  // 404, 409, 410, 423, 460: where it stands is asked again, or it begins again; and whatever a server that is down
  // makes a proxy say.
  return status === 400 || status === 403 || status === 415 ? 'bad_file' : 'unreachable'
}
