// Links that reset a password: who may make one, what it does, and when it is over.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Administrators } from '../../server/account/administrators.ts'
import { Sessions } from '../../server/account/sessions.ts'
import { ResetLinks } from '../../server/identity/reset-links.ts'
import { Tickets } from '../../server/identity/tickets.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { ResetLinkAnswer, TotpAnswer } from '../../server/protocol/security.ts'
import { Authenticator } from '../support/authenticator.ts'
import { Brook } from '../support/brook.ts'
import { Client } from '../support/client.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'

let brook: Brook
let shell: CommandLine
let root: Client
beforeAll(async () => {
  brook = await Brook.start()
  shell = await commandLine(brook.stores)
  root = await signsUp('Root')
  await brook.makesAdmin({ user: await root.me() })
})
afterAll(async () => {
  await shell.close()
  await brook.stop()
})

const password = 'nine tall green trees'
const next = 'seven small blue boats'

async function signsUp(name: string): Promise<Client> {
  const client = new Client(brook.servers[0]?.address ?? '', name)
  expect((await client.ask('POST', '/api/users', { name, password })).status).toBe(201)
  return client
}
const stranger = () => new Client(root.address, 'stranger')
const signsIn = async (name: string, typed: string) => {
  const answer = await stranger().ask('POST', '/api/session', { name, password: typed })
  return answer.code ?? answer.status
}
const asksFor = async (client: Client, body?: object, by = root) =>
  by.ask<ResetLinkAnswer>('POST', `/api/admin/people/${(await client.me()).id}/reset`, body)

async function linkFor(client: Client, body?: object): Promise<string> {
  const { status, body: made } = await asksFor(client, body)
  expect(status).toBe(201)
  const [, code = ''] = /^http:\/\/127\.0\.0\.1:\d+\/reset#([\w-]{22})$/.exec(made.url) ?? []
  expect(code).not.toBe('')
  return code
}
const uses = async (reset: string, typed = next) => {
  const answer = await stranger().ask('POST', '/api/reset', { reset, password: typed })
  return answer.code ?? answer.status
}

test('a link sets a new password, once, and ends every session of the person', async () => {
  const ann = await signsUp('Ann')
  const socket = await ann.connects()
  const reset = await linkFor(ann)
  expect((await stranger().ask('POST', '/api/reset/person', { reset })).body).toEqual({ name: 'Ann' })
  // What is refused leaves the link good.
  expect(await uses(reset, 'ann')).toBe('bad_password')
  expect(await uses(reset, 'annannann')).toBe('common_password')
  expect(await signsIn('Ann', password)).toBe(200)
  expect(await uses(reset)).toBe(200)
  expect(await socket.ended).toBe(4501)
  expect((await ann.ask('GET', '/api/rooms')).status).toBe(401)
  expect([await signsIn('Ann', password), await signsIn('Ann', next)]).toEqual(['wrong_password', 200])
  expect(await uses(reset)).toBe('reset_over')
  expect((await stranger().ask('POST', '/api/reset/person', { reset })).code).toBe('reset_over')
  const [kept] = await brook.db.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM identity_tickets WHERE data LIKE ?',
    [`%${reset}%`],
  )
  expect(kept?.n).toBe(0)
})

test('of many at once, one sets the password', async () => {
  const reset = await linkFor(await signsUp('Bob'))
  const all = await Promise.all(Array.from({ length: 8 }, (_, n) => uses(reset, `${next} ${n}`)))
  expect(all.filter((one) => one === 200)).toHaveLength(1)
  expect(new Set(all)).toEqual(new Set([200, 'reset_over']))
})

test('a link is over after a day, when another is made, and if it never was', async () => {
  const cho = await signsUp('Cho')
  const first = await linkFor(cho)
  const second = await linkFor(cho)
  expect(await uses(first)).toBe('reset_over')
  for (const code of ['A'.repeat(22), 'x', '钥匙']) expect(await uses(code)).toBe('reset_over')
  let now = Date.now() + limits.identity.resetMs - 1_000
  const links = new ResetLinks(brook.db, new Tickets(brook.db, () => now))
  expect((await links.open(second))?.person.name).toBe('Cho')
  now += 1_000 + 1
  expect(await links.open(second)).toBeUndefined()
})

test('the second factor stays, unless the link says that it goes', async () => {
  const dia = await signsUp('Dia')
  const { ticket, secret } = (await dia.ask<TotpAnswer>('POST', '/api/security/totp', { password })).body
  const code = new Authenticator(secret).next()
  expect((await dia.ask('PUT', '/api/security/totp', { ticket, code })).status).toBe(200)
  const [keeps, other] = [await linkFor(dia), dia.cookie]
  expect(await uses(keeps)).toBe(200)
  expect(await signsIn('Dia', next)).toBe('second_factor_needed')
  dia.cookie = other
  const [row] = await brook.db.rows<{ id: number }>("SELECT id FROM users WHERE name = 'Dia'")
  const made = await root.ask<ResetLinkAnswer>('POST', `/api/admin/people/${row?.id}/reset`, {
    secondFactor: true,
  })
  expect(await uses(made.body.url.split('#')[1] ?? '', password)).toBe(200)
  expect(await signsIn('Dia', password)).toBe(200)
})

test('an administrator is reset by the command line alone, also one who has become one meanwhile', async () => {
  const [eve, fay] = [await signsUp('Eve'), await signsUp('Fay')]
  const before = await linkFor(eve)
  await brook.makesAdmin({ user: await eve.me() })
  expect(await uses(before)).toBe('reset_over')
  expect((await asksFor(eve)).code).toBe('admin_reset')
  expect((await asksFor(eve, {}, fay)).status).toBe(404)
  expect((await root.ask('POST', '/api/admin/people/999999/reset', {})).code).toBe('not_found')
  const bot = await brook.addBot('robot')
  expect((await root.ask('POST', `/api/admin/people/${bot.id}/reset`, {})).code).toBe('not_found')
  const [line = ''] = (await shell.type('admin', 'reset', 'eve')).printed
  expect(line).toMatch(/^http:\/\/localhost:\d+\/reset#[\w-]{22}$/)
  expect(await uses(line.split('#')[1] ?? '')).toBe(200)
  expect(await signsIn('Eve', next)).toBe(200)
  expect(await shell.type('admin', 'reset', 'nobody here')).toMatchObject({ code: 2, printed: [] })
  expect(await shell.type('admin', 'reset')).toMatchObject({ code: 2, printed: [] })
})

test('a reset ends what the person had begun with the old password', async () => {
  const gus = await signsUp('Gus')
  const { ticket, secret } = (await gus.ask<TotpAnswer>('POST', '/api/security/totp', { password })).body
  expect(await uses(await linkFor(gus))).toBe(200)
  await gus.ask('POST', '/api/session', { name: 'Gus', password: next })
  const code = new Authenticator(secret).next()
  expect((await gus.ask('PUT', '/api/security/totp', { ticket, code })).code).toBe('ticket_over')
})

test('whoever changes their password leaves no link and no half sign-in with the one before good', async () => {
  const hal = await signsUp('Hal')
  const { ticket, secret } = (await hal.ask<TotpAnswer>('POST', '/api/security/totp', { password })).body
  const authenticator = new Authenticator(secret)
  expect((await hal.ask('PUT', '/api/security/totp', { ticket, code: authenticator.next() })).status).toBe(
    200,
  )
  const reset = await linkFor(hal)
  const half = await stranger().ask<{ error: { ticket: string } }>('POST', '/api/session', {
    name: 'Hal',
    password,
  })
  expect(half.body.error.ticket).toMatch(/^[\w-]{22}$/)
  const change = { password: next, current: password }
  expect((await hal.ask('PUT', '/api/session/password', change)).status).toBe(200)
  expect(await uses(reset, 'eight wide grey barns')).toBe('reset_over')
  const second = { ticket: half.body.error.ticket, code: authenticator.next() }
  expect((await stranger().ask('POST', '/api/session/second-factor', second)).code).toBe('ticket_over')
})

test('nobody makes one for an account that has ended', async () => {
  const ida = await signsUp('Ida')
  const { id } = await ida.me()
  expect((await ida.ask('DELETE', '/api/me', { messages: 'keep', password })).status).toBe(204)
  expect((await root.ask('POST', `/api/admin/people/${id}/reset`, {})).code).toBe('not_found')
})

test('a password that is the name of the workspace is refused', async () => {
  await root.ask('PATCH', '/api/workspace', { name: 'Northwind Garden' })
  const tries = async (typed: string) => {
    const answer = await stranger().ask('POST', '/api/users', {
      name: `Hal ${typed}`.slice(0, 20),
      password: typed,
    })
    return answer.code ?? answer.status
  }
  expect(await tries('northwind garden')).toBe('common_password')
  expect(await tries('NorthwindGarden1')).toBe('common_password')
  expect(await tries('wind in the northern trees')).toBe(201)
})

test('a browser gets another token when its password is set, and when its person becomes an administrator', async () => {
  const ida = await signsUp('Ines')
  const old = stranger()
  old.cookie = ida.cookie
  expect((await ida.ask('PUT', '/api/session/password', { password: next, current: password })).status).toBe(
    200,
  )
  expect((await old.ask('GET', '/api/rooms')).status).toBe(401)
  expect((await ida.ask('GET', '/api/rooms')).status).toBe(200)

  old.cookie = ida.cookie
  const bearer = { authorization: `Bearer ${ida.cookie?.split('=')[1]}` }
  const asProgram = async () => (await fetch(`${ida.address}/api/rooms`, { headers: bearer })).status
  expect(await asProgram()).toBe(200)
  const bus = { deliver: () => Promise.resolve(true) }
  const sessions = new Sessions(brook.db, brook.connections.cache, bus)
  expect(await new Administrators(brook.db, sessions, bus).add('Ines')).toMatchObject({ name: 'Ines' })
  expect(await asProgram()).toBe(401)
  expect((await ida.ask<{ user: object }>('GET', '/api/session')).body.user).toMatchObject({ admin: true })
  expect(ida.cookie).not.toBe(old.cookie)
  expect((await old.ask('GET', '/api/rooms')).status).toBe(401)
  expect((await ida.ask('GET', '/api/invites')).status).toBe(200)
})
