// Who looks after a Brook: the first with a password, and whom the command line names. On real stores.
import Fastify from 'fastify'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { Administrators } from '../../server/account/administrators.ts'
import { identify, onlyAdmin } from '../../server/account/identify.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import { Browser, openHouse, type House } from '../support/front-door.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'

let stores: PrivateStores
let house: House
let brook: CommandLine
let administrators: Administrators

beforeAll(async () => {
  stores = await privateStores()
  house = await openHouse(stores)
  brook = await commandLine(stores)
  administrators = new Administrators(house.db, house.sessions)
})
afterAll(async () => {
  await brook.close()
  await house.close()
  await stores.stop()
})
// Each test begins in a Brook that nobody has come to.
beforeEach(async () => {
  for (const table of ['users', 'sessions', 'memberships']) await house.db.run(`DELETE FROM ${table}`)
  await house.db.run('UPDATE founder SET user_id = NULL')
})

const names = async () => (await administrators.list()).map(({ name }) => name)
const signsUp = async (name: string) => {
  const browser = house.browser()
  await browser.enters(name, 'correct horse')
  return browser
}

test('the first person who signs up with a password is an administrator, and nobody after them', async () => {
  await house.enters('guest')
  const ann = await signsUp('ann')
  const bob = await signsUp('bob')
  expect([ann.me.admin, bob.me.admin]).toEqual([true, false])
  expect((await ann.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await house.browser().signsIn('ann', 'correct horse')).body.user?.admin).toBe(true)
  expect(await names()).toEqual(['ann'])
})

test('a guest who is the first to set a password is the first person with one', async () => {
  const guest = await house.enters('guest')
  const set = await guest.asks('PUT', '/api/session/password', { password: 'correct horse' })
  expect(set.body.user).toEqual({ ...guest.me, guest: false, admin: true })
  expect((await guest.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await signsUp('ann')).me.admin).toBe(false)
})

test('of many who sign up at once, one becomes the administrator', async () => {
  const all = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f'].map(signsUp))
  expect(all.filter(({ me }) => me.admin)).toHaveLength(1)
  expect(await names()).toHaveLength(1)
})

test('a first sign-up that fails leaves the place free', async () => {
  await house.enters('ann')
  expect((await house.browser().enters('ann', 'correct horse')).code).toBe('name_taken')
  expect((await signsUp('bob')).me.admin).toBe(true)
})

test('who is made an administrator is one in every open browser at once, and who is removed is none', async () => {
  await signsUp('ann')
  const bob = await signsUp('bob')
  const phone = house.browser()
  await phone.signsIn('bob', 'correct horse')
  const seen = () =>
    Promise.all([bob, phone].map(async (one) => (await one.asks('GET', '/api/session')).body.user?.admin))
  expect(await seen()).toEqual([false, false])
  expect(await administrators.add('BOB')).toEqual({ id: bob.me.id, name: 'bob' })
  expect(await seen()).toEqual([true, true])
  expect(await administrators.remove('bob')).toEqual({ id: bob.me.id, name: 'bob' })
  expect(await seen()).toEqual([false, false])
})

test('the last administrator cannot be removed, nor can two last ones go at once', async () => {
  await signsUp('ann')
  await signsUp('bob')
  expect(await administrators.remove('ann')).toBe('last')
  await administrators.add('bob')
  const outcomes = await Promise.all(['ann', 'bob'].map((name) => administrators.remove(name)))
  expect(outcomes.filter((outcome) => outcome === 'last')).toHaveLength(1)
  expect(await names()).toHaveLength(1)
})

test('a guest, a stranger and one who is one already are not made administrators', async () => {
  await signsUp('ann')
  await house.enters('guest')
  expect(await administrators.add('guest')).toBe('guest')
  expect(await administrators.add('nobody here')).toBe('nobody')
  expect(await administrators.add('ann')).toBe('already')
  expect(await administrators.remove('guest')).toBe('no-admin')
})

test('what is for administrators is not there for anybody else', async () => {
  const app = Fastify()
  identify(app, house.sessions)
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

test('brook admin lists, adds and removes, and says what it does not do', async () => {
  expect((await brook.type('admin', 'list')).printed).toEqual([expect.stringMatching(/^Nobody yet/)])
  await signsUp('ann')
  const bob = await signsUp('bob')
  expect(await brook.type('admin', 'add', 'bob')).toMatchObject({
    code: 0,
    printed: ['bob is an administrator.'],
  })
  expect((await bob.asks('GET', '/api/session')).body.user?.admin).toBe(true)
  expect((await brook.type('admin', 'list')).printed).toEqual(['ann', 'bob'])
  expect((await brook.type('admin', 'remove', 'ann')).printed).toEqual(['ann is no administrator any more.'])
  expect(await brook.type('admin', 'remove', 'bob')).toMatchObject({
    code: 2,
    said: expect.arrayContaining(['brook: bob is the last administrator; add another first']),
  })
  expect(await brook.type('admin', 'add')).toMatchObject({ code: 2, printed: [] })
  expect(await brook.type('admin', 'appoint', 'ann')).toMatchObject({ code: 2, printed: [] })
})
