// Administrators: who comes by the owner's link, and those named on the command line. On real stores.
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Invites } from '../../server/access/invites.ts'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import { Administrators } from '../../server/account/administrators.ts'
import { identify, onlyAdmin } from '../../server/account/identify.ts'
import { limits } from '../../server/protocol/limits.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Browser, openTestServer, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let server: TestServer
let brook: CommandLine
let administrators: Administrators
let owners: OwnerLinks

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores)
  brook = await commandLine(stores)
  administrators = new Administrators(server.db, server.sessions, { deliver: () => Promise.resolve(true) })
  owners = new OwnerLinks(server.db)
})
afterAll(async () => {
  await brook.close()
  await server.close()
  await stores.stop()
})
// Each test begins in a Brook without people.
beforeEach(async () => {
  for (const table of ['users', 'sessions', 'memberships']) await server.db.run(`DELETE FROM ${table}`)
})

const names = async () => (await administrators.list()).map(({ name }) => name)
/** Signs up by the owner's link. */
const owns = async (name: string) => {
  const browser = server.browser()
  const code = await owners.make()
  const { body } = await browser.asks('POST', '/api/owner', { code, name, password: 'correct horse' })
  expect(body.user?.admin).toBe(true)
  await browser.signsIn(name, 'correct horse')
  return browser
}
const signsUp = async (name: string) => {
  const browser = server.browser()
  await browser.enters(name, 'correct horse')
  return browser
}

test('nobody becomes an administrator by being the first, as a guest or with a password', async () => {
  const guest = await server.enters('guest')
  const ann = await signsUp('ann')
  const set = await guest.asks('PUT', '/api/session/password', { password: 'correct horse' })
  expect([ann.me.admin, set.body.user?.admin]).toEqual([false, false])
  expect(await names()).toEqual([])
})

test('whoever has the owner’s link becomes an administrator, once; a name that is taken leaves it as it is', async () => {
  await signsUp('bob')
  const code = await owners.make()
  const opens = (body: object) => server.browser().asks('POST', '/api/owner', body)
  const own = { name: 'ann', password: 'correct horse' }
  expect((await opens({ ...own, code: 'A'.repeat(22) })).code).toBe('invite_over')
  expect((await opens({ ...own, code, name: 'bob' })).code).toBe('name_taken')
  const all = await Promise.all(
    ['a', 'b', 'c', 'd'].map((name) => opens({ ...own, code, name: `ann ${name}` })),
  )
  expect(all.map(({ status }) => status).sort()).toEqual([201, 410, 410, 410])
  expect(all.find(({ status }) => status === 201)?.body.user?.admin).toBe(true)
  expect(await names()).toHaveLength(1)
})

test('a new link of the owner ends the one before', async () => {
  const before = await owners.make()
  const [line = ''] = (await brook.type('admin', 'link')).printed
  expect(line).toMatch(/^http:\/\/localhost:\d+\/owner#[\w-]{22}$/)
  const opens = (code: string) =>
    server.browser().asks('POST', '/api/owner', { code, name: 'ann', password: 'correct horse' })
  expect((await opens(before)).code).toBe('invite_over')
  expect((await opens(line.split('#')[1] ?? '')).status).toBe(201)
})

test('the owner’s link is good for a day', async () => {
  let now = Date.now()
  const links = new OwnerLinks(server.db, () => now)
  const code = await links.make()
  now += limits.ownerLinkMs - 1
  expect(await links.isGood(code)).toBe(true)
  now += 1
  expect(await links.isGood(code)).toBe(false)
  expect(await links.isGood('钥匙')).toBe(false)
})

test('the invites of somebody who is an administrator no more let nobody in', async () => {
  await owns('ann')
  const bob = await signsUp('bob')
  await administrators.add('bob')
  const invites = new Invites(server.db)
  const made = await invites.make(bob.me, [], {})
  const code = 'invite' in made ? made.invite.code : ''
  expect(await invites.isOpen(code)).toBe(true)
  await administrators.remove('bob')
  expect(await invites.isOpen(code)).toBe(false)
})

test('an added administrator is one in every open browser at once, and a removed one is none', async () => {
  await owns('ann')
  const bob = await signsUp('bob')
  const phone = server.browser()
  await phone.signsIn('bob', 'correct horse')
  const seen = () =>
    Promise.all([bob, phone].map(async (one) => (await one.asks('GET', '/api/session')).body.user?.admin))
  expect(await seen()).toEqual([false, false])
  expect(await administrators.add('BOB')).toEqual({ id: bob.me.id, name: 'bob' })
  expect(await seen()).toEqual([true, true])
  expect(await administrators.remove('bob')).toEqual({ id: bob.me.id, name: 'bob' })
  expect(await seen()).toEqual([false, false])
})

test('the last administrator cannot be removed, nor the last two at once', async () => {
  await owns('ann')
  await signsUp('bob')
  expect(await administrators.remove('ann')).toBe('last')
  await administrators.add('bob')
  const outcomes = await Promise.all(['ann', 'bob'].map((name) => administrators.remove(name)))
  expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1)
  expect(await names()).toHaveLength(1)
})

test('a guest, an unknown person and an existing administrator cannot be added as administrators', async () => {
  await owns('ann')
  await server.enters('guest')
  expect(await administrators.add('guest')).toBe('guest')
  expect(await administrators.add('nobody here')).toBe('nobody')
  expect(await administrators.add('ann')).toBe('already')
  expect(await administrators.remove('guest')).toBe('no-admin')
})

test('routes for administrators do not exist for anybody else', async () => {
  const app = Fastify()
  identify(app, { sessions: server.sessions })
  app.get('/api/admin', { preHandler: onlyAdmin }, () => ({}))
  const ask = async (of?: Browser) => {
    const browser = new Browser(app)
    browser.cookie = of?.cookie
    return (await browser.asks('GET', '/api/admin')).status
  }
  const [ann, bob] = [await owns('ann'), await signsUp('bob')]
  expect([await ask(), await ask(ann), await ask(bob)]).toEqual([401, 200, 404])
  await app.close()
})

test('brook admin lists, adds and removes, and reports what it cannot do', async () => {
  expect((await brook.type('admin', 'list')).printed).toEqual([
    expect.stringMatching(/^No administrators yet/),
  ])
  await owns('ann')
  const bob = await signsUp('bob')
  expect(await brook.type('admin', 'add', 'bob')).toMatchObject({
    code: 0,
    printed: ['bob is an administrator.'],
  })
  expect((await bob.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await brook.type('admin', 'list')).printed).toEqual(['ann', 'bob'])
  expect((await brook.type('admin', 'remove', 'ann')).printed).toEqual(['ann is no longer an administrator.'])
  expect(await brook.type('admin', 'remove', 'bob')).toMatchObject({
    code: 2,
    said: expect.arrayContaining(['brook: bob is the last administrator; add another first']),
  })
  expect(await brook.type('admin', 'add')).toMatchObject({ code: 2, printed: [] })
  expect(await brook.type('admin', 'appoint', 'ann')).toMatchObject({ code: 2, printed: [] })
})
