// While a store is down, signed-in people stay signed in, and a revocation is not forgotten.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openTestServer, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let server: TestServer
let clock = Date.now()

beforeEach(async () => {
  stores = await privateStores()
  server = await openTestServer(stores, { now: () => clock })
})
afterEach(async () => {
  await server.close()
  await stores.stop()
})

test('while MySQL is down, signed-in people stay signed in, for hours and on every process', async () => {
  const other = await openTestServer(stores, { now: () => clock })
  const ann = await server.enters('ann')
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  await stores.mariadbProcess.kill()
  clock += 12 * 60 * 60_000
  expect((await ann.asks('GET', '/api/session')).body.user).toEqual(ann.me)
  const elsewhere = other.browser()
  elsewhere.cookie = ann.cookie
  expect((await elsewhere.asks('GET', '/api/session')).body.user).toEqual(ann.me)
  await other.close()
})

test('while MySQL is frozen, no request waits for its full timeout, and waits do not add up', async () => {
  const ann = await server.enters('ann')
  await ann.asks('GET', '/api/session')
  stores.mariadbProcess.pause()
  // Three times a query's own timeout is longer than this test may take.
  for (let n = 0; n < 3; n += 1) {
    clock += 61_000
    expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  }
  stores.mariadbProcess.resume()
})

test('while MySQL is down, an endpoint that needs it says so and asks for a retry', async () => {
  const ann = await server.enters('ann')
  await ann.asks('GET', '/api/session')
  await stores.mariadbProcess.kill()
  const requests = [
    server.browser().enters('bob'),
    server.browser().signsIn('ann', 'correct horse'),
    ann.asks('PUT', '/api/session/password', { password: 'correct horse' }),
    ann.asks('GET', '/api/sessions'),
    ann.asks('DELETE', '/api/session'),
  ]
  for (const answer of await Promise.all(requests)) {
    expect(answer).toMatchObject({ status: 503, code: 'unavailable' })
    expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0)
  }
  // A token that Redis does not know is not reported as signed out, because nobody can tell.
  const stranger = server.browser()
  stranger.cookie = `brook=${'A'.repeat(43)}`
  expect((await stranger.asks('GET', '/api/session')).code).toBe('unavailable')
})

test('while Redis is down, people sign in, stay signed in, and sign out', async () => {
  await stores.redisProcess.kill()
  const ann = await server.enters('ann')
  expect(ann.user?.name).toBe('ann')
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  const token = ann.cookie
  expect((await ann.asks('DELETE', '/api/session')).status).toBe(204)
  ann.cookie = token
  expect((await ann.asks('GET', '/api/session')).status).toBe(401)
})

test('a session that ended while Redis was down ends everywhere within a minute of its return', async () => {
  const ann = await server.enters('ann')
  await ann.asks('GET', '/api/session')
  const token = ann.cookie
  await stores.redisProcess.kill()
  expect((await ann.asks('DELETE', '/api/session')).status).toBe(204)
  await stores.redisProcess.start()
  ann.cookie = token
  await server.redis.ready(5_000)
  // Guard: Redis is back and still has the session.
  expect((await ann.asks('GET', '/api/session')).status).toBe(200)
  clock += 61_000
  expect((await ann.asks('GET', '/api/session')).status).toBe(401)
})
