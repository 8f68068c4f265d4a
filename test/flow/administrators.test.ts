// Administrators: the first person with a password, and those named on the command line. On real stores.
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Administrators } from '../../server/account/administrators.ts'
import { identify, onlyAdmin } from '../../server/account/identify.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Browser, openTestServer, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let server: TestServer
let brook: CommandLine
let administrators: Administrators

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores)
  brook = await commandLine(stores)
  administrators = new Administrators(server.db, server.sessions)
})
afterAll(async () => {
  await brook.close()
  await server.close()
  await stores.stop()
})
// Each test begins in a Brook without people.
beforeEach(async () => {
  for (const table of ['users', 'sessions', 'memberships']) await server.db.run(`DELETE FROM ${table}`)
  await server.db.run('UPDATE founder SET user_id = NULL')
})

const names = async () => (await administrators.list()).map(({ name }) => name)
const signsUp = async (name: string) => {
  const browser = server.browser()
  await browser.enters(name, 'correct horse')
  return browser
}

test('the first person who signs up with a password is an administrator, and nobody after them', async () => {
  await server.enters('guest')
  const ann = await signsUp('ann')
  const bob = await signsUp('bob')
  expect([ann.me.admin, bob.me.admin]).toEqual([true, false])
  expect((await ann.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await server.browser().signsIn('ann', 'correct horse')).body.user?.admin).toBe(true)
  expect(await names()).toEqual(['ann'])
})

test('a guest who is the first to set a password is the administrator', async () => {
  const guest = await server.enters('guest')
  const set = await guest.asks('PUT', '/api/session/password', { password: 'correct horse' })
  expect(set.body.user).toEqual({ ...guest.me, guest: false, admin: true })
  expect((await guest.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await signsUp('ann')).me.admin).toBe(false)
})

test('of many people who sign up at once, one becomes the administrator', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(signsUp))
  expect(all.filter(({ me }) => me.admin)).toHaveLength(1)
  expect(await names()).toHaveLength(1)
})

test('a first sign-up that fails leaves the place free', async () => {
  await server.enters('ann')
  expect((await server.browser().enters('ann', 'correct horse')).code).toBe('name_taken')
  expect((await signsUp('bob')).me.admin).toBe(true)
})

test('an added administrator is one in every open browser at once, and a removed one is none', async () => {
  await signsUp('ann')
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
  await signsUp('ann')
  await signsUp('bob')
  expect(await administrators.remove('ann')).toBe('last')
  await administrators.add('bob')
  const outcomes = await Promise.all(['ann', 'bob'].map((name) => administrators.remove(name)))
  expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1)
  expect(await names()).toHaveLength(1)
})

test('a guest, an unknown person and an existing administrator cannot be added as administrators', async () => {
  await signsUp('ann')
  await server.enters('guest')
  expect(await administrators.add('guest')).toBe('guest')
  expect(await administrators.add('nobody here')).toBe('nobody')
  expect(await administrators.add('ann')).toBe('already')
  expect(await administrators.remove('guest')).toBe('no-admin')
})

test('routes for administrators do not exist for anybody else', async () => {
  const app = Fastify()
  identify(app, server.sessions)
  app.get('/api/admin', { preHandler: onlyAdmin }, () => ({}))
  const ask = async (of?: Browser) => {
    const browser = new Browser(app)
    browser.cookie = of?.cookie
    return (await browser.asks('GET', '/api/admin')).status
  }
  const [ann, bob] = [await signsUp('ann'), await signsUp('bob')]
  expect([await ask(), await ask(ann), await ask(bob)]).toEqual([401, 200, 404])
  await app.close()
})

test('brook admin lists, adds and removes, and reports what it cannot do', async () => {
  expect((await brook.type('admin', 'list')).printed).toEqual([
    expect.stringMatching(/^No administrators yet/),
  ])
  await signsUp('ann')
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
