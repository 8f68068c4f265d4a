// Bytes in a bucket of an S3 server. What is there was hashed by that server against what was signed; a download that breaks off
// goes on where it was.
import { readFile, rm, stat } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import type { S3Config } from '../../config-s3.ts'
import type { Outages } from '../../logging/outages.ts'
import { BlobsAway } from './blobs-away.ts'
import { NoSuchBlob, type BlobStore, type ByteRange } from './blob-store.ts'
import { partBytes, putInParts, removeAbandoned } from './s3-parts.ts'
import { S3Requests, type S3Limits } from './s3-requests.ts'
import { partsOf, textOf } from './s3-xml.ts'

export class S3Store implements BlobStore {
  readonly place = 's3'
  readonly #requests: S3Requests

  constructor(config: S3Config, limits: Partial<S3Limits> = {}, outages?: Outages) {
    this.#requests = new S3Requests(config, limits, outages)
  }

  /** Why it cannot be used as it is; undefined: the bucket is there, and lets itself be listed. */
  async whyUnusable(): Promise<string | undefined> {
    try {
      const query = { 'list-type': '2', 'max-keys': '1', prefix: this.#requests.prefix }
      const answer = await this.#requests.ask({ method: 'GET', query })
      return answer === undefined ? 'there is no such bucket' : undefined
    } catch (error) {
      if (error instanceof BlobsAway) return error.message
      throw error
    }
  }

  async put(key: string, from: string): Promise<void> {
    if ((await this.sizeOf(key)) === (await stat(from)).size) return rm(from, { force: true })
    await this.replace(key, from)
  }

  /** As `put`, but what the key has named so far goes. */
  async replace(key: string, from: string): Promise<void> {
    const { size } = await stat(from)
    if (size > partBytes) await putInParts(this.#requests, key, { path: from, size })
    else {
      const answer = await this.#requests.inMemory(key, async () =>
        this.#requests.ask({ method: 'PUT', key, body: await readFile(from) }),
      )
      if (answer === undefined) throw new BlobsAway('the object store does not keep it')
    }
    await rm(from, { force: true })
  }

  async read(key: string, range?: ByteRange): Promise<Readable> {
    const first = await this.#open(key, range)
    return Readable.from(this.#bytes(key, first, range), { objectMode: false, highWaterMark: 256 * 1024 })
  }

  async sizeOf(key: string): Promise<number | undefined> {
    const answer = await this.#requests.ask({ method: 'HEAD', key })
    return answer === undefined ? undefined : Number(answer.headers['content-length'])
  }

  async remove(key: string): Promise<void> {
    await this.#requests.ask({ method: 'DELETE', key })
  }

  async *list(prefix: string): AsyncIterable<{ key: string; size: number }> {
    const own = this.#requests.prefix
    let after: string | undefined
    do {
      const query = {
        'list-type': '2',
        'max-keys': String(this.#requests.limits.pageKeys),
        prefix: own + prefix,
        ...(after === undefined ? {} : { 'continuation-token': after }),
      }
      const { text } = (await this.#requests.ask({ method: 'GET', query })) ?? { text: '' }
      for (const one of partsOf(text, 'Contents'))
        yield { key: (textOf(one, 'Key') ?? '').slice(own.length), size: Number(textOf(one, 'Size')) }
      after = textOf(text, 'IsTruncated') === 'true' ? textOf(text, 'NextContinuationToken') : undefined
    } while (after !== undefined)
  }

  /** Of uploads that a process has left in the middle, before this time in ms. Returns how many. */
  removeAbandoned(before: number): Promise<number> {
    return removeAbandoned(this.#requests, before)
  }

  close(): void {
    this.#requests.close()
  }

  async #open(key: string, range: ByteRange | undefined): Promise<IncomingMessage> {
    const headers = range === undefined ? {} : { range: `bytes=${range.start}-${range.end}` }
    const answer = await this.#requests.open({ method: 'GET', key, headers })
    if (answer === undefined) throw new NoSuchBlob(key)
    if (range !== undefined && answer.statusCode !== 206) {
      answer.destroy()
      throw new BlobsAway('the object store does not answer with a part of a file')
    }
    return answer
  }

  /** What a key names never changes, so the rest of it may come in another answer. */
  async *#bytes(key: string, first: IncomingMessage, range: ByteRange | undefined): AsyncGenerator<Buffer> {
    let at = range?.start ?? 0
    const end = at + Number(first.headers['content-length']) - 1
    let answer = first
    let breaks = 0
    try {
      for (;;) {
        try {
          for await (const chunk of answer as AsyncIterable<Buffer>) {
            at += chunk.length
            breaks = 0
            yield chunk
          }
          if (at > end) return
          throw new Error('it ended early')
        } catch (error) {
          breaks += 1
          if (at > end || breaks >= this.#requests.limits.tries)
            throw new BlobsAway(`the object store broke off: ${(error as Error).message}`)
        }
        answer = await this.#open(key, { start: at, end })
      }
    } finally {
      answer.destroy()
    }
  }
}
