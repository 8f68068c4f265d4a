// Files in an object store: a real one. What is kept comes back, in parts and whole; what happens while it is away, or is not as
// it was set.
import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readS3 } from '../../server/config-s3.ts'
import { BlobsAway } from '../../server/files/stores/blobs-away.ts'
import { blobKey, NoSuchBlob, previewKey } from '../../server/files/stores/blob-store.ts'
import { partBytes } from '../../server/files/stores/s3-parts.ts'
import { S3Requests } from '../../server/files/stores/s3-requests.ts'
import { S3Store } from '../../server/files/stores/s3-store.ts'
import { openOutages } from '../../server/logging/outages.ts'
import { Swift } from '../support/swift.ts'

let swift: Swift
let store: S3Store
let folder: string
beforeAll(async () => {
  swift = await Swift.start()
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-test-'))
  await swift.makesBucket()
  store = new S3Store(swift.config())
})
afterAll(async () => {
  store.close()
  await swift.stop()
  await rm(folder, { recursive: true, force: true })
})

let count = 0
/** A file with these bytes, and its key. */
async function fileOf(bytes: Buffer): Promise<{ file: string; key: string }> {
  const file = path.join(folder, String((count += 1)))
  await writeFile(file, bytes)
  return { file, key: blobKey(createHash('sha256').update(bytes).digest('hex')) }
}
async function keeps(bytes: Buffer): Promise<string> {
  const { file, key } = await fileOf(bytes)
  await store.put(key, file)
  return key
}
const everything = async (of: S3Store, prefix = '') => {
  const found: { key: string; size: number }[] = []
  for await (const one of of.list(prefix)) found.push(one)
  return found
}

test('a small file comes back whole and in ranges; the file that was handed over is gone', async () => {
  const bytes = randomBytes(100_000)
  const { file, key } = await fileOf(bytes)
  await store.put(key, file)
  expect(existsSync(file)).toBe(false)
  expect(await store.sizeOf(key)).toBe(bytes.length)
  expect((await buffer(await store.read(key))).equals(bytes)).toBe(true)
  for (const [start, end] of [
    [0, 0],
    [10, 20],
    [99_999, 99_999],
    [50_000, 200_000],
  ] as const)
    expect(await buffer(await store.read(key, { start, end }))).toEqual(bytes.subarray(start, end + 1))
})

test('a large file goes in parts and comes back as it was, also when it is kept twice at once', async () => {
  const bytes = randomBytes(3 * partBytes + 12_345)
  const [one, two] = [await fileOf(bytes), await fileOf(bytes)]
  await Promise.all([store.put(one.key, one.file), store.put(two.key, two.file)])
  expect(await store.sizeOf(one.key)).toBe(bytes.length)
  const read = await buffer(await store.read(one.key, { start: partBytes - 5, end: partBytes + 5 }))
  expect(read).toEqual(bytes.subarray(partBytes - 5, partBytes + 6))
  expect((await buffer(await store.read(one.key))).equals(bytes)).toBe(true)
})

test('what is not there is not there; removing it twice is the same as once', async () => {
  const key = await keeps(randomBytes(10))
  await store.remove(key)
  await store.remove(key)
  expect(await store.sizeOf(key)).toBeUndefined()
  await expect(store.read(key)).rejects.toThrow(NoSuchBlob)
})

test('a list has everything below a prefix, also beyond a page, and nothing of another Brook in the same bucket', async () => {
  const other = new S3Store(swift.config({ prefix: 'zother/' }))
  const { file, key } = await fileOf(randomBytes(7))
  await other.put(key, file)
  expect(await everything(other)).toEqual([{ key, size: 7 }])
  const hash = 'ab'.repeat(32)
  const widths = [1, 2, 3].map((width) => previewKey(hash, width))
  for (const preview of widths) await store.put(preview, (await fileOf(Buffer.from('x'))).file)
  const paging = new S3Store(swift.config(), { pageKeys: 2 })
  for (const one of [store, paging])
    expect((await everything(one, `previews/${hash}/`)).map(({ key: preview }) => preview)).toEqual(widths)
  paging.close()
  expect((await everything(store, 'blobs/')).some((one) => one.key === key)).toBe(false)
  other.close()
})

test('it says what is wrong with its setting, and never the secret', async () => {
  const wrong = new S3Store(swift.config({ secret: 'wrong-secret' }))
  const nowhere = new S3Store(swift.config({ bucket: 'no-such-bucket' }))
  expect(await store.whyUnusable()).toBeUndefined()
  expect(await wrong.whyUnusable()).toBe('the object store refuses: SignatureDoesNotMatch')
  expect(await nowhere.whyUnusable()).toBe('the object store refuses: NoSuchBucket')
  const { file, key } = await fileOf(randomBytes(9))
  for (const one of [wrong, nowhere]) {
    await expect(one.put(key, file)).rejects.toThrow(BlobsAway)
    await expect(one.read(key)).rejects.toThrow(BlobsAway)
    one.close()
  }
  // Whoever gave it still has it.
  expect(existsSync(file)).toBe(true)
})

test('while it is away everybody is told so soon, nothing is lost, and then it goes on', async () => {
  const quick = { connectMs: 200, idleMs: 300, tries: 2, pauseMs: 10, restMs: 200 }
  const told: string[] = []
  const patient = new S3Store(
    swift.config(),
    quick,
    openOutages((line) => told.push(line)),
  )
  const kept = await keeps(randomBytes(partBytes + 1))
  const large = await fileOf(randomBytes(partBytes + 2))
  swift.process.pause()
  await expect(patient.put(large.key, large.file)).rejects.toThrow(
    'the object store does not answer: no answer',
  )
  await expect(patient.read(kept)).rejects.toThrow('does not answer')
  expect(existsSync(large.file)).toBe(true)
  swift.process.resume()
  await expect.poll(() => patient.whyUnusable()).toBeUndefined()
  await patient.put(large.key, large.file)
  expect(await store.sizeOf(large.key)).toBe(partBytes + 2)
  const name = `The object store at 127.0.0.1:${swift.port}`
  expect(told[0]).toBe(`${name} is away: no answer`)
  expect(told[1]).toContain(`${name} is back after`)
  expect(told).toHaveLength(2)
  patient.close()
})

test('a download that breaks off in the middle goes on where it was', async () => {
  const bytes = randomBytes(4 * partBytes)
  const key = await keeps(bytes)
  const patient = new S3Store(swift.config(), { idleMs: 500, tries: 20, pauseMs: 50, restMs: 1 })
  const stream = await patient.read(key)
  const got: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    got.push(chunk)
    if (got.length !== 3) continue
    await swift.process.kill()
    await swift.process.start()
  }
  expect(Buffer.concat(got).equals(bytes)).toBe(true)
  patient.close()
})

test('what a process has begun and left is removed after its time', async () => {
  const requests = new S3Requests(swift.config())
  const key = blobKey('cd'.repeat(32))
  await requests.ask({ method: 'POST', key, query: { uploads: '' } })
  expect(await store.removeAbandoned(Date.now() - 60_000)).toBe(0)
  expect(await store.removeAbandoned(Date.now() + 60_000)).toBe(1)
  expect(await store.removeAbandoned(Date.now() + 60_000)).toBe(0)
  requests.close()
})

test('S3_URL as it is documented', () => {
  expect(readS3({ S3_URL: swift.url })).toEqual(swift.config())
})
