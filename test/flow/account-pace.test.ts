// Rate limits of sign-ins and sign-ups: counted in Redis for all processes, in memory while Redis is down.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rates } from '../../server/protocol/rates.ts'
import { openTestServer, type Answer, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let server: TestServer
let other: TestServer

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores, { paced: true })
  other = await openTestServer(stores, { paced: true })
})
afterAll(async () => {
  await server.close()
  await other.close()
  await stores.stop()
})

const from = (address: string, at = server) => at.browser({ 'x-forwarded-for': address })
const refused = (answers: Answer[]): Answer[] => answers.filter(({ code }) => code === 'too_many')

test('guesses on one account are counted together, from any address and on any process', async () => {
  await from('192.0.2.1').enters('ann', 'correct horse')
  const answers: Answer[] = []
  for (let n = 0; n < rates.signInAccount.burst + 2; n += 1)
    answers.push(
      await from(`198.51.100.${n}`, n % 2 ? server : other).signsIn(n % 3 ? 'ANN' : 'ann', 'wrong horse'),
    )
  expect(answers.map(({ code }) => code)).toEqual([
    ...Array<string>(rates.signInAccount.burst).fill('wrong_password'),
    'too_many',
    'too_many',
  ])
  expect(answers.at(-1)?.status).toBe(429)
  expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(60)
  // The right password has to wait too, or guessing would go on; another account does not.
  expect((await from('192.0.2.2').signsIn('ann', 'correct horse')).code).toBe('too_many')
  expect((await from('192.0.2.2').signsIn('bob', 'correct horse')).code).toBe('wrong_password')
})

test('guesses from one address are counted over all accounts, and an IPv6 home is one address', async () => {
  const guesses = Array.from({ length: rates.signInAddress.burst + 3 }, (_, n) =>
    from(`2001:db8:1:2::${(n + 1).toString(16)}`).signsIn(`somebody ${n}`, 'wrong horse'),
  )
  // Two are looked at at the same time.
  expect([2, 3]).toContain(refused(await Promise.all(guesses)).length)
  expect((await from('2001:db8:1:2::9').signsIn('anybody', 'wrong horse')).code).toBe('too_many')
  expect((await from('2001:db8:1:3::1').signsIn('somebody else', 'wrong horse')).code).toBe('wrong_password')
})

test('new accounts from one address are counted, guests and members alike', async () => {
  const comes = Array.from({ length: rates.signUp.burst + 2 }, (_, n) =>
    from('203.0.113.9').enters(`newcomer ${n}`),
  )
  expect(refused(await Promise.all(comes))).toHaveLength(2)
  expect((await from('203.0.113.9', other).enters('one more', 'correct horse')).code).toBe('too_many')
  expect((await from('203.0.113.10').enters('one more')).status).toBe(201)
})

test('right passwords do not count, however many come from one address at once', async () => {
  await from('192.0.2.20').enters('fay', 'correct horse')
  const school = Array.from({ length: rates.signInAddress.burst + 10 }, (_, n) => n)
  // Ten of a class at a time, for an account counts what is not answered yet.
  for (let n = 0; n < school.length; n += 5)
    expect(
      refused(
        await Promise.all(
          school.slice(n, n + 5).map(() => from('192.0.2.21').signsIn('fay', 'correct horse')),
        ),
      ),
    ).toEqual([])
  const fay = from('192.0.2.22')
  await fay.signsIn('fay', 'correct horse')
  for (let n = 0; n < rates.signInAccount.burst + 2; n += 1) {
    const [password, current] =
      n % 2 ? ['correct horse', 'wrought iron gates'] : ['wrought iron gates', 'correct horse']
    expect((await fay.asks('PUT', '/api/session/password', { password, current })).status).toBe(200)
  }
})

test('a sign-up that comes to nothing does not count, but a name that is tried out does', async () => {
  const class7 = from('192.0.2.30')
  await class7.enters('gus', 'correct horse')
  for (let n = 0; n < rates.signUp.burst; n += 1)
    expect((await class7.enters(`pupil ${n}`, 'password')).code).toBe('common_password')
  for (let n = 1; n < rates.signUp.burst; n += 1) expect((await class7.enters('gus')).code).toBe('name_taken')
  const late = await class7.enters('hal')
  expect(late.code).toBe('too_many')
  expect(late.body.error?.message).toMatch(/^Too many requests. Try again in (60|59) minutes.$/)
  expect(late.body.error?.retryAfterMs).toBeGreaterThan(59 * 60_000)
})

test('trusted networks share no rate, and the numbers can be set', async () => {
  const entry = { signUps: 2, signInFailures: 1, trustedNets: '10.7.0.0/16,2001:db8:7::/48' }
  const third = await openTestServer(stores, { paced: true, entry })
  for (const address of ['10.7.3.4', '2001:db8:7:1::1', '::ffff:10.7.3.5'])
    for (let n = 0; n < 3; n += 1) {
      const pupil = `${address.slice(-3)} pupil ${n}`.replace(/[:.]/g, ' ')
      expect((await from(address, third).enters(pupil)).status, address).toBe(201)
      expect((await from(address, third).signsIn(`nobody ${pupil}`, 'wrong horse')).code).toBe(
        'wrong_password',
      )
    }
  const knocking = Array.from({ length: rates.knock.burst + 20 }, () => from('10.7.3.4', third).enters(' '))
  expect(new Set((await Promise.all(knocking)).map(({ code }) => code))).toEqual(new Set(['bad_name']))
  const codes: (string | undefined)[] = []
  for (let n = 0; n < 3; n += 1) codes.push((await from('10.8.0.1', third).enters(`guest ${n}`)).code)
  for (let n = 0; n < 2; n += 1)
    codes.push((await from('10.8.0.1', third).signsIn(`no one ${n}`, 'wrong horse')).code)
  expect(codes).toEqual([undefined, undefined, 'too_many', 'wrong_password', 'too_many'])
  await third.close()
})

test('rooms created by one person are counted', async () => {
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

test('a person with a session cannot guess the current password', async () => {
  const eve = from('192.0.2.4')
  await eve.enters('eve', 'correct horse')
  const guesses = Array.from({ length: rates.signInAccount.burst + 1 }, () =>
    eve.asks('PUT', '/api/session/password', { password: 'new horse!', current: 'wrong horse' }),
  )
  expect(refused(await Promise.all(guesses))).toHaveLength(1)
})

test('while Redis is down, guesses are still counted', async () => {
  await stores.redisProcess.kill()
  const guesses = Array.from({ length: rates.signInAccount.burst + 2 }, () =>
    from('192.0.2.5').signsIn('fay', 'wrong horse'),
  )
  expect(refused(await Promise.all(guesses))).toHaveLength(2)
  await stores.redisProcess.start()
  await Promise.all([server.redis.ready(5_000), other.redis.ready(5_000)])
})

test('who is refused at the door takes nobody’s turn; a flood at the door waits', async () => {
  const address = '203.0.113.77'
  const tries = 2 * rates.signUp.burst
  await server.db.run("INSERT INTO workspace (one, name, sign_up, guests) VALUES (1, 'Brook', 'invite', 1)")
  const outside = await Promise.all(
    Array.from({ length: tries }, (_, n) => from(address).enters(`outsider ${n}`)),
  )
  expect(new Set(outside.map(({ code }) => code))).toEqual(new Set(['invite_needed']))
  await server.db.run("UPDATE workspace SET sign_up = 'open'")
  expect((await from(address).enters('insider')).status).toBe(201)
  const flood = Array.from({ length: rates.knock.burst }, (_, n) => from(address).enters(`flood ${n}`))
  expect((await Promise.all(flood)).some(({ headers }) => Number(headers['retry-after']) <= 2)).toBe(true)
})
