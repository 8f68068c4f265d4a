// People with an address at certain domains come in by themselves: they ask, get a link, and make their account with it.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { WorkspaceSeen } from '../../server/protocol/workspace.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { codeIn, MailServer } from '../support/mail-server.ts'

let server: MailServer
let brook: Brook
let root: Client
beforeAll(async () => {
  server = await MailServer.start()
  brook = await Brook.start({ mail: server.config, publicUrl: new URL('http://localhost') })
  root = at('Root')
  await root.ask('POST', '/api/users', { name: 'Root', password })
  await brook.makesAdmin({ user: await root.me() })
})
afterAll(async () => {
  await brook.stop()
  await server.goes()
})
beforeEach(() => settings({ signUp: 'invite', mailDomains: ['example.org'] }))

const password = 'nine tall green trees'
let count = 0
const at = (name = 'browser') => new Client(brook.servers[0]?.address ?? '', name)
const fresh = (domain = 'example.org'): string => `person${(count += 1)}@${domain}`
const changes = async (body: object) => {
  const answer = await root.ask<WorkspaceSeen>('PATCH', '/api/workspace', body)
  return answer.code ?? answer.body.mailDomains
}
const settings = async (body: object) =>
  expect((await root.ask('PATCH', '/api/workspace', body)).status).toBe(200)
const asks = async (address: string) => {
  const answer = await at().ask('POST', '/api/mail/join', { address })
  return answer.code ?? answer.status
}
async function linkFor(address: string): Promise<string> {
  const before = server.to(address).length
  expect(await asks(address)).toBe(202)
  return codeIn(await server.newest(address, before), 'mail')
}
const enters = async (code: string, name = `Person ${(count += 1)}`, client = at()) => {
  const answer = await client.ask('POST', '/api/mail/enter', { code, name, password })
  return answer.code ?? answer.status
}

test('whoever has an address there asks, gets a link, and comes in with it; the address is theirs', async () => {
  const address = fresh()
  const code = await linkFor(address)
  expect((await at().ask('POST', '/api/mail/link', { code })).body).toEqual({
    kind: 'join',
    address,
    name: '',
  })
  // What is refused leaves the link good.
  expect(await enters(code, 'Root')).toBe('name_taken')
  const ann = at('Ann')
  expect(await enters(code, 'Ann', ann)).toBe(201)
  expect(await ann.me()).toMatchObject({ name: 'Ann', guest: false, admin: false })
  expect((await ann.ask('GET', '/api/me/mail')).body).toEqual({ address, pending: null })
  expect(await enters(code)).toBe('mail_over')
  // By no other way.
  expect((await at().ask('POST', '/api/users', { name: 'Eve', password })).code).toBe('invite_needed')
})

test('a link is for one account, of a hundred at once', async () => {
  const code = await linkFor(fresh())
  const all = await Promise.all(Array.from({ length: 20 }, (_, n) => enters(code, `Many ${n}`)))
  expect(all.filter((one) => one === 201)).toHaveLength(1)
  expect(all.filter((one) => one === 'mail_over')).toHaveLength(19)
})

test('whoever has an account already is told so by mail, and nobody else is', async () => {
  const address = fresh()
  expect(await enters(await linkFor(address), 'Bob')).toBe(201)
  expect(await linkFor(address)).toBe('')
  expect(server.to(address).at(-1)?.text).toContain('“Bob”')
})

test.each([
  ['example.org', 'example.org', true],
  ['example.org', 'EXAMPLE.org', true],
  ['example.org', 'mail.example.org', false],
  ['example.org', 'example.org.evil.example', false],
  ['example.org', 'notexample.org', false],
  ['*.example.org', 'mail.example.org', true],
  ['*.example.org', 'a.b.example.org', true],
  ['*.example.org', 'example.org', false],
  ['*.example.org', 'notexample.org', false],
  ['bücher.example', 'xn--bcher-kva.example', true],
  ['xn--bcher-kva.example', 'BÜCHER.example', true],
  ['例子.公司', '例子.公司', true],
])('where %s lets people in, %s does: %s', async (rule, domain, isIn) => {
  await settings({ mailDomains: [rule] })
  expect(await asks(fresh(domain))).toBe(isIn ? 202 : 'mail_domain')
})

test('administrators list domains, each once, as people write them', async () => {
  expect(await changes({ mailDomains: [' Example.ORG ', 'example.org', '*.xn--bcher-kva.example'] })).toEqual(
    ['example.org', '*.bücher.example'],
  )
  expect((await at().ask<WorkspaceSeen>('GET', '/api/workspace')).body.mailDomains).toHaveLength(2)
  for (const bad of [
    '',
    'org',
    '*',
    '*.',
    'ann@example.org',
    'https://example.org',
    '192.0.2.1',
    'a b.org',
    '*.*.org',
  ])
    expect([bad, await changes({ mailDomains: [bad] })]).toEqual([bad, 'bad_mail_domain'])
  const many = Array.from({ length: 51 }, (_, n) => `example${n}.org`)
  expect(await changes({ mailDomains: many })).toBe('bad_mail_domain')
  expect(await changes({ mailDomains: many.slice(1) })).toHaveLength(50)
  expect(await changes({ name: 'Garden' })).toHaveLength(50)
  expect(await changes({ mailDomains: [] })).toEqual([])
  expect(await asks(fresh('example1.org'))).toBe('mail_domain')
})

test('a domain that lets nobody in any more does not, whatever was mailed before', async () => {
  const code = await linkFor(fresh())
  await settings({ mailDomains: ['example.com'] })
  expect(await enters(code)).toBe('mail_domain')
  await settings({ signUp: 'closed' })
  expect(await enters(code)).toBe('sign_up_closed')
  expect(await asks(fresh('example.com'))).toBe('sign_up_closed')
  await settings({ signUp: 'invite', mailDomains: ['example.org'] })
  expect(await enters(code)).toBe(201)
})
