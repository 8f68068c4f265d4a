// How often somebody may knock: counted in Redis for all processes, in memory when Redis is away.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rates } from '../../server/protocol/limits.ts'
import { whenReady } from '../../server/redis.ts'
import { openHouse, type Answer, type House } from '../support/front-door.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let house: House
let other: House

beforeAll(async () => {
  stores = await privateStores()
  house = await openHouse(stores, { paced: true })
  other = await openHouse(stores, { paced: true })
})
afterAll(async () => {
  await house.close()
  await other.close()
  await stores.stop()
})

const from = (address: string, at = house) => at.browser({ 'x-forwarded-for': address })
const refused = (answers: Answer[]): Answer[] => answers.filter(({ code }) => code === 'too_many')

test('guesses on one account are counted from wherever they come, at whichever process', async () => {
  await from('192.0.2.1').enters('ann', 'correct horse')
  const answers: Answer[] = []
  for (let n = 0; n < rates.signInAccount.burst + 2; n += 1)
    answers.push(
      await from(`198.51.100.${n}`, n % 2 ? house : other).signsIn(n % 3 ? 'ANN' : 'ann', 'wrong horse'),
    )
  expect(answers.map(({ code }) => code)).toEqual([
    ...Array<string>(rates.signInAccount.burst).fill('wrong_password'),
    'too_many',
    'too_many',
  ])
  expect(answers.at(-1)?.status).toBe(429)
  expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(60)
  // The right password waits as well, or guessing would go on; another account does not.
  expect((await from('192.0.2.2').signsIn('ann', 'correct horse')).code).toBe('too_many')
  expect((await from('192.0.2.2').signsIn('bob', 'correct horse')).code).toBe('wrong_password')
})

test('guesses from one address are counted on whatever account, and an IPv6 home is one address', async () => {
  const guesses = Array.from({ length: rates.signInAddress.burst + 3 }, (_, n) =>
    from(`2001:db8:1:2::${(n + 1).toString(16)}`).signsIn(`somebody ${n}`, 'wrong horse'),
  )
  expect(refused(await Promise.all(guesses))).toHaveLength(3)
  expect((await from('2001:db8:1:3::1').signsIn('somebody else', 'wrong horse')).code).toBe('wrong_password')
})

test('accounts from one address are counted, guests and members alike', async () => {
  const comes = Array.from({ length: rates.signUp.burst + 2 }, (_, n) =>
    from('203.0.113.9').enters(`newcomer ${n}`),
  )
  expect(refused(await Promise.all(comes))).toHaveLength(2)
  expect((await from('203.0.113.9', other).enters('one more', 'correct horse')).code).toBe('too_many')
  expect((await from('203.0.113.10').enters('one more')).status).toBe(201)
})

test('rooms made by one person are counted', async () => {
  const cid = from('192.0.2.3')
  await cid.enters('cid')
  const made = Array.from({ length: rates.createRoom.burst + 1 }, (_, n) =>
    cid.asks('POST', '/api/rooms', { name: `room ${n}`, kind: 'private' }),
  )
  expect(refused(await Promise.all(made))).toHaveLength(1)
  const dan = from('192.0.2.3')
  await dan.enters('dan')
  expect((await dan.makes('dan’s room')).name).toBe('dan’s room')
})

test('the current password cannot be guessed by who holds a session', async () => {
  const eve = from('192.0.2.4')
  await eve.enters('eve', 'correct horse')
  const guesses = Array.from({ length: rates.signInAccount.burst + 1 }, () =>
    eve.asks('PUT', '/api/session/password', { password: 'new horse!', current: 'wrong horse' }),
  )
  expect(refused(await Promise.all(guesses))).toHaveLength(1)
})

test('while Redis is away guesses are still counted', async () => {
  await stores.redisProcess.kill()
  const guesses = Array.from({ length: rates.signInAccount.burst + 2 }, () =>
    from('192.0.2.5').signsIn('fay', 'wrong horse'),
  )
  expect(refused(await Promise.all(guesses))).toHaveLength(2)
  await stores.redisProcess.start()
  await Promise.all([whenReady(house.redis, 5_000), whenReady(other.redis, 5_000)])
})
