// The mail address of an account: confirmed by a link, changed after the password, shown to nobody else. On a real mail server.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AuditAnswer } from '../../server/protocol/audit.ts'
import type { MailAnswer } from '../../server/protocol/mail.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { codeIn, MailServer } from '../support/mail-server.ts'

let server: MailServer
let brook: Brook
beforeAll(async () => {
  server = await MailServer.start()
  brook = await Brook.start({ mail: server.config, publicUrl: new URL('http://localhost') })
})
afterAll(async () => {
  await brook.stop()
  await server.goes()
})

const password = 'nine tall green trees'
let count = 0
const at = (name = 'browser') => new Client(brook.servers[0]?.address ?? '', name)
async function signsUp(name: string): Promise<Client> {
  const client = at(name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  return client
}
const fresh = (): string => `person${(count += 1)}@example.org`
const wants = (client: Client, address: string, typed = password) =>
  client.ask<MailAnswer>('PUT', '/api/me/mail', { address, password: typed })
const own = async (client: Client) => (await client.ask<MailAnswer>('GET', '/api/me/mail')).body
const confirms = (code: string) => at().ask<{ name: string }>('POST', '/api/mail/confirm', { code })
async function has(client: Client, address: string): Promise<void> {
  const before = server.to(address).length
  expect((await wants(client, address)).status).toBe(202)
  expect((await confirms(codeIn(await server.newest(address, before), 'mail'))).status).toBe(200)
}

test('an address is a person’s once the link that was sent there is opened, and nobody else is shown it', async () => {
  const ann = await signsUp('Ann')
  const address = fresh()
  expect(await own(ann)).toEqual({ address: null, pending: null })
  expect((await wants(ann, address, 'wrong')).code).toBe('wrong_password')
  const asked = await wants(ann, ` P${address.slice(1).replace('example', 'EXAMPLE')} `)
  expect(asked.status).toBe(202)
  const shown = `P${address.slice(1)}`
  expect(asked.body).toMatchObject({ address: null, pending: { address: shown } })
  const received = await server.newest(shown)
  expect(received.text).toContain('Ann')
  const code = codeIn(received, 'mail')
  expect((await at().ask('POST', '/api/mail/link', { code })).body).toEqual({
    kind: 'address',
    address: shown,
    name: 'Ann',
  })
  expect((await own(ann)).address).toBeNull()
  const [first, second] = await Promise.all([confirms(code), confirms(code)])
  expect([first.code ?? first.status, second.code ?? second.status].sort()).toEqual([200, 'mail_over'])
  expect(await own(ann)).toEqual({ address: shown, pending: null })
  const bob = await signsUp('Bob')
  for (const path of ['/api/me', '/api/session', '/api/rooms', '/api/me/mail'])
    expect(JSON.stringify((await bob.ask('GET', path)).body)).not.toContain('example.org')
})

test('whose address it is already, only its mailbox is told', async () => {
  const [cho, dia] = [await signsUp('Cho'), await signsUp('Dia')]
  const address = fresh()
  await has(cho, address)
  const free = await wants(dia, fresh())
  const taken = await wants(dia, address)
  expect(taken.status).toBe(free.status)
  expect(Object.keys(taken.body)).toEqual(Object.keys(free.body))
  const told = await server.newest(address, 1)
  expect([told.text.includes('“Dia”'), told.text.includes('“Cho”'), codeIn(told, 'mail')]).toEqual([
    true,
    true,
    '',
  ])
})

test('of two accounts that confirm one address, one gets it', async () => {
  const people = [await signsUp('Eve'), await signsUp('Fay')]
  const address = fresh()
  for (const one of people) expect((await wants(one, address)).status).toBe(202)
  await server.newest(address, 1)
  const codes = server.to(address).map((one) => codeIn(one, 'mail'))
  const answers = await Promise.all(codes.map(confirms))
  expect(answers.map(({ code, status }) => code ?? status).sort()).toEqual([200, 'mail_over'])
})

test('another address needs the password, and the one before is told; what was sent to it is good no more', async () => {
  const gus = await signsUp('Gus')
  const [old, next] = [fresh(), fresh()]
  await has(gus, old)
  expect((await at().ask('POST', '/api/mail/forgot', { address: old })).status).toBe(202)
  const reset = codeIn(await server.newest(old, 1), 'reset')
  expect(reset).toHaveLength(22)
  await has(gus, next)
  expect((await server.newest(old, 2)).text).toContain('no longer uses')
  expect((await at().ask('POST', '/api/reset/person', { reset })).code).toBe('reset_over')
  expect((await gus.ask('DELETE', '/api/me/mail', { password: 'wrong' })).code).toBe('wrong_password')
  expect((await gus.ask('DELETE', '/api/me/mail', { password })).status).toBe(204)
  expect(await own(gus)).toEqual({ address: null, pending: null })
  await server.newest(next, 1)
})

test('a guest has no address, and whoever ends their account leaves none', async () => {
  const guest = at()
  expect((await guest.ask('POST', '/api/guests', { name: 'Hal' })).status).toBe(201)
  expect((await wants(guest, fresh())).code).toBe('password_needed')
  const ida = await signsUp('Ida')
  const address = fresh()
  await has(ida, address)
  const file = await fetch(`${ida.address}/api/me/export`, { headers: { cookie: ida.cookie ?? '' } })
  expect(await file.text()).toContain(`"address":"${address}"`)
  expect((await ida.ask('DELETE', '/api/me', { messages: 'keep', password })).status).toBe(204)
  expect(await brook.db.rows('SELECT user_id FROM mail_addresses WHERE address = ?', [address])).toEqual([])
  const jan = await signsUp('Jan')
  await has(jan, address)
})

test.each([
  'nobody',
  'a b@example.org',
  'ann@localhost',
  'ann@192.0.2.1',
  'ann@example.org\r\nRCPT TO:<eve@example.org>',
  'ann@example.org>\r\nDATA',
  'ann\r\n@example.org',
  '"ann b"@example.org',
  'ann@example.org,eve@example.org',
  'ann@exa mple.org',
  'anñ@example.org',
  `${'a'.repeat(65)}@example.org`,
  `ann@${'a.'.repeat(130)}org`,
  'ann@-.org',
  '@example.org',
  '.ann@example.org',
  'Ann <ann@example.org>',
])('%j is no address', async (address) => {
  expect((await at().ask('POST', '/api/mail/forgot', { address })).code).toBe('bad_mail_address')
})

test('a name cannot become a header, and a domain may be in any script', async () => {
  const kim = await signsUp('Kim')
  await brook.db.run('UPDATE users SET name = ? WHERE name = ?', ['Kim\r\nBcc: eve@ex.org', 'Kim'])
  await brook.db.run(
    `INSERT INTO workspace (one, name, sign_up, guests) VALUES (1, ?, 'open', 1)
     ON DUPLICATE KEY UPDATE name = VALUES(name)`,
    ['Garden\r\nBcc: eve@example.org\r\n\r\n<b>hi</b>'],
  )
  const asked = await wants(kim, 'kim@Bücher.example')
  expect(asked.body.pending?.address).toBe('kim@bücher.example')
  const received = await server.newest('kim@bücher.example')
  await brook.db.run("UPDATE workspace SET name = 'Garden'")
  expect(received.to).toHaveLength(1)
  expect(received.raw).toContain('To: kim@xn--bcher-kva.example')
  expect(received.headers.has('bcc')).toBe(false)
  expect(received.mail.html).not.toContain('<b>hi')
  expect(received.mail.subject).toContain('Garden Bcc')
  expect(received.raw).not.toMatch(/<img|<script|http:\/\/(?!localhost)/i)
  expect(received.headers.get('auto-submitted')).toBe('auto-generated')
  expect(received.mail.html).toContain('http://localhost/mail#')
})

test('the language is that of the page', async () => {
  const lee = at()
  const headers = { 'accept-language': 'zh-CN,en;q=0.5' }
  lee.headers = () => headers
  expect((await lee.ask('POST', '/api/users', { name: 'Lee', password })).status).toBe(201)
  const address = fresh()
  await has(lee, address)
  expect((await server.newest(address)).mail.subject).toContain('确认')
  await lee.ask('PUT', '/api/me/mail/language', { language: 'en' })
  expect(await brook.db.rows('SELECT language FROM mail_addresses WHERE address = ?', [address])).toEqual([
    { language: 'en' },
  ])
})

test('what is done with addresses is in the audit log', async () => {
  const mia = await signsUp('Mia')
  await brook.makesAdmin({ user: await mia.me() })
  await has(mia, fresh())
  const { body } = await mia.ask<AuditAnswer>('GET', '/api/admin/audit?kind=mail_address_set')
  expect(body.entries.at(-1)).toMatchObject({ by: { name: 'Mia' } })
})
