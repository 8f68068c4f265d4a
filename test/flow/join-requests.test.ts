// Asking to join: who may ask, who waits, and how somebody is let in or not, on two servers.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type {
  AskAnswer,
  AskedAnswer,
  JoinRequest,
  JoinRequestsAnswer,
} from '../../server/protocol/join-requests.ts'
import { limits } from '../../server/protocol/limits.ts'
import { rates } from '../../server/protocol/rates.ts'
import { Brook } from '../support/brook.ts'
import { Client, type ClientAnswer } from '../support/client.ts'
import { commandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let root: Person
beforeAll(async () => {
  brook = await Brook.start({ pacing: true })
  await brook.serve()
  root = await brook.arrive('Root', 1)
  await brook.makesAdmin(root)
  await root.connects()
})
afterAll(() => brook.stop())
beforeEach(async () => {
  for (const key of await brook.redis.keys('*pace:*')) await brook.redis.del(key)
  await brook.db.run('DELETE FROM join_requests')
  await settings({ signUp: 'invite', askToJoin: true })
})

const password = 'nine tall green trees'
let count = 0

/** Somebody at an address of their own. `server`: which of the two. */
class Stranger extends Client {
  readonly #from: string

  constructor(name = `Stranger ${(count += 1)}`, { server = 0, from = `203.0.113.${(count += 1)}` } = {}) {
    super(brook.servers[server]?.address ?? '', name)
    this.#from = from
  }

  override headers(): Record<string, string> {
    return { 'x-forwarded-for': this.#from }
  }

  asks(more: object = {}): Promise<ClientAnswer<AskAnswer>> {
    return this.ask('POST', '/api/requests', {
      name: this.name,
      password,
      words: 'We met on Monday',
      ...more,
    })
  }

  looks(request: string): Promise<ClientAnswer<AskedAnswer>> {
    return this.ask('POST', '/api/requests/state', { request })
  }
}

/** The administrator, at another server than most. */
const admin = (): Client => {
  const client = new Client(brook.servers[1]?.address ?? '', 'Root')
  client.cookie = root.cookie
  return client
}
const settings = async (body: object) =>
  expect((await admin().ask('PATCH', '/api/workspace', body)).status).toBe(200)
const waiting = async (): Promise<JoinRequest[]> =>
  (await admin().ask<JoinRequestsAnswer>('GET', '/api/admin/requests')).body.requests
const answers = async (how: 'accept' | 'decline', name: string, body: object = {}) => {
  const id = (await waiting()).find((one) => one.name === name)?.id ?? '1'
  return admin().ask('POST', `/api/admin/requests/${id}/${how}`, body)
}

test('somebody asks, waits at any server, and comes in when an administrator says so', async () => {
  const ann = new Stranger('Ann')
  const asked = await ann.asks()
  expect(asked.status).toBe(201)
  const { request, expiresAt } = asked.body
  expect(expiresAt).toBeGreaterThan(Date.now() + limits.joinRequests.lastsMs - 60_000)
  expect(await waiting()).toMatchObject([{ name: 'Ann', words: 'We met on Monday' }])
  // There is no account yet.
  const signIn = { name: 'Ann', password }
  expect((await ann.ask('POST', '/api/session', signIn)).code).toBe('wrong_password')
  const elsewhere = new Stranger('Ann', { server: 1 })
  expect((await elsewhere.looks(request)).body).toMatchObject({ state: 'waiting', name: 'Ann', user: null })

  const den = await root.makes('den', 'private')
  const accepted = await answers('accept', 'Ann', { rooms: [den.id] })
  expect(accepted.status).toBe(200)
  const came = await ann.looks(request)
  expect(came.body).toMatchObject({ state: 'accepted', user: { name: 'Ann', guest: false, admin: false } })
  const rooms = (await ann.ask<{ rooms: { name: string }[] }>('GET', '/api/rooms')).body.rooms
  expect(rooms.map(({ name }) => name)).toContain('den')
  // Once; from then on there is the password.
  expect((await elsewhere.looks(request)).code).toBe('request_over')
  expect((await elsewhere.ask('POST', '/api/session', signIn)).status).toBe(200)
  const noted = await brook.db.rows<{ kind: string; by_name: string | null; address: string }>(
    "SELECT kind, by_name, address FROM audit WHERE kind IN ('asked_to_join', 'request_accepted') ORDER BY seq",
  )
  expect(noted).toMatchObject([
    { kind: 'asked_to_join', by_name: null },
    { kind: 'request_accepted', by_name: 'Root' },
  ])
  const [kept] = await brook.db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM join_requests')
  expect(Number(kept?.n)).toBe(0)
})

test('administrators are told at once how many wait, at whichever server they are', async () => {
  const open = () =>
    root.heard.flatMap((event) => (event.type === 'requests' ? [event.open] : [])).at(-1) ?? -1
  const [ann, bob] = [new Stranger(), new Stranger()]
  const { request } = (await ann.asks()).body
  await until(open, (n) => n === 1)
  await bob.asks()
  await until(open, (n) => n === 2)
  await ann.ask('POST', '/api/requests/withdraw', { request })
  await until(open, (n) => n === 1)
  expect((await ann.looks(request)).code).toBe('request_over')
  await answers('decline', bob.name)
  await until(open, (n) => n === 0)
})

test('whoever is declined reads why, and may ask again', async () => {
  const ann = new Stranger()
  const { request } = (await ann.asks()).body
  expect((await answers('decline', ann.name, { reason: 'x'.repeat(251) })).code).toBe('bad_reason')
  expect((await answers('decline', ann.name, { reason: 'Who are you?' })).status).toBe(204)
  expect((await ann.looks(request)).body).toMatchObject({ state: 'declined', reason: 'Who are you?' })
  expect((await ann.ask('POST', '/api/session', { name: ann.name, password })).code).toBe('wrong_password')
  expect((await ann.asks({ words: 'Bea, from next door' })).status).toBe(201)
})

test('an address can be banned with the answer, but not that of the administrator', async () => {
  const eve = new Stranger()
  const { request } = (await eve.asks()).body
  expect((await answers('decline', eve.name, { ban: true, reason: 'Spam' })).status).toBe(204)
  await until(
    async () => (await eve.looks(request)).code,
    (code) => code === 'banned',
  )
  expect((await eve.asks({ name: 'Eva' })).code).toBe('banned')
  const near = new Stranger('Neighbour', { from: '127.0.0.1' })
  await near.asks()
  expect((await answers('decline', 'Neighbour', { ban: true })).code).toBe('own_network')
  expect((await answers('decline', 'Neighbour')).status).toBe(204)
})

test('of two answers at once one counts, and a name that was taken meanwhile is told', async () => {
  const ann = new Stranger()
  await ann.asks()
  const both = await Promise.all([answers('accept', ann.name), answers('decline', ann.name)])
  expect(both.map(({ status }) => status).sort()).toEqual(both[0].status === 200 ? [200, 410] : [204, 410])
  const bob = new Stranger()
  await bob.asks()
  await brook.addBot(bob.name.toLowerCase())
  expect((await answers('accept', bob.name)).code).toBe('name_taken')
  expect((await answers('decline', bob.name)).status).toBe(204)
})

test('nobody asks where it is off, open or closed, and nobody else answers', async () => {
  const ann = new Stranger()
  for (const body of [{ askToJoin: false }, { askToJoin: true, signUp: 'open' }, { signUp: 'closed' }]) {
    await settings(body)
    expect((await ann.asks()).code).toBe('asking_off')
  }
  const bob = await brook.db.rows('SELECT id FROM join_requests')
  expect(bob).toEqual([])
  const stranger = new Stranger()
  expect((await stranger.ask('GET', '/api/admin/requests')).code).toBe('signed_out')
})

test('what is asked is bounded, in what it says and how often', async () => {
  const ann = new Stranger()
  const refused = async (body: object) => (await ann.asks(body)).code
  expect(await refused({ name: '\u202e' })).toBe('bad_name')
  expect(await refused({ words: 'x'.repeat(limits.joinRequests.wordsChars + 1) })).toBe('bad_words')
  expect(await refused({ password: 'password' })).toBe('common_password')
  expect(await refused({ password: 'short' })).toBe('bad_password')
  expect((await ann.asks({ words: undefined })).status).toBe(201)
  expect(await refused({}), 'who waits has the name').toBe('name_taken')
  expect(await refused({ name: 'Root' })).toBe('name_taken')
  for (let n = 3; n < rates.askToJoin.burst; n += 1)
    expect((await ann.asks({ name: `${ann.name} ${n}` })).status).toBe(201)
  expect(await refused({ name: 'Once more' })).toBe('too_many')
  expect((await new Stranger().asks()).status, 'from elsewhere').toBe(201)
})

test('only so many wait from one address, and in all', async () => {
  const { ofAddress, atOnce } = limits.joinRequests
  const from = '198.51.100.7'
  const asks = async () => {
    for (const key of await brook.redis.keys('*pace:*')) await brook.redis.del(key)
    return (await new Stranger(undefined, { from }).asks()).code
  }
  for (let n = 0; n < ofAddress; n += 1) expect(await asks()).toBeUndefined()
  expect(await asks()).toBe('too_many_asking')
  const row = (n: number) =>
    `(UNHEX(SHA2('${n}', 256)), 'n${n}', 'n${n}', '', '', '', '${n}', NOW(3), NOW(3) + INTERVAL 1 DAY)`
  await brook.db.run(
    `INSERT INTO join_requests
      (code_hash, name, name_key, password_hash, words, address, address_key, created_at, expires_at)
     VALUES ${Array.from({ length: atOnce - ofAddress }, (_, n) => row(n)).join(', ')}`,
  )
  expect((await new Stranger().asks()).code).toBe('too_many_asking')
})

test('a request ends by itself', async () => {
  const ann = new Stranger()
  const { request } = (await ann.asks()).body
  await brook.db.run('UPDATE join_requests SET expires_at = ?', [new Date(Date.now() - 1)])
  expect(await waiting()).toEqual([])
  expect((await ann.looks(request)).code).toBe('request_over')
  expect((await answers('accept', ann.name)).code).toBe('request_over')
  expect((await ann.asks()).status).toBe(201)
})

test('the browser that waited is no way around a password that was changed, or a ban', async () => {
  const ann = new Stranger()
  const { request } = (await ann.asks()).body
  await answers('accept', ann.name)
  const phone = new Stranger(ann.name)
  await phone.ask('POST', '/api/session', { name: ann.name, password })
  const body = { password: 'seven small blue boats', current: password }
  expect((await phone.ask('PUT', '/api/session/password', body)).status).toBe(200)
  expect((await ann.looks(request)).code).toBe('request_over')
  const eve = new Stranger()
  const asked = (await eve.asks()).body
  await answers('accept', eve.name)
  const [row] = await brook.db.rows<{ id: number }>('SELECT id FROM users WHERE name = ?', [eve.name])
  await admin().ask('POST', '/api/admin/bans', { user: String(row?.id), reason: 'Too loud' })
  await until(
    async () => (await eve.looks(asked.request)).code,
    (code) => code === 'banned',
  )
})

test('brook admin requests: who waits, a line each', async () => {
  const line = await commandLine(brook.stores)
  try {
    const { code, printed } = await line.type('admin', 'requests')
    expect([code, printed]).toEqual([0, ['Nobody asks to join.']])
    const ann = new Stranger()
    await ann.asks()
    const { printed: lines } = await line.type('admin', 'requests')
    expect(lines).toEqual([
      expect.stringMatching(/^Stranger \d+, .* UTC, from 203\..* UTC: We met on Monday$/),
    ])
  } finally {
    await line.close()
  }
})
