// brook files move: every file and preview from the disk to an object store and back, while people read them.
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Db } from '../../server/db.ts'
import { moveFiles, type MoveCounts } from '../../server/files/moving/move.ts'
import { blobKey, previewKey, type BlobStore } from '../../server/files/stores/blob-store.ts'
import { openBlobs, type OpenBlobs } from '../../server/files/stores/open-blobs.ts'
import { partBytes } from '../../server/files/stores/s3-parts.ts'
import type { S3Store } from '../../server/files/stores/s3-store.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { Swift } from '../support/swift.ts'

let swift: Swift
let stores: PrivateStores
let db: Db
let blobs: OpenBlobs & { s3: S3Store }
let cli: CommandLine
let scratch: string
beforeAll(async () => {
  ;[swift, stores, scratch] = await Promise.all([
    Swift.start(),
    privateStores(),
    mkdtemp(path.join(os.tmpdir(), 'brook-test-')),
  ])
  await swift.makesBucket()
  db = new Db(stores.mysql, 4)
  const opened = openBlobs({ dataDir: stores.folder, s3: swift.config(), filesIn: 's3' })
  if (opened.s3 === undefined) throw new Error('no S3')
  blobs = { ...opened, s3: opened.s3 }
  cli = await commandLine(stores, { S3_URL: swift.url })
})
afterAll(async () => {
  blobs.close()
  await cli.close()
  await db.close()
  await Promise.all([swift.stop(), stores.stop(), rm(scratch, { recursive: true, force: true })])
})

/** What it says of a test's stores, and on its way, is left out. */
const types = async (...words: string[]) => {
  const typed = await cli.type(...words)
  return { ...typed, said: typed.said.filter((line) => !/^Unsafe: |MiB$/.test(line)) }
}
const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')
async function puts(store: BlobStore, key: string, bytes: Buffer): Promise<void> {
  const file = path.join(scratch, hashOf(randomBytes(8)))
  await writeFile(file, bytes)
  await store.put(key, file)
}
/** A file in a place, as uploads leave it. */
async function keeps(store: BlobStore, bytes = randomBytes(1_000)): Promise<string> {
  const hash = hashOf(bytes)
  await puts(store, blobKey(hash), bytes)
  await db.run('INSERT INTO blobs (hash, size, place, made_ms) VALUES (?)', [
    [hash, bytes.length, store.place, 1],
  ])
  return hash
}
const keysIn = async (store: BlobStore): Promise<string[]> => {
  const keys: string[] = []
  for (const prefix of ['blobs/', 'previews/']) for await (const { key } of store.list(prefix)) keys.push(key)
  return keys.toSorted()
}
const placesOf = async (hashes: readonly string[]): Promise<string[]> => {
  const rows = await db.rows<{ place: string }>('SELECT DISTINCT place FROM blobs WHERE hash IN (?)', [
    [...hashes],
  ])
  return rows.map(({ place }) => place)
}
const moves = (
  more: Partial<Parameters<typeof moveFiles>[0]> = {},
  unmoved: string[] = [],
): Promise<MoveCounts> =>
  moveFiles({
    db,
    from: blobs.disk,
    to: blobs.s3,
    scratch: path.join(stores.folder, 'files/moving'),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    onUnmoved: (key, why) => void unmoved.push(`${key} ${why}`),
    ...more,
  })
/** Nothing is anywhere. */
async function clears(): Promise<void> {
  for (const store of [blobs.disk, blobs.s3]) for (const key of await keysIn(store)) await store.remove(key)
  await db.run('DELETE FROM blobs')
}

afterEach(clears)

test('everything goes to S3 and back, and whoever reads it meanwhile has it from either', async () => {
  const hashes: string[] = []
  for (let index = 0; index < 20; index += 1) hashes.push(await keeps(blobs.disk))
  hashes.push(await keeps(blobs.disk, randomBytes(2 * partBytes + 3)))
  const [first = ''] = hashes
  await puts(blobs.disk, previewKey(first, 320), Buffer.from('small'))
  const keys = await keysIn(blobs.disk)
  let isOver = false
  let reads = 0
  const reading = (async () => {
    for (; !isOver; reads += 1)
      for (const hash of hashes.slice(0, 5))
        expect(hashOf(await buffer(await blobs.store.read(blobKey(hash))))).toBe(hash)
  })()
  expect(await types('files', 'move', '--to', 's3')).toMatchObject({
    code: 0,
    said: ['files: 21 files and 2 previews, 16 MiB, moved to S3'],
  })
  expect(await keysIn(blobs.disk)).toEqual([])
  expect(await keysIn(blobs.s3)).toEqual(keys)
  expect(await placesOf(hashes)).toEqual(['s3'])
  expect((await types('files', 'move', '--to', 's3')).said).toEqual([
    'files: 0 files and 0 previews, 0 MiB, moved to S3',
  ])
  expect(await types('files', 'move', '--to', 'disk')).toMatchObject({
    code: 0,
    said: [
      'New files still go to S3: FILES_IN=disk changes that.',
      'files: 21 files and 2 previews, 16 MiB, moved to the disk',
    ],
  })
  isOver = true
  await reading
  expect(reads).toBeGreaterThan(1)
  expect(await keysIn(blobs.disk)).toEqual(keys)
  expect(await keysIn(blobs.s3)).toEqual([])
  expect(await placesOf(hashes)).toEqual(['disk'])
  expect(await readdir(path.join(stores.folder, 'files'))).not.toContain('moving')
})

test('a run that is stopped has lost nothing, and the next one goes on', async () => {
  const hashes: string[] = []
  for (let index = 0; index < 12; index += 1) hashes.push(await keeps(blobs.disk))
  const stop = new AbortController()
  const stopped = moves({
    signal: stop.signal,
    onProgress: ({ files }) => {
      if (files === 3) stop.abort(new Error('stop'))
    },
  })
  await expect(stopped).rejects.toThrow(/stop|abort/)
  const left = (await keysIn(blobs.disk)).length
  expect(left).toBeGreaterThan(0)
  expect(left).toBeLessThan(12)
  for (const hash of hashes) expect(hashOf(await buffer(await blobs.store.read(blobKey(hash))))).toBe(hash)
  expect((await moves()).files).toBe(left)
  expect(await keysIn(blobs.s3)).toEqual(hashes.map(blobKey).toSorted())
})

test('what is damaged or missing stays as it is and is named; half of a file under its name is replaced', async () => {
  const [damaged, missing, replaced] = [
    await keeps(blobs.disk),
    await keeps(blobs.disk),
    await keeps(blobs.disk),
  ]
  await blobs.disk.remove(blobKey(damaged))
  await puts(blobs.disk, blobKey(damaged), Buffer.from('something else'))
  await blobs.disk.remove(blobKey(missing))
  await puts(blobs.s3, blobKey(replaced), randomBytes(1_000))
  const unmoved: string[] = []
  expect(await moves({}, unmoved)).toMatchObject({ files: 1, damaged: 1, missing: 1 })
  expect(unmoved.toSorted()).toEqual(
    [`${blobKey(damaged)} damaged`, `${blobKey(missing)} missing`].toSorted(),
  )
  expect(await keysIn(blobs.disk)).toEqual([blobKey(damaged)])
  expect(hashOf(await buffer(await blobs.s3.read(blobKey(replaced))))).toBe(replaced)
  const { code, said } = await types('files', 'move', '--to', 's3')
  expect(code).toBe(3)
  expect(said).toContain(`files: ${blobKey(damaged)} is damaged, and stays where it is`)
})

test('a file whose message is deleted on its way is in neither place', async () => {
  const hash = await keeps(blobs.disk)
  const s3: BlobStore = {
    place: 's3',
    put: async (key, file) => {
      await blobs.s3.put(key, file)
      await db.run('DELETE FROM blobs WHERE hash = ?', [hash])
      await blobs.disk.remove(key)
    },
    read: (key, range) => blobs.s3.read(key, range),
    sizeOf: (key) => blobs.s3.sizeOf(key),
    remove: (key) => blobs.s3.remove(key),
    list: (prefix) => blobs.s3.list(prefix),
  }
  await moves({ to: s3 })
  expect([...(await keysIn(blobs.disk)), ...(await keysIn(blobs.s3))]).toEqual([])
})

test('what was copied and noted, but not removed, is removed by the next run', async () => {
  const bytes = randomBytes(1_000)
  const hash = await keeps(blobs.disk, bytes)
  await puts(blobs.s3, blobKey(hash), bytes)
  await db.run("UPDATE blobs SET place = 's3' WHERE hash = ?", [hash])
  await mkdir(path.join(stores.folder, 'files/moving'), { recursive: true })
  await writeFile(path.join(stores.folder, 'files/moving/left'), 'half')
  await moves()
  expect(await keysIn(blobs.disk)).toEqual([])
  expect(await keysIn(blobs.s3)).toEqual([blobKey(hash)])
})

test('it needs S3, and says when that is away', async () => {
  const { env } = cli
  const without = await (async () => {
    delete env['S3_URL']
    try {
      return await types('files', 'move', '--to', 's3')
    } finally {
      env['S3_URL'] = swift.url
    }
  })()
  expect(without).toMatchObject({ code: 2, said: ['brook: S3_URL is not set: there is only the disk'] })
  expect((await types('files', 'move', '--to', 'tape')).code).toBe(2)
  env['S3_URL'] = swift.url.replace('annsecret', 'wrong')
  const wrong = await types('files', 'move', '--to', 's3')
  env['S3_URL'] = swift.url
  expect(wrong.code).toBe(1)
  expect(wrong.said.join('\n')).toBe('brook: S3_URL: the object store refuses: SignatureDoesNotMatch.')
})
