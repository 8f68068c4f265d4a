// A forgotten password, by mail: who gets a link, what it does, and that nobody learns whether there is an account.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ResetLinks } from '../../server/identity/reset-links.ts'
import { Tickets } from '../../server/identity/tickets.ts'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import { limits } from '../../server/protocol/limits.ts'
import { rates } from '../../server/protocol/rates.ts'
import type { TotpAnswer } from '../../server/protocol/security.ts'
import { Authenticator } from '../support/authenticator.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { codeIn, MailServer, type Received } from '../support/mail-server.ts'
import { until } from '../support/until.ts'

let server: MailServer
let brook: Brook
beforeAll(async () => {
  server = await MailServer.start()
  brook = await Brook.start({ mail: server.config, publicUrl: new URL('http://localhost'), pacing: true })
})
afterAll(async () => {
  await brook.stop()
  await server.goes()
})
beforeEach(async () => {
  server.refuses = () => undefined
  server.beforeTaking = () => undefined
  for (const key of await brook.redis.keys('*pace:*')) await brook.redis.del(key)
})

const password = 'nine tall green trees'
const next = 'seven small blue boats'
let count = 0
/** Each from an address of their own. */
class Stranger extends Client {
  from = `198.51.100.${(count += 1)}`
  override headers(): Record<string, string> {
    return { 'x-forwarded-for': this.from }
  }
}
const at = (name = 'browser') => new Stranger(brook.servers[0]?.address ?? '', name)
const fresh = (): string => `person${(count += 1)}@example.org`

/** Somebody with an account and a confirmed address. */
async function has(name: string, address = fresh()): Promise<{ client: Client; address: string }> {
  const client = at(name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  expect((await client.ask('PUT', '/api/me/mail', { address, password })).status).toBe(202)
  const code = codeIn(await server.newest(address), 'mail')
  expect((await client.ask('POST', '/api/mail/confirm', { code })).status).toBe(200)
  return { client, address }
}
const asks = (address: string) => at().ask('POST', '/api/mail/forgot', { address })
async function linkFor(address: string): Promise<string> {
  const before = server.to(address).length
  expect((await asks(address)).status).toBe(202)
  return codeIn(await server.newest(address, before), 'reset')
}
const uses = async (reset: string, typed = next) => {
  const answer = await at().ask('POST', '/api/reset', { reset, password: typed })
  return answer.code ?? answer.status
}
const signsIn = async (name: string, typed: string) => {
  const answer = await at().ask('POST', '/api/session', { name, password: typed })
  return answer.code ?? answer.status
}

test('a link by mail sets a new password once, ends every session, and the person is told', async () => {
  const { client, address } = await has('Ann')
  const socket = await client.connects()
  const good = await linkFor(address)
  expect((await at().ask('POST', '/api/reset/person', { reset: good })).body).toEqual({ name: 'Ann' })
  expect(await uses(good)).toBe(200)
  expect(await socket.ended).toBe(4501)
  expect([await signsIn('Ann', password), await signsIn('Ann', next)]).toEqual(['wrong_password', 200])
  expect(await uses(good)).toBe('reset_over')
  const told = await until(() =>
    server.to(address).find(({ mail }) => mail.subject?.includes('was changed') === true),
  )
  expect(told?.text).toContain('signed out on every device')
})

test('the answer is the same for an address that nobody has', async () => {
  const { address } = await has('Bob')
  const changing = ['date', 'keep-alive', 'x-request-id']
  const seen = async (to: string) => {
    const { status, body, headers } = await asks(to)
    return { status, body, headers: [...headers].filter(([name]) => !changing.includes(name)) }
  }
  const [known, unknown] = [await seen(address), await seen('nobody@example.org')]
  expect(unknown).toEqual(known)
  await server.newest(address, 1)
  await until(async () => (await brook.db.rows('SELECT id FROM mails')).length === 0)
  expect(server.to('nobody@example.org')).toEqual([])
  // A rate is of the address, whoever has it; it was also written to when it was set.
  const served = async (to: string) => {
    for (let n = 0; n <= rates.mailTo.burst; n += 1) if ((await seen(to)).status === 429) return n
    return undefined
  }
  expect(await served('nobody@example.org')).toBe(rates.mailTo.burst - 1)
  expect(await served(address)).toBe(rates.mailTo.burst - 2)
  expect((await asks(address)).code).toBe('too_many')
})

test('one address of the network asks only so often, for whomever', async () => {
  const { burst } = rates.askForMail
  const here = at()
  const asksHere = async (address: string) => (await here.ask('POST', '/api/mail/forgot', { address })).status
  for (let n = 0; n < burst; n += 1) expect(await asksHere(`nobody${n}@example.org`)).toBe(202)
  expect(await asksHere('another@example.org')).toBe(429)
  expect((await asks('another@example.org')).status).toBe(202)
})

test('a link is over after half an hour', async () => {
  const { address } = await has('Cho')
  const reset = await linkFor(address)
  let now = Date.now() + limits.mail.resetMs - 60_000
  const links = new ResetLinks(brook.db, new Tickets(brook.db, () => now))
  expect((await links.open(reset))?.person.name).toBe('Cho')
  now += 60_001
  expect(await links.open(reset)).toBeUndefined()
})

test('the second factor is still asked for', async () => {
  const { client, address } = await has('Dia')
  await factorFor(client)
  expect(await uses(await linkFor(address))).toBe(200)
  expect(await signsIn('Dia', next)).toBe('second_factor_needed')
})

async function factorFor(client: Client): Promise<void> {
  const { ticket, secret } = (await client.ask<TotpAnswer>('POST', '/api/security/totp', { password })).body
  const code = new Authenticator(secret).next()
  expect((await client.ask('PUT', '/api/security/totp', { ticket, code })).status).toBe(200)
}

test('an administrator is reset by mail only with a second factor', async () => {
  const { client, address } = await has('Eve')
  const early = await linkFor(address)
  await brook.makesAdmin({ user: await client.me() })
  expect(await uses(early)).toBe('reset_over')
  expect(await linkFor(address)).toBe('')
  expect(server.to(address).at(-1)?.text).toContain('npx brook admin reset')
  await factorFor(client)
  expect(await uses(await linkFor(address))).toBe(200)
  expect(await signsIn('Eve', next)).toBe('second_factor_needed')
  const { body } = await (await administrator()).ask<AuditAnswer>('GET', '/api/admin/audit?kind=reset_mailed')
  expect(body.entries.at(-1)).toMatchObject({
    by: null,
    address: expect.stringContaining('198.51.100.') as string,
    about: { person: { name: 'Eve' } },
  })
})

async function administrator(): Promise<Client> {
  const { client } = await has(`Root ${(count += 1)}`)
  await brook.makesAdmin({ user: await client.me() })
  return client
}

test('a link that came late is good from then on, and is the same at each attempt', async () => {
  const { address } = await has('Fay')
  const seen: Received[] = []
  server.beforeTaking = (mail) => {
    seen.push(mail)
    if (seen.length === 1) throw Object.assign(new Error('later'), { responseCode: 451 })
  }
  expect((await asks(address)).status).toBe(202)
  await until(() => seen.length === 1)
  // Hours later.
  await until(async () => (await brook.db.rows('SELECT id FROM mails WHERE failures = 1')).length === 1)
  await brook.db.run("UPDATE identity_tickets SET expires_at = NOW(3) - INTERVAL 1 HOUR WHERE kind = 'reset'")
  await brook.db.run('UPDATE mails SET due_at = NOW(3) - INTERVAL 1 SECOND')
  const reset = codeIn(await server.newest(address, 1), 'reset')
  expect(codeIn(seen[0] as Received, 'reset')).toBe(reset)
  expect(seen[0]?.mail.messageId).toBe(seen[1]?.mail.messageId)
  expect(await uses(reset)).toBe(200)
})

test('a link that was used is not made again by another attempt', async () => {
  const { address } = await has('Gus')
  let first: Received | undefined
  server.beforeTaking = (mail) => {
    first ??= mail
    throw Object.assign(new Error('later'), { responseCode: 451 })
  }
  expect((await asks(address)).status).toBe(202)
  await until(async () => (await brook.db.rows('SELECT id FROM mails WHERE failures = 1')).length === 1)
  const reset = codeIn(first as unknown as Received, 'reset')
  server.beforeTaking = () => undefined
  expect(await uses(reset)).toBe(200)
  expect(await brook.db.rows("SELECT id FROM mails WHERE kind = 'forgot'")).toEqual([])
  expect(await uses(reset)).toBe('reset_over')
})

test('without a mail server there are no such routes, and the workspace says so', async () => {
  const plain = await Brook.start()
  const client = new Client(plain.servers[0]?.address ?? '', 'browser')
  expect((await client.ask('POST', '/api/mail/forgot', { address: 'a@example.org' })).status).toBe(404)
  expect((await client.ask<{ mail: boolean }>('GET', '/api/workspace')).body.mail).toBe(false)
  expect((await at().ask<{ mail: boolean }>('GET', '/api/workspace')).body.mail).toBe(true)
  await plain.stop()
})
