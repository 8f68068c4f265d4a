// A file that is sent to S3 in parts: a few parts are in memory at a time, each is asked for again by itself, and what was begun
// and given up is removed.
import { open, type FileHandle } from 'node:fs/promises'
import { BlobsAway } from './blobs-away.ts'
import type { S3Requests } from './s3-requests.ts'
import { partsOf, textOf } from './s3-xml.ts'

/** S3 takes at least 5 MiB, and 10,000 parts: 80 GiB. */
export const partBytes = 8 * 1024 * 1024
/** Of one upload. All of them together: see S3Requests. */
const partsAtOnce = 2

/** @throws BlobsAway; then nothing of it is there, or will not be after `removeAbandoned` */
export async function putInParts(
  requests: S3Requests,
  key: string,
  { path, size }: { path: string; size: number },
): Promise<void> {
  const begun = await requests.ask({ method: 'POST', key, query: { uploads: '' } })
  const uploadId = textOf(begun?.text ?? '', 'UploadId')
  if (uploadId === undefined) throw new BlobsAway('the object store begins no upload in parts')
  const file = await open(path, 'r')
  try {
    const tags = await sendParts(requests, { key, uploadId, file, size })
    const body = tags.map(
      (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag></Part>`,
    )
    const done = await requests.ask({
      method: 'POST',
      key,
      query: { uploadId },
      headers: { 'content-type': 'application/xml' },
      body: Buffer.from(`<CompleteMultipartUpload>${body.join('')}</CompleteMultipartUpload>`),
    })
    // Trap: S3 may answer 200 and say only then that it has failed.
    const failed = done === undefined || done.text.includes('<Error>')
    if (failed) throw new BlobsAway(`the object store does not finish: ${textOf(done?.text ?? '', 'Code')}`)
  } catch (error) {
    await requests.ask({ method: 'DELETE', key, query: { uploadId } }).catch(() => undefined)
    throw error
  } finally {
    await file.close()
  }
}

interface Parts {
  key: string
  uploadId: string
  file: FileHandle
  size: number
}

/** The tags of all parts, in their order. */
async function sendParts(requests: S3Requests, { key, uploadId, file, size }: Parts): Promise<string[]> {
  const count = Math.ceil(size / partBytes)
  const tags: string[] = []
  let next = 0
  const worker = async (): Promise<void> => {
    for (let part = next++; part < count; part = next++) {
      const answer = await requests.inMemory(key, async () => {
        const body = await readAt(file, part * partBytes, Math.min(partBytes, size - part * partBytes))
        const query = { partNumber: String(part + 1), uploadId }
        return requests.ask({ method: 'PUT', key, query, body })
      })
      const tag = answer?.headers.etag
      if (tag === undefined) throw new BlobsAway('the object store does not keep a part')
      tags[part] = tag.replaceAll('"', '&quot;')
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(partsAtOnce, count) }, worker))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed !== undefined) throw failed.reason
  return tags
}

async function readAt(file: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(bytes)
  for (let read = 0; read < bytes;) {
    const { bytesRead } = await file.read(buffer, read, bytes - read, position + read)
    if (bytesRead === 0) throw new Error('the file has become shorter')
    read += bytesRead
  }
  return buffer
}

const isOurs = /^(?:blobs|previews|cards)\/[0-9a-f]{64}(?:\/|$)/

/** Ends uploads in parts that a process has left behind. Returns how many. */
export async function removeAbandoned(requests: S3Requests, before: number): Promise<number> {
  const answer = await requests.ask({
    method: 'GET',
    query: { uploads: '', ...(requests.prefix === '' ? {} : { prefix: requests.prefix }) },
  })
  let removed = 0
  for (const upload of partsOf(answer?.text ?? '', 'Upload')) {
    const [key, uploadId, begun] = ['Key', 'UploadId', 'Initiated'].map((name) => textOf(upload, name) ?? '')
    if (key === undefined || uploadId === undefined || !(Date.parse(begun ?? '') < before)) continue
    const own = key.slice(requests.prefix.length)
    // Others may keep things in the same bucket.
    if (!isOurs.test(own)) continue
    await requests.ask({ method: 'DELETE', key: own, query: { uploadId } })
    removed += 1
  }
  return removed
}
