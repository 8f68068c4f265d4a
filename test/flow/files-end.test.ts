// How files end: with their messages, their room or their owner, or because nobody has sent them. And what a full disk, a quota
// and two at once do to them.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { eraseAll } from '../../server/erasing/carrying-out.ts'
import { eraseWords } from '../../server/erasing/for-good.ts'
import { Blobs } from '../../server/files/blobs.ts'
import { releaseRoom } from '../../server/files/release.ts'
import { Space } from '../../server/files/storage/space.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import { beginUpload } from '../../server/files/uploads/beginning.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { fileLimits } from '../../server/protocol/file-limits.ts'
import type { StorageAnswer } from '../../server/protocol/files.ts'
import type { Scheduled } from '../../server/protocol/scheduled.ts'
import { mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import {
  begins,
  freshBytes,
  gets,
  offsetOf,
  sends,
  sha256,
  statusOf,
  tus,
  uploads,
} from '../support/uploads.ts'

let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

let pairs = 0
beforeEach(async () => {
  pairs += 1
  ann = await brook.enter(`Ann ${pairs}`)
  bob = await brook.enter(`Bob ${pairs}`)
  await brook.meet(ann, bob)
})

const day = 24 * 3_600_000
const says = async (who: Person, files: readonly string[], cid = newCid()): Promise<number> => {
  const { body } = await who.ask<{ seq: number }>('POST', `/api/rooms/${who.room}/messages`, {
    cid,
    text: '',
    files,
  })
  return body.seq
}
const isKept = async (bytes: Uint8Array): Promise<boolean> =>
  (await brook.keptFiles()).includes(sha256(bytes))

test('uploads that were given up, and files that nobody sent, go after a day; others stay', async () => {
  const [half, unsent, sent, waiting] = [freshBytes(), freshBytes(), freshBytes(), freshBytes()]
  const path_ = (await begins(ann, 200)).headers.get('location') ?? ''
  await sends(ann, path_, 0, half)
  const file = await uploads(ann, unsent)
  const held = await uploads(ann, sent)
  await says(ann, [held.id])
  const later = await uploads(ann, waiting)
  const at = Date.now() + 30 * day
  const scheduled = { cid: newCid(), room: ann.room, at, text: '', files: [later.id] }
  expect(await ann.tries('POST', '/api/scheduled', scheduled)).toBe(201)
  await brook.archive()
  await brook.sweepFiles(day - 60_000)
  expect([await offsetOf(ann, path_), await statusOf(ann, file.id)]).toEqual([100, 200])
  await brook.sweepFiles(day + 60_000)
  expect((await tus(ann, 'HEAD', path_)).status).toBe(404)
  expect([await statusOf(ann, file.id), await isKept(unsent)]).toEqual([404, false])
  expect([await statusOf(bob, held.id), await isKept(sent)]).toEqual([200, true])
  expect(await isKept(waiting)).toBe(true)
})

test('a scheduled message has its files when it is sent; refused, it leaves them to another one', async () => {
  const { id } = await uploads(ann, freshBytes())
  const body = { cid: newCid(), room: ann.room, text: 'later', files: [id] }
  expect(await ann.tries('POST', '/api/scheduled', { ...body, at: 1 })).toBe('bad_schedule')
  const { body: made } = await ann.ask<Scheduled>('POST', '/api/scheduled', {
    ...body,
    cid: newCid(),
    at: Date.now() + 60_000,
  })
  expect(made.files).toMatchObject([{ id }])
  expect(
    await ann.tries('POST', `/api/rooms/${ann.room}/messages`, { cid: newCid(), text: '', files: [id] }),
  ).toBe('file_taken')
  await ann.ask('PATCH', `/api/scheduled/${made.id}`, { now: true })
  await bob.hears('later')
  expect(await statusOf(bob, id)).toBe(200)
})

test('what is deleted with all of its author is hidden, comes back when that is undone, and goes when it is final', async () => {
  const bytes = freshBytes()
  const { id } = await uploads(bob, bytes)
  await says(bob, [id])
  await brook.archive()
  await brook.makesAdmin(ann)
  const erases = async (): Promise<string> => {
    const wanted = { user: bob.user.id, sinceMs: 0 }
    const { body } = await ann.ask<{ erasing: { id: string } }>('POST', '/api/admin/erasings', wanted)
    await until(
      () => statusOf(bob, id),
      (code) => code === 404,
    )
    await brook.archive()
    await brook.sweepFiles()
    return body.erasing.id
  }
  const first = await erases()
  expect([await statusOf(ann, id), await isKept(bytes)]).toEqual([404, true])
  await ann.ask('DELETE', `/api/admin/erasings/${first}`)
  await until(
    () => statusOf(bob, id),
    (code) => code === 200,
  )
  await brook.archive()
  const second = await erases()
  await brook.db.run('UPDATE erasings SET created_at = created_at - INTERVAL 2 DAY WHERE id = ?', [second])
  const log = { append: () => Promise.reject(new Error('nothing is to be said')) }
  await eraseAll({ db: brook.db, log, signal: new AbortController().signal })
  await brook.sweepFiles()
  expect(await isKept(bytes)).toBe(false)
})

test('a room that is erased for good takes its files along', async () => {
  const bytes = freshBytes()
  const { id } = await uploads(ann, bytes)
  const seq = await says(ann, [id])
  await brook.archive()
  await brook.db.transaction((tx) => releaseRoom(tx, ann.room))
  await brook.sweepFiles()
  expect([seq > 0, await statusOf(ann, id), await isKept(bytes)]).toEqual([true, 404, false])
})

test('words that are taken out of the tables take the files with them', async () => {
  const bytes = freshBytes()
  const { id } = await uploads(ann, bytes)
  const seq = await says(ann, [id])
  await brook.archive()
  await brook.db.transaction((tx) => eraseWords(tx, ann.room, [seq]))
  await brook.sweepFiles()
  expect(await isKept(bytes)).toBe(false)
})

test('a deletion that is archived together with its message, or before it, lets go of the files', async () => {
  const bytes = freshBytes()
  const { id } = await uploads(ann, bytes)
  const seq = await says(ann, [id])
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid() })
  expect(await statusOf(ann, id)).toBe(404)
  await brook.archive()
  await brook.sweepFiles()
  expect(await isKept(bytes)).toBe(false)
})

test('the same bytes that arrive while the last file that had them goes are there', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-race-'))
  const store = new DiskStore(folder)
  const blobs = new Blobs({ db: brook.db, store })
  const hash = sha256(freshBytes())
  const own = BigInt(ann.user.id)
  const arrives = async (): Promise<string> => {
    const row = await brook.db.transaction(async (tx) => {
      await blobs.announce(tx, { hash, size: 3, patches: undefined })
      const { insertId } = await tx.run(
        'INSERT INTO files (user_id, cid, name, size, hash, info, created_ms) VALUES (?)',
        [[own, newCid(), 'a', 3, hash, '{}', Date.now()]],
      )
      return insertId
    })
    const from = path.join(folder, row)
    await writeFile(from, 'abc')
    await store.put(`blobs/${hash}`, from)
    return row
  }
  for (let round = 0; round < 20; round += 1) {
    const before = await arrives()
    await brook.db.run('DELETE FROM files WHERE id = ?', [before])
    const [, after] = await Promise.all([blobs.remove(hash), arrives()])
    expect(await store.sizeOf(`blobs/${hash}`)).toBe(3)
    await brook.db.run('DELETE FROM files WHERE id = ?', [after])
    expect(await blobs.remove(hash)).toBe(true)
    expect(await store.sizeOf(`blobs/${hash}`)).toBeUndefined()
  }
  await rm(folder, { recursive: true })
})

test('quotas and the largest file are what administrators say, and each is told in words', async () => {
  await brook.makesAdmin(ann)
  const set = async (change: object): Promise<StorageAnswer> =>
    (await ann.ask<StorageAnswer>('PATCH', '/api/admin/storage', change)).body
  const before = (await ann.ask<StorageAnswer>('GET', '/api/admin/storage')).body
  expect(before.settings).toEqual({
    fileBytes: fileLimits.fileBytes.default,
    personBytes: fileLimits.personBytes,
    workspaceBytes: 0,
  })
  expect(await bob.tries('GET', '/api/admin/storage')).toBe('not_found')
  await uploads(bob, freshBytes(60))
  expect((await set({ fileBytes: 100, personBytes: 150 })).settings).toMatchObject({
    fileBytes: 100,
    personBytes: 150,
  })
  expect((await begins(bob, 101)).code).toBe('file_too_large')
  expect((await begins(bob, 91)).code).toBe('quota')
  expect((await begins(bob, 90)).status).toBe(201)
  const sums = await set({ fileBytes: fileLimits.fileBytes.default, personBytes: 0, workspaceBytes: 1 })
  expect(sums.people.find(({ id }) => id === bob.user.id)).toMatchObject({ files: 2, bytes: 150 })
  expect((await begins(bob, 5)).code).toBe('quota')
  await set({ workspaceBytes: 0 })
  expect((await begins(bob, 5)).status).toBe(201)
  const { body } = await ann.ask<{ entries: { kind: string }[] }>(
    'GET',
    '/api/admin/audit?kind=storage_changed',
  )
  expect(body.entries.length).toBe(3)
})

test('below its reserve a disk takes no file, and says so', async () => {
  const space = new Space({ folder: '/', reserve: 1_000, free: () => Promise.resolve(1_500) })
  const begin = (size: number) =>
    beginUpload({ db: brook.db, space }, ann.user.id, { cid: newCid(), name: 'a', info: {}, size })
  expect(await begin(501)).toMatchObject({ code: 'disk_full' })
  expect(await begin(500)).toMatchObject({ name: 'a' })
})

test('a disk that is full in the middle of an upload keeps what is there, and the upload goes on', async () => {
  const bytes = freshBytes(2_000)
  const place = (await begins(ann, bytes.length)).headers.get('location') ?? ''
  expect((await sends(ann, place, 0, bytes.subarray(0, 500))).status).toBe(204)
  const part = path.join(brook.dataDir, 'uploads', place.split('/').at(-1) ?? '')
  await rename(part, `${part}.aside`)
  await symlink('/dev/full', part)
  const full = await sends(ann, place, 0, bytes)
  expect([full.status, full.code]).toEqual([507, 'disk_full'])
  expect((await ann.acked(ann.says('talk goes on'))).seq).toBeGreaterThan(0)
  await rename(`${part}.aside`, part)
  expect(await offsetOf(ann, place)).toBe(500)
  expect((await sends(ann, place, 500, bytes.subarray(500))).status).toBe(204)
  expect(sha256((await gets(ann, place.split('/').at(-1) ?? '')).bytes)).toBe(sha256(bytes))
})
