// What holds while a store is away: who is signed in stays so, and a revocation is not forgotten.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whenReady } from '../../server/redis.ts'
import { openHouse, type House } from '../support/front-door.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let house: House
let clock = Date.now()

beforeEach(async () => {
  stores = await privateStores()
  house = await openHouse(stores, { now: () => clock })
})
afterEach(async () => {
  await house.close()
  await stores.stop()
})

test('while MySQL is down signed-in people stay signed in, for hours and at every process', async () => {
  const other = await openHouse(stores, { now: () => clock })
  const ann = await house.enters('ann')
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  await stores.mariadbProcess.kill()
  clock += 12 * 60 * 60_000
  expect((await ann.asks('GET', '/api/session')).body.user).toEqual(ann.me)
  const elsewhere = other.browser()
  elsewhere.cookie = ann.cookie
  expect((await elsewhere.asks('GET', '/api/session')).body.user).toEqual(ann.me)
  await other.close()
})

test('while MySQL is frozen nobody waits for its own timeout, let alone one after the other', async () => {
  const ann = await house.enters('ann')
  await ann.asks('GET', '/api/session')
  stores.mariadbProcess.pause()
  // Three times a query's own timeout is longer than this test may take.
  for (let n = 0; n < 3; n += 1) {
    clock += 61_000
    expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  }
  stores.mariadbProcess.resume()
})

test('while MySQL is down a door that needs it says so and asks to come back', async () => {
  const ann = await house.enters('ann')
  await ann.asks('GET', '/api/session')
  await stores.mariadbProcess.kill()
  const doors = [
    house.browser().enters('bob'),
    house.browser().signsIn('ann', 'correct horse'),
    ann.asks('PUT', '/api/session/password', { password: 'correct horse' }),
    ann.asks('GET', '/api/sessions'),
    ann.asks('DELETE', '/api/session'),
  ]
  for (const answer of await Promise.all(doors)) {
    expect(answer).toMatchObject({ status: 503, code: 'unavailable' })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  }
  // A token that Redis does not know is not called signed out, for nobody can tell.
  const stranger = house.browser()
  stranger.cookie = `brook=${'A'.repeat(43)}`
  expect((await stranger.asks('GET', '/api/session')).code).toBe('unavailable')
})

test('while Redis is down people come in, are known, and go', async () => {
  await stores.redisProcess.kill()
  const ann = await house.enters('ann')
  expect(ann.user?.name).toBe('ann')
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  const token = ann.cookie
  expect((await ann.asks('DELETE', '/api/session')).status).toBe(204)
  ann.cookie = token
  expect((await ann.asks('GET', '/api/session')).status).toBe(401)
})

test('a session ended while Redis could not be told ends within a minute of its return', async () => {
  const ann = await house.enters('ann')
  await ann.asks('GET', '/api/session')
  const token = ann.cookie
  await stores.redisProcess.kill()
  expect((await ann.asks('DELETE', '/api/session')).status).toBe(204)
  await stores.redisProcess.start()
  ann.cookie = token
  await whenReady(house.redis, 5_000)
  // Guard: Redis is back and still believes in the session.
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  clock += 61_000
  expect((await ann.asks('GET', '/api/session')).status).toBe(401)
})
