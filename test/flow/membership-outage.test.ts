// Rooms while a store is down: chat needs to know the members, and a change in MySQL stands.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let server: TestServer

beforeEach(async () => {
  stores = await privateStores()
  server = await openTestServer(stores)
})
afterEach(async () => {
  await server.close()
  await stores.stop()
})

test('while MySQL is down, a person’s rooms are known on every process, including recent changes', async () => {
  const other = await openTestServer(stores)
  const ann = await server.enters('ann')
  const secret = await ann.makes('secret', 'private')
  const left = await ann.makes('left behind')
  const bob = await server.enters('bob')
  await bob.asks('GET', '/api/rooms')
  await ann.asks('DELETE', `/api/rooms/${left.id}/members/me`)
  await ann.asks('GET', '/api/rooms')
  const before = (await ann.asks('GET', '/api/rooms')).body.rooms
  await stores.mariadbProcess.kill()
  const elsewhere = other.browser()
  elsewhere.cookie = ann.cookie
  expect((await elsewhere.asks('GET', '/api/rooms')).body.rooms).toEqual(before)
  expect((await elsewhere.asks('GET', `/api/rooms/${secret.id}`)).body.room?.role).toBe('owner')
  expect(await other.memberships.isMember(ann.me.id, secret.id)).toBe(true)
  expect(await other.memberships.isMember(ann.me.id, left.id)).toBe(false)
  expect((await bob.asks('GET', `/api/rooms/${secret.id}`)).code).toBe('unavailable')
  expect((await ann.asks('POST', '/api/rooms', { name: 'new', kind: 'public' })).code).toBe('unavailable')
  expect((await ann.asks('GET', `/api/rooms/${secret.id}/members`)).code).toBe('unavailable')
  await other.close()
})

test('a fresh change is known while MySQL is down, even if nobody has read it since', async () => {
  const [ann, bob] = [await server.enters('ann'), await server.enters('bob')]
  const garden = await ann.makes('garden')
  await bob.asks('PUT', `/api/rooms/${garden.id}/members/me`)
  expect((await bob.asks('GET', '/api/rooms')).body.rooms).toHaveLength(2)
  await ann.asks('PATCH', `/api/rooms/${garden.id}`, { topic: 'roses' })
  await ann.makes('kitchen')
  const secret = await ann.makes('secret', 'private')
  await ann.asks('POST', `/api/rooms/${secret.id}/members`, { name: 'bob' })
  await bob.asks('DELETE', `/api/rooms/${garden.id}/members/me`)
  await stores.mariadbProcess.kill()
  const rooms = (await bob.asks('GET', '/api/rooms')).body.rooms
  expect(rooms?.map(({ name, joined, topic }) => [name, joined, topic])).toEqual([
    ['lobby', true, ''],
    ['garden', false, 'roses'],
    ['kitchen', false, ''],
    ['secret', true, ''],
  ])
  expect((await bob.asks('GET', `/api/rooms/${garden.id}`)).body.room).toMatchObject({
    joined: false,
    topic: 'roses',
  })
})

test('while the log is down, a change of members stands, though no notice is sent', async () => {
  const ann = await server.enters('ann')
  const room = await ann.makes('garden')
  const bob = await server.enters('bob')
  await stores.redisProcess.kill()
  expect((await bob.asks('PUT', `/api/rooms/${room.id}/members/me`)).body.room?.joined).toBe(true)
  expect(server.untold).toMatchObject([{ room: room.id, user: { name: 'bob' }, notice: { kind: 'joined' } }])
  expect((await bob.asks('DELETE', `/api/rooms/${room.id}/members/me`)).status).toBe(204)
  expect((await bob.asks('GET', `/api/rooms/${room.id}`)).body.room?.joined).toBe(false)
})

test('a leave that Redis missed takes effect as soon as MySQL is read', async () => {
  const ann = await server.enters('ann')
  const room = await ann.makes('garden')
  expect(await server.memberships.isMember(ann.me.id, room.id)).toBe(true)
  await stores.redisProcess.kill()
  await ann.asks('DELETE', `/api/rooms/${room.id}/members/me`)
  await stores.redisProcess.start()
  await server.redis.ready(5_000)
  expect(await server.memberships.isMember(ann.me.id, room.id)).toBe(false)
})
