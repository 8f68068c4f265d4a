// Previews: at the widths that screens use, each made once and kept, from a disk or from elsewhere.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isRefusal } from '../../server/answer.ts'
import { Previews, type Preview } from '../../server/files/previews/previews.ts'
import { widthFor } from '../../server/files/previews/widths.ts'
import { blobKey, NoSuchBlob, previewKey, type BlobStore } from '../../server/files/stores/blob-store.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import type { Pictures } from '../../server/pictures/pictures.ts'
import { openPictures } from '../../server/pictures/pictures.ts'
import type { Refusal } from '../../server/protocol/errors.ts'
import { fresh } from '../support/fresh.ts'

let folder: string
let store: DiskStore
const pool = openPictures({ onTask: () => undefined, onFailure: () => undefined })
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'brook-previews-'))
  store = new DiskStore(path.join(folder, 'files'))
})
afterAll(async () => {
  pool.close()
  await rm(folder, { recursive: true })
})

/** Counts what is made, and knows which counters stand. */
function opened({ kept = store as BlobStore, counts = new Map<string, number>() } = {}) {
  const made: number[] = []
  const pictures: Pictures = {
    ...pool,
    make: (person, task, signal) => {
      made.push(task.width)
      return pool.make(person, task, signal)
    },
  }
  const cache = {
    count: async (key: string) => {
      const count = (counts.get(key) ?? 0) + 1
      counts.set(key, count)
      return { count, endsInMs: 1 }
    },
    uncount: async (key: string) => void counts.set(key, (counts.get(key) ?? 1) - 1),
  }
  const deps = { store: kept, pictures, cache, folder: path.join(folder, 'making') }
  const onError = (error: unknown): void => {
    throw error
  }
  return { made, previews: new Previews({ ...deps, flights: () => undefined, onError }) }
}

let hashes = 0
async function keeps(bytes: Buffer): Promise<string> {
  const hash = (hashes += 1).toString(16).padStart(64, '0')
  const file = path.join(folder, fresh('upload'))
  await writeFile(file, bytes)
  await store.put(blobKey(hash), file)
  return hash
}
const plain = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: 'teal' } })
    .jpeg()
    .toBuffer()

async function sizeOf(preview: Preview | Refusal) {
  if (isRefusal(preview)) return preview.code
  const bytes = Buffer.isBuffer(preview.body)
    ? preview.body
    : Buffer.concat((await preview.body.toArray()) as Buffer[])
  expect(bytes.length).toBe(preview.size)
  const { format, width, height } = await sharp(bytes).metadata()
  return [format, width, height]
}

test.each([
  [1, 4_000, 320],
  [320, 4_000, 320],
  [321, 4_000, 640],
  [1_000, 4_000, 1_280],
  [9_999, 4_000, 2_560],
  // All of a small picture is in one of them.
  [2_000, 500, 640],
  [2_000, 1, 320],
])('%i pixels of a picture of %i are answered by %i', (asked, original, width) => {
  expect(widthFor(asked, original)).toBe(width)
})

test('each is made once, however many ask at once and later, and nothing is left of its making', async () => {
  const hash = await keeps(await plain(900, 600))
  const { previews, made } = opened()
  const ask = async () => sizeOf(await previews.read('ann', { hash, width: 900 }, 600))
  expect(await Promise.all([ask(), ask(), ask()])).toEqual(Array(3).fill(['webp', 640, 427]))
  expect(await ask()).toEqual(['webp', 640, 427])
  expect(made).toEqual([640])
  expect(await store.sizeOf(previewKey(hash, 640))).toBeGreaterThan(0)
  expect(await readdir(path.join(folder, 'making'))).toEqual([])
})

test('what another process is making is waited for', async () => {
  const hash = await keeps(await plain(900, 600))
  const counts = new Map<string, number>()
  const [one, other] = [opened({ counts }), opened({ counts })]
  const both = await Promise.all(
    [one, other].map(async ({ previews }) => sizeOf(await previews.read('ann', { hash, width: 900 }, 320))),
  )
  expect(both).toEqual([
    ['webp', 320, 213],
    ['webp', 320, 213],
  ])
  expect([...one.made, ...other.made]).toEqual([320])
})

test('... and made here if that process is gone', async () => {
  const hash = await keeps(await plain(900, 600))
  const counts = new Map([[`making:${previewKey(hash, 320)}`, 1]])
  const { previews, made } = opened({ counts })
  expect(await sizeOf(await previews.read('ann', { hash, width: 900 }, 320))).toEqual(['webp', 320, 213])
  expect(made).toEqual([320])
})

test('a picture that is kept elsewhere is fetched for it', async () => {
  const hash = await keeps(await plain(900, 600))
  const far: BlobStore = {
    place: 's3',
    put: (key, from) => store.put(key, from),
    read: async (key) => Readable.from((await (await store.read(key)).toArray()) as Buffer[]),
    sizeOf: (key) => store.sizeOf(key),
    remove: (key) => store.remove(key),
    list: (prefix) => store.list(prefix),
  }
  const { previews } = opened({ kept: far })
  expect(await sizeOf(await previews.read('ann', { hash, width: 900 }, 320))).toEqual(['webp', 320, 213])
  expect(await readdir(path.join(folder, 'making'))).toEqual([])
})

test('of a picture that is removed meanwhile, no preview is left', async () => {
  const hash = await keeps(await plain(900, 600))
  const { previews } = opened({
    kept: Object.assign(Object.create(store) as BlobStore, {
      put: async (key: string, from: string) => {
        await store.remove(blobKey(hash))
        await store.put(key, from)
      },
      localPath: (key: string) => store.localPath(key),
      sizeOf: (key: string) => store.sizeOf(key),
      remove: (key: string) => store.remove(key),
    }),
  })
  await previews.read('ann', { hash, width: 900 }, 320)
  expect(await store.sizeOf(previewKey(hash, 320))).toBeUndefined()
})

test('a picture that cannot be read is tried once; one that is gone is not there', async () => {
  const hash = await keeps(Buffer.from('not a picture'))
  const { previews, made } = opened()
  for (let i = 0; i < 3; i += 1)
    expect(await sizeOf(await previews.read('ann', { hash, width: 900 }, 320))).toBe('bad_file')
  expect(made).toEqual([320])
  const gone = 'f'.repeat(64)
  const { made: none, previews: others } = opened()
  await expect(others.read('ann', { hash: gone, width: 900 }, 320)).rejects.toThrow(NoSuchBlob)
  expect(none).toEqual([])
})
