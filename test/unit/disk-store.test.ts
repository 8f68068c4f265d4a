// Bytes in a folder: what is listed of them, and what is left when they go.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { blobKey, previewKey } from '../../server/files/stores/blob-store.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(path.join(os.tmpdir(), 'brook-store-'))))
afterEach(() => rm(folder, { recursive: true }))

const [one, other] = ['ab'.repeat(32), `abab${'cd'.repeat(30)}`] as const

test('the previews of one picture are listed without those of others, and leave no folder', async () => {
  const store = new DiskStore(path.join(folder, 'files'))
  const keys = [previewKey(one, 320), previewKey(one, 640), previewKey(other, 320), blobKey(one)]
  for (const key of keys) {
    const file = path.join(folder, 'half')
    await writeFile(file, key)
    await store.put(key, file)
  }
  const listed = async (prefix: string): Promise<string[]> => {
    const found: string[] = []
    for await (const { key } of store.list(prefix)) found.push(key)
    return found.toSorted()
  }
  expect(await listed(`previews/${one}/`)).toEqual(keys.slice(0, 2))
  expect(await listed('previews/')).toEqual(keys.slice(0, 3).toSorted())
  expect(await listed('blobs/')).toEqual([keys[3]])
  const folders = () => readdir(path.join(folder, 'files/previews/ab'))
  await store.remove(previewKey(one, 320))
  expect(await folders()).toHaveLength(2)
  await store.remove(previewKey(one, 640))
  expect(await folders()).toEqual([other])
  expect(await listed(`previews/${one}/`)).toEqual([])
  await store.remove(previewKey(one, 640))
})
