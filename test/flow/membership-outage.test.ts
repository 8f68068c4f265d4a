// What holds of rooms while a store is away: talking needs to know who is where, and a change in MySQL stands.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whenReady } from '../../server/redis.ts'
import { openHouse, type House } from '../support/front-door.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let house: House

beforeEach(async () => {
  stores = await privateStores()
  house = await openHouse(stores)
})
afterEach(async () => {
  await house.close()
  await stores.stop()
})

test('while MySQL is down a person’s rooms are known at every process, with what has changed in them', async () => {
  const other = await openHouse(stores)
  const ann = await house.enters('ann')
  const secret = await ann.makes('secret', 'private')
  const left = await ann.makes('left behind')
  const bob = await house.enters('bob')
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

test('what has just changed is known while MySQL is down, even if nobody has asked since', async () => {
  const [ann, bob] = [await house.enters('ann'), await house.enters('bob')]
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

test('while the log is down a change of rooms stands, though nobody is told', async () => {
  const ann = await house.enters('ann')
  const room = await ann.makes('garden')
  const bob = await house.enters('bob')
  await stores.redisProcess.kill()
  expect((await bob.asks('PUT', `/api/rooms/${room.id}/members/me`)).body.room?.joined).toBe(true)
  expect(house.untold).toMatchObject([{ room: room.id, user: { name: 'bob' }, notice: { kind: 'joined' } }])
  expect((await bob.asks('DELETE', `/api/rooms/${room.id}/members/me`)).status).toBe(204)
  expect((await bob.asks('GET', `/api/rooms/${room.id}`)).body.room?.joined).toBe(false)
})

test('a leave that Redis was not told of holds as soon as MySQL is asked', async () => {
  const ann = await house.enters('ann')
  const room = await ann.makes('garden')
  expect(await house.memberships.isMember(ann.me.id, room.id)).toBe(true)
  await stores.redisProcess.kill()
  await ann.asks('DELETE', `/api/rooms/${room.id}/members/me`)
  await stores.redisProcess.start()
  await whenReady(house.redis, 5_000)
  expect(await house.memberships.isMember(ann.me.id, room.id)).toBe(false)
})
