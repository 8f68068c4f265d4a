// A second factor: setting it up, signing in with it, recovery codes, and administrators who need one.
import { Secret, TOTP } from 'otpauth'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { SecondFactors } from '../../server/identity/second-factors.ts'
import { limits } from '../../server/protocol/limits.ts'
import { rates } from '../../server/protocol/rates.ts'
import type { RecoveryCodesAnswer, TotpAnswer } from '../../server/protocol/security.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'

let brook: Brook
beforeAll(async () => {
  // In the middle of a time step, and it stays there: no test is between two.
  vi.useFakeTimers({ toFake: ['Date'], now: Math.floor(Date.now() / 30_000) * 30_000 + 15_000 })
  brook = await Brook.start({ pacing: true, entry: { signUps: 1_000 } })
})
afterAll(async () => {
  vi.useRealTimers()
  await brook.stop()
})
beforeEach(async () => {
  for (const key of await brook.redis.keys('*pace:*')) await brook.redis.del(key)
})

const password = 'nine tall green trees'
let count = 0

async function signsUp(name = `person ${(count += 1)}`): Promise<Client> {
  const client = new Client(brook.servers[0]?.address ?? '', name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  return client
}

/** The code of an authenticator app, so many steps from now. */
const codeOf = (secret: string, steps = 0): string =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 })

async function begins(client: Client): Promise<TotpAnswer> {
  const begun = await client.ask<TotpAnswer>('POST', '/api/security/totp', { password })
  expect(begun.status).toBe(201)
  return begun.body
}

/** Sets it up by the code before this one, so that the next two are still to be used. */
async function setsUp(client: Client): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { ticket, secret } = await begins(client)
  const body = { ticket, code: codeOf(secret, -1) }
  const done = await client.ask<RecoveryCodesAnswer>('PUT', '/api/security/totp', body)
  expect(done.status).toBe(200)
  return { secret, recoveryCodes: done.body.recoveryCodes }
}

/** A new browser in which the password was right. */
async function begun(name: string): Promise<{ client: Client; ticket: string }> {
  const client = new Client(brook.servers[0]?.address ?? '', name)
  const answer = await client.ask<{ error: { ticket: string } }>('POST', '/api/session', { name, password })
  expect([answer.status, answer.code]).toEqual([401, 'second_factor_needed'])
  return { client, ticket: answer.body.error.ticket }
}

/** Answers 200, or the code of the refusal. */
async function signsIn(name: string, code: string): Promise<string | number> {
  const { client, ticket } = await begun(name)
  const answer = await client.ask('POST', '/api/session/second-factor', { ticket, code })
  return answer.code ?? answer.status
}

test('an address that is banned keeps no administrator out, with a second factor neither; everybody else it does', async () => {
  const from = async (path: string, body: object) => {
    const headers = { 'x-forwarded-for': '203.0.113.9', 'content-type': 'application/json' }
    const request = { method: 'POST', headers, body: JSON.stringify(body) }
    const answer = await fetch(`${brook.servers[0]?.address}${path}`, request)
    const { error } = (await answer.json()) as { error?: { code: string; ticket?: string } }
    return { code: error?.code ?? answer.status, ticket: error?.ticket }
  }
  const [root, ann] = [await signsUp(), await signsUp()]
  const [of, ofAnn] = [await setsUp(root), await setsUp(ann)]
  await brook.makesAdmin({ user: await root.me() })
  const { ticket: early } = await begun(ann.name)
  expect((await root.ask('POST', '/api/admin/bans', { address: '203.0.113.0/24' })).status).toBe(201)
  const { code, ticket } = await from('/api/session', { name: root.name, password })
  expect(code).toBe('second_factor_needed')
  const second = '/api/session/second-factor'
  expect((await from(second, { ticket, code: codeOf(of.secret) })).code).toBe(200)
  expect((await from('/api/session', { name: ann.name, password })).code).toBe('banned')
  expect((await from(second, { ticket: early, code: codeOf(ofAnn.secret) })).code).toBe('banned')
  expect((await from(second, { ticket: 'x'.repeat(22), code: '123456' })).code).toBe('ticket_over')
  const { body } = await root.ask<{ bans: { id: string }[] }>('GET', '/api/admin/bans')
  for (const { id } of body.bans) await root.ask('DELETE', `/api/admin/bans/${id}`)
})

test('a second factor counts once a code has confirmed it, and then signing in needs one', async () => {
  const ann = await signsUp()
  const phone = new Client(ann.address, ann.name)
  expect((await phone.ask('POST', '/api/session', { name: ann.name, password })).status).toBe(200)
  const { ticket, secret, uri } = await begins(ann)
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  expect(new URL(uri).searchParams.get('secret')).toBe(secret)
  expect(decodeURIComponent(new URL(uri).pathname)).toContain(`Brook:${ann.name}`)
  const confirm = (code: string) =>
    ann.ask<RecoveryCodesAnswer>('PUT', '/api/security/totp', { ticket, code })
  expect((await confirm(codeOf(secret, 5))).code).toBe('wrong_code')
  expect(
    (await new Client(ann.address, '').ask('POST', '/api/session', { name: ann.name, password })).status,
  ).toBe(200)
  const before = ann.cookie
  const done = await confirm(codeOf(secret, -1))
  expect(new Set(done.body.recoveryCodes).size).toBe(limits.identity.recoveryCodes)
  expect((await confirm(codeOf(secret))).code).toBe('ticket_over')
  // The token that was there before is good no more, nor are other sessions.
  expect(ann.cookie).not.toBe(before)
  expect((await ann.ask('GET', '/api/security')).body).toMatchObject({ hasPassword: true, recoveryCodes: 10 })
  expect((await phone.ask('GET', '/api/rooms')).status).toBe(401)
  const old = new Client(ann.address, '')
  old.cookie = before
  expect((await old.ask('GET', '/api/rooms')).status).toBe(401)
  expect(await signsIn(ann.name, codeOf(secret))).toBe(200)
})

test('a code is good once, and no older one after it; not even for many at once', async () => {
  const ann = await signsUp()
  const { secret } = await setsUp(ann)
  const all = await Promise.all(Array.from({ length: 5 }, () => begun(ann.name)))
  const answers = await Promise.all(
    all.map(({ client, ticket }) =>
      client.ask('POST', '/api/session/second-factor', { ticket, code: codeOf(secret) }),
    ),
  )
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401])
  expect(await signsIn(ann.name, codeOf(secret))).toBe('wrong_code')
  const noted = await brook.db.rows<{ about: string }>(
    "SELECT about FROM audit WHERE kind = 'sign_in_failed'",
  )
  const names = noted.map(({ about }) => (JSON.parse(about) as { person?: { name: string } }).person?.name)
  expect(names).toContain(ann.name)
  expect(await signsIn(ann.name, codeOf(secret, 1))).toBe(200)
  expect(await signsIn(ann.name, codeOf(secret))).toBe('wrong_code')
})

test('a ticket is good once, for some minutes, and for its account alone', async () => {
  const [ann, bob] = [await signsUp(), await signsUp()]
  const { secret, recoveryCodes } = await setsUp(ann)
  const other = await setsUp(bob)
  const { client, ticket } = await begun(ann.name)
  const send = async (body: object) => {
    const answer = await client.ask('POST', '/api/session/second-factor', body)
    return answer.code ?? answer.status
  }
  expect(await send({ ticket, code: codeOf(other.secret) })).toBe('wrong_code')
  expect(await send({ ticket, code: other.recoveryCodes[0] })).toBe('wrong_code')
  expect(await send({ ticket: 'A'.repeat(22), code: codeOf(secret) })).toBe('ticket_over')
  expect(await send({ ticket, code: codeOf(secret) })).toBe(200)
  expect(await send({ ticket, code: codeOf(secret, 1) })).toBe('ticket_over')
  const late = await begun(ann.name)
  await brook.db.run('UPDATE identity_tickets SET expires_at = ?', [new Date(Date.now() - 1)])
  expect(await send({ ticket: late.ticket, code: recoveryCodes[0] })).toBe('ticket_over')
})

test('a recovery code is good once, however it is typed; new ones end those before', async () => {
  const ann = await signsUp()
  const { recoveryCodes } = await setsUp(ann)
  const [first = '', second = '', third = ''] = recoveryCodes
  // 31 letters: more than 128 random bits.
  expect(first).toMatch(/^([a-hj-km-np-z2-9]{4}-){6}[a-hj-km-np-z2-9]{4}$/)
  expect(await signsIn(ann.name, first)).toBe(200)
  expect(await signsIn(ann.name, first)).toBe('wrong_code')
  expect(await signsIn(ann.name, ` ${second.toUpperCase().replaceAll('-', ' ')} `)).toBe(200)
  expect((await ann.ask('GET', '/api/security')).body).toMatchObject({ recoveryCodes: 8 })
  const renew = (typed: string) =>
    ann.ask<RecoveryCodesAnswer>('POST', '/api/security/recovery-codes', { password: typed })
  expect((await renew('not this one')).code).toBe('wrong_password')
  const renewed = await renew(password)
  expect(await signsIn(ann.name, third)).toBe('wrong_code')
  expect(await signsIn(ann.name, renewed.body.recoveryCodes[0] ?? '')).toBe(200)
  const kept = await brook.db.rows<{ all: string }>(
    'SELECT GROUP_CONCAT(HEX(code_hash)) AS `all` FROM recovery_codes',
  )
  expect(kept[0]?.all).not.toContain(Buffer.from(third).toString('hex').toUpperCase())
})

test('wrong codes count as wrong passwords do, on the account and from an address', async () => {
  const ann = await signsUp()
  const { secret } = await setsUp(ann)
  const { client, ticket } = await begun(ann.name)
  const guess = async () =>
    (await client.ask('POST', '/api/session/second-factor', { ticket, code: '000000' })).code
  // One after the other, then as many as fit, then none.
  const half = rates.signInAccount.burst / 2
  for (let n = 0; n < half; n += 1) expect(await guess()).toBe('wrong_code')
  const all = await Promise.all(Array.from({ length: 3 * half }, guess))
  expect(all.filter((code) => code === 'wrong_code')).toHaveLength(half)
  expect(all.filter((code) => code === 'too_many')).toHaveLength(2 * half)
  const right = { ticket, code: codeOf(secret) }
  expect((await client.ask('POST', '/api/session/second-factor', right)).code).toBe('too_many')
  expect((await client.ask('POST', '/api/session', { name: ann.name, password })).code).toBe('too_many')
})

test('it is removed, set up again and renewed with the password alone', async () => {
  const ann = await signsUp()
  const { secret } = await setsUp(ann)
  expect((await ann.ask('DELETE', '/api/security/totp', { password: 'not this one' })).code).toBe(
    'wrong_password',
  )
  expect((await ann.ask('POST', '/api/security/totp', { password: 'not this one' })).code).toBe(
    'wrong_password',
  )
  // Another app in its place: until it is confirmed, the one before is good.
  const next = await begins(ann)
  expect(await signsIn(ann.name, codeOf(secret))).toBe(200)
  const body = { ticket: next.ticket, code: codeOf(next.secret) }
  expect((await ann.ask('PUT', '/api/security/totp', body)).status).toBe(200)
  expect(await signsIn(ann.name, codeOf(secret, 1))).toBe('wrong_code')
  expect((await ann.ask('DELETE', '/api/security/totp', { password })).status).toBe(204)
  expect((await ann.ask('DELETE', '/api/security/totp', { password })).code).toBe('no_second_factor')
  expect((await ann.ask('POST', '/api/security/recovery-codes', { password })).code).toBe('no_second_factor')
  const again = new Client(ann.address, ann.name)
  expect((await again.ask('POST', '/api/session', { name: ann.name, password })).status).toBe(200)
})

test('nobody confirms what somebody else has begun, and a guest sets a password first', async () => {
  const [ann, bob] = [await signsUp(), await signsUp()]
  const { ticket, secret } = await begins(ann)
  const stolen = await bob.ask('PUT', '/api/security/totp', { ticket, code: codeOf(secret) })
  expect(stolen.code).toBe('ticket_over')
  const guest = new Client(ann.address, 'gus')
  await guest.ask('POST', '/api/guests', { name: guest.name })
  expect((await guest.ask('POST', '/api/security/totp', { password })).code).toBe('password_needed')
})

test('a wrong password tells nothing of a second factor', async () => {
  const ann = await signsUp()
  await setsUp(ann)
  const of = async (name: string) => {
    const answer = await new Client(ann.address, name).ask('POST', '/api/session', {
      name,
      password: 'wrong',
    })
    return [answer.status, answer.body]
  }
  expect(await of(ann.name)).toEqual(await of('nobody here'))
})

test('administrators who need a second factor and have none can reach nothing but setting it up', async () => {
  const [root, ada] = [await signsUp(), await signsUp()]
  for (const one of [root, ada]) await brook.makesAdmin({ user: await one.me() })
  const require = (adminsNeedFactor: boolean) => root.ask('PUT', '/api/admin/security', { adminsNeedFactor })
  // Whoever asks for it would lock themselves out.
  expect((await require(true)).code).toBe('no_second_factor')
  await setsUp(root)
  const socket = await ada.connects()
  expect((await require(true)).body).toEqual({ adminsNeedFactor: true })
  expect((await root.ask('GET', '/api/rooms')).status).toBe(200)
  expect(await socket.ended).toBe(4501)
  const closed = [
    await ada.ask('GET', '/api/rooms'),
    await ada.ask('GET', '/api/invites'),
    await ada.ask('PUT', '/api/session/password', { password: 'x', current: 'y' }),
    await ada.ask('PUT', '/api/admin/security', { adminsNeedFactor: false }),
  ]
  expect(closed.map(({ code }) => code)).toEqual(Array(4).fill('second_factor_required'))
  await expect(ada.connects()).rejects.toThrow('403')
  expect((await ada.ask('GET', '/api/session')).body).toMatchObject({ needs: 'second_factor' })
  expect((await ada.ask('GET', '/api/workspace')).status).toBe(200)
  // Other people need none, and whoever has set it up is where they were.
  expect((await (await signsUp()).ask('GET', '/api/rooms')).status).toBe(200)
  await setsUp(ada)
  expect((await ada.ask('GET', '/api/rooms')).status).toBe(200)
  expect((await ada.ask('GET', '/api/session')).body).not.toHaveProperty('needs')
  expect((await ada.ask('DELETE', '/api/security/totp', { password })).status).toBe(204)
  expect((await ada.ask('GET', '/api/rooms')).code).toBe('second_factor_required')
  await setsUp(ada)
  expect((await ada.ask('PUT', '/api/admin/security', { adminsNeedFactor: false })).status).toBe(200)
  expect((await (await signsUp()).ask('GET', '/api/admin/security')).status).toBe(404)
})

test('a clock that has gone back makes no used code good again', async () => {
  const ann = await signsUp()
  const { secret } = await setsUp(ann)
  const { id } = await ann.me()
  const later = new SecondFactors(brook.db, () => Date.now() + 60_000)
  const now = new SecondFactors(brook.db)
  const use = (factors: SecondFactors, code: string) =>
    brook.db.transaction((tx) => factors.use(tx, id, code))
  expect(await use(later, codeOf(secret, 2))).toBe(true)
  expect(await use(now, codeOf(secret, 1))).toBe(false)
  expect(await use(now, codeOf(secret))).toBe(false)
})
