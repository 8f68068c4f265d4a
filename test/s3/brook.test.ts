// A whole Brook whose files are in an object store: from the first byte to the last reader, while that is away, and after the
// last message that held a file is gone.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { S3Store } from '../../server/files/stores/s3-store.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { day } from '../../server/protocol/units.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { Swift } from '../support/swift.ts'
import { begins, gets, sends, sha256, tus, uploads } from '../support/uploads.ts'

let swift: Swift
let store: S3Store
let brook: Brook
let ann: Person
let bob: Person
beforeAll(async () => {
  swift = await Swift.start()
  await swift.makesBucket()
  store = new S3Store(swift.config())
  brook = await Brook.start({ s3: swift.config(), filesIn: 's3' })
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob')
  await brook.meet(ann, bob)
})
afterAll(async () => {
  store.close()
  await brook.stop()
  await swift.stop()
})

const says = (files: string[], room = ann.room) =>
  ann.ask<{ seq: number; error?: { code: string } }>('POST', `/api/rooms/${room}/messages`, {
    cid: newCid(),
    text: '',
    files,
  })
const isKept = (bytes: Buffer) => store.sizeOf(`blobs/${sha256(bytes)}`)

test('a file is in the bucket, and is read from there whole and in ranges', async () => {
  const bytes = randomBytes(9_000_000)
  const file = await uploads(ann, bytes, { name: 'film.bin' })
  expect((await says([file.id])).status).toBe(201)
  expect(await isKept(bytes)).toBe(bytes.length)
  expect((await gets(bob, file.id)).bytes.equals(bytes)).toBe(true)
  const part = await gets(bob, file.id, '', { range: 'bytes=8999990-' })
  expect([part.status, part.bytes]).toEqual([206, bytes.subarray(8_999_990)])
})

test('while it is away an upload keeps its bytes and says so, talk goes on, and then it is sent once', async () => {
  const bytes = randomBytes(50_000)
  const kept = await uploads(ann, randomBytes(10_000), { name: 'before.bin' })
  await says([kept.id])
  const begun = await begins(ann, bytes.length, { name: 'meanwhile.bin' })
  const path = begun.headers.get('location') ?? ''
  const id = path.split('/').at(-1) ?? ''
  await swift.process.kill()
  const sent = await sends(ann, path, 0, bytes)
  expect([sent.status, sent.code]).toEqual([503, 'files_away'])
  expect((await tus(ann, 'HEAD', path)).status).toBe(503)
  expect((await says([id])).body.error?.code).toBe('files_away')
  const read = await gets(bob, kept.id)
  expect([read.status, JSON.parse(read.bytes.toString())]).toMatchObject([
    503,
    { error: { code: 'files_away' } },
  ])
  expect(read.headers.get('cache-control') ?? '').not.toContain('immutable')
  await ann.says('and yet we talk')
  await bob.hears('and yet we talk')
  await swift.process.start()
  await expect.poll(async () => (await tus(ann, 'HEAD', path)).status).toBe(200)
  expect((await says([id])).status).toBe(201)
  expect((await gets(bob, id)).bytes.equals(bytes)).toBe(true)
  expect((await gets(bob, kept.id)).status).toBe(200)
})

test('a deleted message leaves nothing in the bucket', async () => {
  const bytes = randomBytes(20_000)
  const file = await uploads(ann, bytes, { name: 'gone.bin' })
  const { seq } = (await says([file.id])).body
  await ann.ask('DELETE', `/api/rooms/${ann.room}/messages/${seq}`, { cid: newCid() })
  await brook.archive()
  expect((await gets(bob, file.id)).status).toBe(404)
  expect(await isKept(bytes)).toBe(bytes.length)
  await brook.sweepFiles(2 * day)
  expect(await isKept(bytes)).toBeUndefined()
})
