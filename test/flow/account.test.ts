// Accounts: signing up, sessions, and signing out; every route, on real stores.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { openTestServer, type Browser, type TestServer } from '../support/test-server.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let server: TestServer
let clock = Date.now()

beforeAll(async () => {
  stores = await privateStores()
  server = await openTestServer(stores, { now: () => clock })
})
afterAll(async () => {
  await server.close()
  await stores.stop()
})

const member = async (name: string, password = 'correct horse'): Promise<Browser> => {
  const browser = server.browser()
  await browser.enters(name, password)
  return browser
}

describe('signing up', () => {
  test('a guest signs in by name alone, and is recognised from then on', async () => {
    const ann = server.browser()
    const came = await ann.enters('  Ann\u0301  ')
    expect(came.status).toBe(201)
    expect(came.body.user).toEqual({
      id: expect.stringMatching(/^\d+$/),
      name: 'Anń',
      guest: true,
      admin: false,
    })
    expect((await ann.asks('GET', '/api/session')).body.user).toEqual(came.body.user)
  })

  test('a person who signs up is a member, and can sign in from another browser', async () => {
    const came = await server.browser().enters('bob', 'correct horse')
    expect(came.status).toBe(201)
    expect(came.body.user?.guest).toBe(false)
    const phone = server.browser()
    expect(await phone.signsIn('BOB', 'correct horse')).toMatchObject({ status: 200, body: came.body })
    expect((await phone.asks('GET', '/api/session')).body).toEqual(came.body)
  })

  test('every new person is in the default room, and its log says so', async () => {
    const cid = await server.enters('cid')
    const rooms = (await cid.asks('GET', '/api/rooms')).body.rooms
    expect(rooms?.[0]).toMatchObject({ id: server.lobby, name: 'lobby', isDefault: true, joined: true })
    const heard = await until(
      () => server.hears(server.lobby, 1),
      (entries) => entries.some((entry) => 'user' in entry && entry.user.name === 'cid'),
    )
    expect(heard.at(-1)).toMatchObject({ type: 'notice', notice: { kind: 'joined' }, user: { name: 'cid' } })
  })

  test('a name is taken in any case or width, by guests and members alike', async () => {
    await server.enters('Dora')
    for (const same of ['dora', 'DORA', ' Ｄｏｒａ ']) {
      expect((await server.browser().enters(same)).code).toBe('name_taken')
      expect(await server.browser().enters(same, 'correct horse')).toMatchObject({ status: 409 })
    }
  })

  test('of two people who sign up with one name at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => server.browser().enters(n % 2 ? 'Twin' : 'twin')),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
    const rows = await server.db.rows("SELECT id FROM users WHERE name_key = 'twin'")
    expect(rows).toHaveLength(1)
  })

  test('a bad name and a bad password are refused with their own codes', async () => {
    expect((await server.browser().enters('a\u202eb')).code).toBe('bad_name')
    expect((await server.browser().enters('   ')).code).toBe('bad_name')
    expect((await server.browser().enters('x'.repeat(33))).code).toBe('bad_name')
    expect((await server.browser().enters('eve', 'seven77')).code).toBe('bad_password')
    expect((await server.browser().enters('eve', 'x'.repeat(257))).code).toBe('bad_password')
    expect((await server.browser().asks('POST', '/api/guests', { name: 7 })).code).toBe('bad_request')
    expect((await server.browser().asks('POST', '/api/guests', { name: 'eve', admin: true })).code).toBe(
      'bad_request',
    )
    expect((await server.browser().enters('eve')).status).toBe(201)
  })
})

describe('signing in', () => {
  test("an unknown name, a guest's name and a wrong password get the same answer", async () => {
    await member('fay')
    await server.enters('guest fay')
    const answers = await Promise.all([
      server.browser().signsIn('fay', 'wrong horse'),
      server.browser().signsIn('guest fay', 'wrong horse'),
      server.browser().signsIn('nobody at all', 'wrong horse'),
      server.browser().signsIn('a\u202eb', 'wrong horse'),
    ])
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      answers.map(() => [401, { error: { code: 'wrong_password', message: expect.any(String) } }]),
    )
  })

  test('a password is the same however the keyboard composes its characters', async () => {
    await member('gus', 'pa\u0308ssword')
    expect((await server.browser().signsIn('gus', 'pässword')).status).toBe(200)
  })

  test('a request without a session is told to sign in, at every endpoint', async () => {
    const stranger = server.browser()
    const endpoints = [
      ['PUT', '/api/session/password', { password: 'correct horse' }],
      ['GET', '/api/sessions'],
      ['DELETE', '/api/sessions/1'],
    ] as const
    for (const [method, url, body] of endpoints)
      expect(await stranger.asks(method, url, body)).toMatchObject({ status: 401, code: 'signed_out' })
    // Who is signed in is no secret: nobody.
    expect(await stranger.asks('GET', '/api/session')).toMatchObject({ status: 200, body: { user: null } })
    stranger.cookie = `brook=${'A'.repeat(43)}`
    expect((await stranger.asks('GET', '/api/session')).status).toBe(401)
    stranger.cookie = 'brook=nonsense'
    expect((await stranger.asks('GET', '/api/session')).status).toBe(401)
  })
})

describe('the token', () => {
  test('over plain HTTP the cookie is brook, over TLS it is __Host-brook and Secure', async () => {
    const plain = await server.browser().enters('hal')
    expect(plain.headers['set-cookie']).toMatch(
      /^brook=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const secure = server.browser({ 'x-forwarded-proto': 'https', origin: 'https://brook.test' })
    const came = await secure.enters('ida')
    expect(came.headers['set-cookie']).toMatch(
      /^__Host-brook=[^;]+; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect((await secure.asks('GET', '/api/session')).body.user?.name).toBe('ida')
    // A neighbouring subdomain can set `brook`, so over TLS it does not count.
    secure.cookie = `brook=${secure.token}`
    expect((await secure.asks('GET', '/api/session')).status).toBe(401)
  })

  test('a bot sends it as a Bearer token and needs no page', async () => {
    const jay = await server.enters('jay')
    const bot = {
      method: 'GET',
      url: '/api/session',
      headers: { authorization: `Bearer ${jay.token}` },
    } as const
    expect((await server.app.inject(bot)).json()).toEqual({ user: jay.me })
    const made = await server.app.inject({
      ...bot,
      method: 'POST',
      url: '/api/rooms',
      payload: { name: 'bots', kind: 'public' },
    })
    expect(made.statusCode).toBe(201)
  })

  test('MySQL stores only its hash', async () => {
    const kim = await server.enters('kim')
    const rows = await server.db.rows<{ token_hash: Buffer }>('SELECT token_hash FROM sessions')
    expect(rows.length).toBeGreaterThan(0)
    for (const { token_hash } of rows) {
      expect(token_hash).toHaveLength(32)
      expect(token_hash.toString('base64url')).not.toBe(kim.token)
    }
  })
})

describe('the page that a request comes from', () => {
  test('another site changes nothing, with or without a cookie', async () => {
    const lea = await server.enters('lea')
    for (const origin of ['https://evil.test', 'null', 'http://brook.test.evil.test', 'http://brook.test:81'])
      expect(
        await lea.asks('POST', '/api/rooms', { name: 'trap', kind: 'public' }, { origin }),
      ).toMatchObject({
        status: 403,
        code: 'bad_origin',
      })
    expect((await server.browser({ origin: 'https://evil.test' }).enters('trapped')).code).toBe('bad_origin')
    expect((await lea.makes('no trap')).name).toBe('no trap')
  })

  test('another site cannot pass by omitting the Origin; a script with a cookie jar passes', async () => {
    const mia = await server.enters('mia')
    const bare = { headers: { host: 'brook.test', cookie: mia.cookie ?? '' } }
    const hidden = { headers: { ...bare.headers, 'sec-fetch-site': 'cross-site' } }
    const kept = await server.app.inject({ method: 'DELETE', url: '/api/session', ...hidden })
    expect(kept.json()).toMatchObject({ error: { code: 'bad_origin' } })
    expect((await server.app.inject({ method: 'GET', url: '/api/session', ...bare })).statusCode).toBe(200)
    const gone = await server.app.inject({ method: 'DELETE', url: '/api/session', ...bare })
    expect(gone.statusCode).toBe(204)
  })

  test('behind a proxy, the public host name counts', async () => {
    const seen = { 'x-forwarded-host': 'chat.example', origin: 'https://chat.example:443' }
    expect((await server.browser(seen).enters('ned')).status).toBe(201)
    expect((await server.browser({ ...seen, origin: 'http://brook.test' }).enters('ned2')).code).toBe(
      'bad_origin',
    )
  })
})

describe('signing out', () => {
  test('a person who signs out is forgotten, on every process', async () => {
    const oda = await server.enters('oda')
    const [own] = (await oda.asks('GET', '/api/sessions')).body.sessions ?? []
    const token = oda.token
    expect((await oda.asks('DELETE', '/api/session')).status).toBe(204)
    expect(oda.cookie).toBeUndefined()
    oda.cookie = `brook=${token}`
    expect((await oda.asks('GET', '/api/session')).status).toBe(401)
    expect(server.signals).toContainEqual({ kind: 'signed-out', session: own?.id })
  })

  test('signing out without a session is not an error', async () => {
    expect((await server.browser().asks('DELETE', '/api/session')).status).toBe(204)
  })

  test("a session that is ended from another device is over at once, and nobody can end other people's", async () => {
    const laptop = await member('pia')
    const phone = server.browser({ 'user-agent': `Phone ${'x'.repeat(200)}` })
    await phone.signsIn('pia', 'correct horse')
    const stranger = await member('quinn')
    const { sessions } = (await laptop.asks('GET', '/api/sessions')).body
    expect(sessions).toHaveLength(2)
    const other = sessions?.find(({ current }) => !current)
    expect(other?.agent).toMatch(/^Phone x{114}$/)
    expect((await stranger.asks('DELETE', `/api/sessions/${other?.id}`)).code).toBe('not_found')
    expect((await phone.asks('GET', '/api/session')).status).toBe(200)
    expect((await laptop.asks('DELETE', `/api/sessions/${other?.id}`)).status).toBe(204)
    expect((await phone.asks('GET', '/api/session')).status).toBe(401)
    expect((await laptop.asks('GET', '/api/session')).status).toBe(200)
    expect(server.signals).toContainEqual({ kind: 'signed-out', session: other?.id })
  })

  test('a session that is ended in MySQL alone lives no longer than a minute', async () => {
    const rex = await server.enters('rex')
    expect((await rex.asks('GET', '/api/session')).status).toBe(200)
    await server.db.run('DELETE FROM sessions WHERE user_id = ?', [rex.me.id])
    expect((await rex.asks('GET', '/api/session')).status).toBe(200)
    clock += 61_000
    expect((await rex.asks('GET', '/api/session')).status).toBe(401)
  })

  test('a session that is used is extended, and an unused one expires and is swept', async () => {
    const sam = await server.enters('sam')
    const tea = await server.enters('tea')
    const usedAt = async (browser: Browser): Promise<Date | undefined> =>
      (
        await server.db.rows<{ used_at: Date }>('SELECT used_at FROM sessions WHERE user_id = ?', [
          browser.me.id,
        ])
      )[0]?.used_at
    const began = await usedAt(sam)
    clock += 30 * 60_000
    await sam.asks('GET', '/api/session')
    expect(await usedAt(sam)).toEqual(began)
    clock += limits.sessionMs / 2
    await sam.asks('GET', '/api/session')
    expect(await usedAt(sam)).toEqual(new Date(clock))
    clock += limits.sessionMs / 2
    expect((await sam.asks('GET', '/api/session')).status).toBe(200)
    expect((await tea.asks('GET', '/api/session')).status).toBe(401)
    await server.sessions.sweep()
    expect(await usedAt(tea)).toBeUndefined()
    expect(await usedAt(sam)).toBeDefined()
  })
})

test('a session ends at an age, however much it is used; a guest’s does not', async () => {
  const [member, guest] = [server.browser(), server.browser()]
  await member.enters('ulf', 'correct horse')
  await guest.enters('guest of age')
  const began = clock
  const both = async () => [
    (await member.asks('GET', '/api/session')).status,
    (await guest.asks('GET', '/api/session')).status,
  ]
  while (clock + limits.sessionMs / 2 < began + limits.sessionAtMostMs) {
    clock += limits.sessionMs / 2
    expect(await both()).toEqual([200, 200])
  }
  clock = began + limits.sessionAtMostMs
  expect(await both()).toEqual([401, 200])
  const ids = await server.db.rows<{ id: number }>('SELECT id FROM sessions WHERE user_id IN (?)', [
    [member.me.id, guest.me.id],
  ])
  const people = await server.sessions.peopleOf(ids.map(({ id }) => String(id)))
  expect([...people.values()]).toEqual([{ id: guest.me.id, admin: false }])
})

test('the use of a bot is recorded each minute, by its requests and by its socket', async () => {
  const bot = await server.db.run('INSERT INTO users (name, name_key, is_bot, created_at) VALUES (?)', [
    ['poller', 'poller', 1, new Date(clock)],
  ])
  const token = await server.sessions.openForBot(server.db, { id: bot.insertId })
  const seen = async () =>
    (
      await server.db.rows<{ id: number; used_at: Date }>(
        'SELECT id, used_at FROM sessions WHERE user_id = ?',
        [bot.insertId],
      )
    )[0]
  await server.sessions.find(token)
  clock += 61_000
  await server.sessions.find(token)
  expect((await seen())?.used_at).toEqual(new Date(clock))
  clock += 61_000
  await server.sessions.peopleOf([String((await seen())?.id)])
  expect((await seen())?.used_at).toEqual(new Date(clock))
})

describe('passwords', () => {
  test('a guest sets one and keeps everything: name, rooms, this session', async () => {
    const uma = await server.enters('uma')
    const room = await uma.makes('uma’s garden', 'private')
    const set = await uma.asks('PUT', '/api/session/password', { password: 'correct horse' })
    expect(set).toMatchObject({ status: 200, body: { user: { ...uma.me, guest: false } } })
    expect((await uma.asks('GET', '/api/session')).body.user).toEqual({ ...uma.me, guest: false })
    const phone = server.browser()
    expect((await phone.signsIn('uma', 'correct horse')).body.user?.id).toBe(uma.me.id)
    expect((await phone.asks('GET', `/api/rooms/${room.id}`)).body.room?.role).toBe('owner')
  })

  test('an existing password is changed only with the current one', async () => {
    const vic = await member('vic')
    const change = (current?: string) =>
      vic.asks('PUT', '/api/session/password', { password: 'new horse!', ...(current && { current }) })
    expect((await change()).code).toBe('has_password')
    expect((await change('wrong horse')).code).toBe('wrong_password')
    expect(
      (await vic.asks('PUT', '/api/session/password', { password: 'short', current: 'correct horse' })).code,
    ).toBe('bad_password')
    expect((await change('correct horse')).status).toBe(200)
    expect((await server.browser().signsIn('vic', 'correct horse')).code).toBe('wrong_password')
    expect((await server.browser().signsIn('vic', 'new horse!')).status).toBe(200)
  })

  test('changing it ends the other sessions and keeps this one', async () => {
    const laptop = await member('wim')
    const phone = server.browser()
    await phone.signsIn('wim', 'correct horse')
    expect((await phone.asks('GET', '/api/session')).status).toBe(200)
    const other = (await phone.asks('GET', '/api/sessions')).body.sessions?.find(({ current }) => current)
    await laptop.asks('PUT', '/api/session/password', { password: 'new horse!', current: 'correct horse' })
    expect((await phone.asks('GET', '/api/session')).status).toBe(401)
    expect((await laptop.asks('GET', '/api/session')).status).toBe(200)
    expect(server.signals).toContainEqual({ kind: 'signed-out', session: other?.id })
  })

  test('if a guest sets two at once, one of them counts, and works', async () => {
    const xia = await server.enters('xia')
    const set = (password: string) => xia.asks('PUT', '/api/session/password', { password })
    const answers = await Promise.all([set('first horse'), set('second horse')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const stands = answers[0]?.status === 200 ? 'first horse' : 'second horse'
    expect((await server.browser().signsIn('xia', stands)).status).toBe(200)
  })
})
