// Uploads on their way to the disk: what is asked of it, who waits for whom, and what a killed server leaves.
import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { BlobsAway } from '../../server/files/stores/blobs-away.ts'
import { removeLeftovers } from '../../server/files/sweep/leftovers.ts'
import { Finishing, type FinishingDeps } from '../../server/files/uploads/finishing.ts'
import { Hashes } from '../../server/files/uploads/hashes.ts'
import { UploadLocks } from '../../server/files/uploads/locks.ts'
import { Parts } from '../../server/files/uploads/parts.ts'
import { receive } from '../../server/files/uploads/receiving.ts'
import { TusUploads, type TusDeps } from '../../server/files/uploads/tus.ts'
import { fileLimits } from '../../server/protocol/file-limits.ts'

let folder: string
beforeEach(async () => void (folder = await mkdtemp(path.join(tmpdir(), 'brook-uploads-'))))
afterEach(() => rm(folder, { recursive: true }))

test('a body that does not say how long it is ends where the disk has no more to give, and what has come stays', async () => {
  const parts = new Parts(folder, new Hashes())
  await parts.begin('1')
  const piece = Buffer.alloc(fileLimits.spaceEveryBytes / 2)
  const source = Readable.from([piece, piece, piece, piece, piece]) as unknown as IncomingMessage
  let asked = 0
  const { end, error } = await receive(source, await parts.writer('1', 0), {
    maxBytes: Infinity,
    signal: new AbortController().signal,
    checksum: undefined,
    requireSpace: async () => {
      asked += 1
      if (asked === 2) throw new Error('full')
    },
  })
  expect([asked, end, (error as Error).message]).toEqual([2, 3 * piece.length, 'full'])
  expect((await stat(path.join(folder, '1'))).size).toBe(end)
})

test('whoever waits for long for an upload that another one writes is told so, and nothing is thrown', async () => {
  const wanted: string[] = []
  const finish = async (set: () => Promise<null>): Promise<unknown> => {
    const locks = new UploadLocks({
      redis: () => ({ set, eval: async () => 0 }) as never,
      bus: { publish: (signal) => void (signal.kind === 'upload-wanted' && wanted.push(signal.id)) },
      waitMs: 1,
    })
    return new Finishing({ locks } as unknown as FinishingDeps).finish('7')
  }
  expect(await finish(async () => null)).toMatchObject({ code: 'file_unfinished' })
  expect(wanted).toEqual(['7'])
  expect(await finish(() => Promise.reject(new Error('Connection is closed.')))).toMatchObject({
    code: 'files_away',
  })
})

test('a store that is away is no fault of ours, and the upload goes on later', async () => {
  const row = {
    id: 7,
    user_id: 1,
    cid: 'c',
    name: 'a',
    size: 5,
    hash: 'ab',
    whole_ms: null,
    room_id: null,
    created_ms: Date.now(),
  }
  const faults: unknown[] = []
  const asks = async (lock: () => Promise<void>, sizeOf: () => Promise<number>) => {
    const uploads = new TusUploads({
      db: { rows: async () => [row] },
      space: { has: async () => true },
      store: { sizeOf },
      parts: { sizeOf: async () => undefined },
      locks: { newLock: () => ({ lock, unlock: async () => undefined }) },
      finishing: {},
      onBytes: () => undefined,
      onError: (error: unknown) => faults.push(error),
    } as unknown as TusDeps)
    const headers = new Headers({
      'tus-resumable': '1.0.0',
      'upload-offset': '0',
      'content-type': 'application/offset+octet-stream',
    })
    const body = Readable.from([]) as unknown as IncomingMessage
    const { status, body: said } = await uploads.answer({
      ...{ method: 'PATCH', url: '/api/files/7', user: '1', headers, body },
    })
    return [status, (JSON.parse(said) as { error: { code: string } }).error.code]
  }
  const lost = () => Promise.reject(new Error('Connection is closed.'))
  expect(await asks(lost, async () => 0)).toEqual([503, 'unavailable'])
  const away = () => Promise.reject(new BlobsAway('the object store does not answer'))
  expect(await asks(async () => undefined, away)).toEqual([503, 'files_away'])
  expect(faults).toEqual([])
})

test('what a server that was killed has left half made is removed, and nothing else', async () => {
  const now = Date.now()
  for (const [name, age] of [
    ['old', fileLimits.leftMs + 1_000],
    ['new', 1_000],
  ] as const) {
    await writeFile(path.join(folder, name), 'half')
    await utimes(path.join(folder, name), new Date(now), new Date(now - age))
  }
  await removeLeftovers(folder, now)
  expect(await readdir(folder)).toEqual(['new'])
  await removeLeftovers(path.join(folder, 'none'))
})
