// A photo, from a phone to those who see it: small where it is shown small, without what the phone has written into it, and gone when
// its message is.
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { FileRef } from '../../server/protocol/files.ts'
import { DiskStore } from '../../server/files/stores/disk-store.ts'
import { Brook } from '../support/brook.ts'
import { fresh } from '../support/fresh.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { gets, uploads } from '../support/uploads.ts'

let brook: Brook
let ann: Person
let bob: Person
let photo: Buffer<ArrayBuffer>
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
  ann = await brook.enter('Ann')
  bob = await brook.enter('Bob', 1)
  const noise = Buffer.from(Array.from({ length: 3 * 1_500 * 900 }, (_, i) => (i * 31) % 251))
  photo = await sharp(noise, { raw: { width: 1_500, height: 900, channels: 3 } })
    .withExif({ IFD0: { Model: 'a phone' }, IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '52/1 31/1 12/1' } })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 60 })
    .toBuffer()
})
afterAll(() => brook.stop())

const says = async (who: Person, { id }: FileRef, room = who.room): Promise<number> => {
  const message = { cid: newCid(), text: fresh('look'), files: [id] }
  return (await who.ask<{ seq: number }>('POST', `/api/rooms/${room}/messages`, message)).body.seq
}
const looks = async (who: Person, { id }: FileRef, query = '', headers = {}) => {
  const answer = await fetch(`${who.address}/api/files/${id}/preview${query}`, {
    headers: { cookie: who.cookie, ...headers },
  })
  return { answer, status: answer.status, bytes: Buffer.from(await answer.arrayBuffer()) }
}

test('others see it upright, as large as they ask, and do not learn where it was taken', async () => {
  await brook.meet(ann, bob)
  const file = await uploads(ann, photo, { name: 'beach.jpg' })
  expect(file).toMatchObject({ kind: 'image', type: 'image/jpeg', width: 900, height: 1_500 })
  expect(file.thumb).toMatch(/^[\w+/]{20,}=*$/)
  expect(file).not.toHaveProperty('patches')
  expect((await looks(bob, file)).status).toBe(404)
  await says(ann, file)
  for (const [query, width] of [
    ['?width=200', 320],
    ['', 640],
    ['?width=640', 640],
    ['?width=4000', 900],
  ] as const) {
    const { status, bytes, answer } = await looks(bob, file, query)
    expect([query, status, answer.headers.get('content-type')]).toEqual([query, 200, 'image/webp'])
    expect(answer.headers.get('cache-control')).toBe('private, no-cache')
    const seen = await sharp(bytes).metadata()
    expect(seen).toMatchObject({ format: 'webp', width, height: Math.round((width * 1_500) / 900) })
    expect(seen.exif).toBeUndefined()
    const again = await looks(bob, file, query, { 'if-none-match': answer.headers.get('etag') })
    expect(again.status).toBe(304)
  }
  for (const width of ['0', 'x', '-1', '100000'])
    expect((await looks(bob, file, `?width=${width}`)).status).toBe(400)

  const [own, shared] = [await gets(ann, file.id), await gets(bob, file.id)]
  expect(own.bytes.equals(photo)).toBe(true)
  expect(shared.bytes.length).toBe(photo.length)
  expect(own.headers.get('etag')).not.toBe(shared.headers.get('etag'))
  expect(photo.includes('a phone')).toBe(true)
  expect(shared.bytes.includes('a phone')).toBe(false)
  expect((await sharp(shared.bytes).metadata()).autoOrient).toEqual({ width: 900, height: 1_500 })
  const [mine, theirs] = await Promise.all(
    [photo, shared.bytes].map((bytes) => sharp(bytes).raw().toBuffer()),
  )
  expect(mine?.equals(theirs ?? Buffer.alloc(0))).toBe(true)
  // In pieces, too.
  const part = await gets(bob, file.id, '', { range: 'bytes=10-400' })
  expect(part.status).toBe(206)
  expect(part.bytes.equals(shared.bytes.subarray(10, 401))).toBe(true)
})

test('who is not in the room any more sees nothing of it, and nothing is left once its message is gone', async () => {
  const { id: room } = await ann.makes('behind the door', 'private')
  await ann.ask('POST', `/api/rooms/${room}/members`, { name: bob.user.name })
  const other = Buffer.concat([photo, Buffer.from(fresh('other'))])
  const file = await uploads(ann, other, { name: 'again.jpg' })
  const seq = await says(ann, file, room)
  await until(async () => (await looks(bob, file)).status === 200)
  expect(await bob.tries('DELETE', `/api/rooms/${room}/members/me`)).toBe(204)
  expect((await looks(bob, file)).status).toBe(404)

  const store = new DiskStore(`${brook.dataDir}/files`)
  const kept = async (): Promise<number> => {
    let count = 0
    for await (const _one of store.list('previews/')) count += 1
    return count
  }
  const before = await kept()
  await brook.archive()
  await ann.ask('DELETE', `/api/rooms/${room}/messages/${seq}`, { cid: newCid() })
  expect((await looks(ann, file)).status).toBe(404)
  await brook.archive()
  await brook.sweepFiles(2 * 86_400_000)
  expect(await kept()).toBe(before - 1)
})
