// Coming in, being known, and going: every route of people and sessions, on real stores.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { openHouse, type Browser, type House } from '../support/front-door.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let house: House
let clock = Date.now()

beforeAll(async () => {
  stores = await privateStores()
  house = await openHouse(stores, { now: () => clock })
})
afterAll(async () => {
  await house.close()
  await stores.stop()
})

const member = async (name: string, password = 'correct horse'): Promise<Browser> => {
  const browser = house.browser()
  await browser.enters(name, password)
  return browser
}

describe('coming in', () => {
  test('a guest comes in by name alone, and is known from then on', async () => {
    const ann = house.browser()
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

  test('who signs up is a member, and can sign in from another browser', async () => {
    const came = await house.browser().enters('bob', 'correct horse')
    expect(came.status).toBe(201)
    expect(came.body.user?.guest).toBe(false)
    const phone = house.browser()
    expect(await phone.signsIn('BOB', 'correct horse')).toMatchObject({ status: 200, body: came.body })
    expect((await phone.asks('GET', '/api/session')).body).toEqual(came.body)
  })

  test('everybody new is in the default room, whose log says so', async () => {
    const cid = await house.enters('cid')
    const rooms = (await cid.asks('GET', '/api/rooms')).body.rooms
    expect(rooms?.[0]).toMatchObject({ id: house.lobby, name: 'lobby', isDefault: true, joined: true })
    const heard = await until(
      () => house.hears(house.lobby, 1),
      (entries) => entries.some((entry) => 'user' in entry && entry.user.name === 'cid'),
    )
    expect(heard.at(-1)).toMatchObject({ type: 'notice', notice: { kind: 'joined' }, user: { name: 'cid' } })
  })

  test('a name is taken whatever its case or width, by guests and members alike', async () => {
    await house.enters('Dora')
    for (const same of ['dora', 'DORA', ' Ｄｏｒａ ']) {
      expect((await house.browser().enters(same)).code).toBe('name_taken')
      expect(await house.browser().enters(same, 'correct horse')).toMatchObject({ status: 409 })
    }
  })

  test('of two who sign up with one name at once, one gets it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) => house.browser().enters(n % 2 ? 'Twin' : 'twin')),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409, 409])
    const rows = await house.db.rows("SELECT id FROM users WHERE name_key = 'twin'")
    expect(rows).toHaveLength(1)
  })

  test('a bad name and a bad password are refused by name', async () => {
    expect((await house.browser().enters('a\u202eb')).code).toBe('bad_name')
    expect((await house.browser().enters('   ')).code).toBe('bad_name')
    expect((await house.browser().enters('x'.repeat(33))).code).toBe('bad_name')
    expect((await house.browser().enters('eve', 'seven77')).code).toBe('bad_password')
    expect((await house.browser().enters('eve', 'x'.repeat(257))).code).toBe('bad_password')
    expect((await house.browser().asks('POST', '/api/guests', { name: 7 })).code).toBe('bad_request')
    expect((await house.browser().asks('POST', '/api/guests', { name: 'eve', admin: true })).code).toBe(
      'bad_request',
    )
    expect((await house.browser().enters('eve')).status).toBe(201)
  })
})

describe('signing in', () => {
  test('an unknown name, a guest and a wrong password hear the same words', async () => {
    await member('fay')
    await house.enters('guest fay')
    const answers = await Promise.all([
      house.browser().signsIn('fay', 'wrong horse'),
      house.browser().signsIn('guest fay', 'wrong horse'),
      house.browser().signsIn('nobody at all', 'wrong horse'),
      house.browser().signsIn('a\u202eb', 'wrong horse'),
    ])
    expect(answers.map(({ status, body }) => [status, body])).toEqual(
      answers.map(() => [401, { error: { code: 'wrong_password', message: expect.any(String) } }]),
    )
  })

  test('a password is the same however the keyboard composes it', async () => {
    await member('gus', 'pa\u0308ssword')
    expect((await house.browser().signsIn('gus', 'pässword')).status).toBe(200)
  })

  test('who has no session is told to sign in first, at every door', async () => {
    const stranger = house.browser()
    const doors = [
      ['GET', '/api/session'],
      ['PUT', '/api/session/password', { password: 'correct horse' }],
      ['GET', '/api/sessions'],
      ['DELETE', '/api/sessions/1'],
    ] as const
    for (const [method, url, body] of doors)
      expect(await stranger.asks(method, url, body)).toMatchObject({ status: 401, code: 'signed_out' })
    stranger.cookie = `brook=${'A'.repeat(43)}`
    expect((await stranger.asks('GET', '/api/session')).status).toBe(401)
    stranger.cookie = 'brook=nonsense'
    expect((await stranger.asks('GET', '/api/session')).status).toBe(401)
  })
})

describe('the token', () => {
  test('over plain HTTP the cookie is brook, over TLS it is __Host-brook and Secure', async () => {
    const plain = await house.browser().enters('hal')
    expect(plain.headers['set-cookie']).toMatch(
      /^brook=[\w-]{43}; Max-Age=7776000; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    const secure = house.browser({ 'x-forwarded-proto': 'https', origin: 'https://brook.test' })
    const came = await secure.enters('ida')
    expect(came.headers['set-cookie']).toMatch(
      /^__Host-brook=[^;]+; Max-Age=7776000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect((await secure.asks('GET', '/api/session')).body.user?.name).toBe('ida')
    // A neighbouring subdomain can set `brook`, so over TLS it does not count.
    secure.cookie = `brook=${secure.token}`
    expect((await secure.asks('GET', '/api/session')).status).toBe(401)
  })

  test('a bot shows it as a Bearer token and needs no page', async () => {
    const jay = await house.enters('jay')
    const bot = {
      method: 'GET',
      url: '/api/session',
      headers: { authorization: `Bearer ${jay.token}` },
    } as const
    expect((await house.app.inject(bot)).json()).toEqual({ user: jay.me })
    const made = await house.app.inject({
      ...bot,
      method: 'POST',
      url: '/api/rooms',
      payload: { name: 'bots', kind: 'public' },
    })
    expect(made.statusCode).toBe(201)
  })

  test('MySQL has only its hash', async () => {
    const kim = await house.enters('kim')
    const rows = await house.db.rows<{ token_hash: Buffer }>('SELECT token_hash FROM sessions')
    expect(rows.length).toBeGreaterThan(0)
    for (const { token_hash } of rows) {
      expect(token_hash).toHaveLength(32)
      expect(token_hash.toString('base64url')).not.toBe(kim.token)
    }
  })
})

describe('the page a request comes from', () => {
  test('another site changes nothing, with or without a cookie', async () => {
    const lea = await house.enters('lea')
    for (const origin of ['https://evil.test', 'null', 'http://brook.test.evil.test', 'http://brook.test:81'])
      expect(
        await lea.asks('POST', '/api/rooms', { name: 'trap', kind: 'public' }, { origin }),
      ).toMatchObject({
        status: 403,
        code: 'bad_origin',
      })
    expect((await house.browser({ origin: 'https://evil.test' }).enters('trapped')).code).toBe('bad_origin')
    expect((await lea.makes('no trap')).name).toBe('no trap')
  })

  test('another site cannot hide by naming no Origin; a script with a cookie jar comes in', async () => {
    const mia = await house.enters('mia')
    const bare = { headers: { host: 'brook.test', cookie: mia.cookie ?? '' } }
    const hidden = { headers: { ...bare.headers, 'sec-fetch-site': 'cross-site' } }
    const kept = await house.app.inject({ method: 'DELETE', url: '/api/session', ...hidden })
    expect(kept.json()).toMatchObject({ error: { code: 'bad_origin' } })
    expect((await house.app.inject({ method: 'GET', url: '/api/session', ...bare })).statusCode).toBe(200)
    const gone = await house.app.inject({ method: 'DELETE', url: '/api/session', ...bare })
    expect(gone.statusCode).toBe(204)
  })

  test('behind a proxy the host that people see counts', async () => {
    const seen = { 'x-forwarded-host': 'chat.example', origin: 'https://chat.example:443' }
    expect((await house.browser(seen).enters('ned')).status).toBe(201)
    expect((await house.browser({ ...seen, origin: 'http://brook.test' }).enters('ned2')).code).toBe(
      'bad_origin',
    )
  })
})

describe('going', () => {
  test('who signs out is forgotten, and every process hears of it', async () => {
    const oda = await house.enters('oda')
    const [own] = (await oda.asks('GET', '/api/sessions')).body.sessions ?? []
    const token = oda.token
    expect((await oda.asks('DELETE', '/api/session')).status).toBe(204)
    expect(oda.cookie).toBeUndefined()
    oda.cookie = `brook=${token}`
    expect((await oda.asks('GET', '/api/session')).status).toBe(401)
    expect(house.signals).toContainEqual({ kind: 'signed-out', session: own?.id })
  })

  test('signing out without a session is no trouble', async () => {
    expect((await house.browser().asks('DELETE', '/api/session')).status).toBe(204)
  })

  test('a session ended from another device is over at once, and nobody ends those of others', async () => {
    const laptop = await member('pia')
    const phone = house.browser({ 'user-agent': `Phone ${'x'.repeat(200)}` })
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
    expect(house.signals).toContainEqual({ kind: 'signed-out', session: other?.id })
  })

  test('a session ended behind the back of Redis lives no longer than a minute', async () => {
    const rex = await house.enters('rex')
    expect((await rex.asks('GET', '/api/session')).status).toBe(200)
    await house.db.run('DELETE FROM sessions WHERE user_id = ?', [rex.me.id])
    expect((await rex.asks('GET', '/api/session')).status).toBe(200)
    clock += 61_000
    expect((await rex.asks('GET', '/api/session')).status).toBe(401)
  })

  test('a session that is used goes on, one that is not ends, and is swept', async () => {
    const sam = await house.enters('sam')
    const tea = await house.enters('tea')
    const usedAt = async (browser: Browser): Promise<Date | undefined> =>
      (
        await house.db.rows<{ used_at: Date }>('SELECT used_at FROM sessions WHERE user_id = ?', [
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
    await house.sessions.sweep()
    expect(await usedAt(tea)).toBeUndefined()
    expect(await usedAt(sam)).toBeDefined()
  })
})

describe('a password', () => {
  test('a guest sets one and keeps everything: name, rooms, this session', async () => {
    const uma = await house.enters('uma')
    const room = await uma.makes('uma’s garden', 'private')
    const set = await uma.asks('PUT', '/api/session/password', { password: 'correct horse' })
    expect(set).toMatchObject({ status: 200, body: { user: { ...uma.me, guest: false } } })
    expect((await uma.asks('GET', '/api/session')).body.user).toEqual({ ...uma.me, guest: false })
    const phone = house.browser()
    expect((await phone.signsIn('uma', 'correct horse')).body.user?.id).toBe(uma.me.id)
    expect((await phone.asks('GET', `/api/rooms/${room.id}`)).body.room?.role).toBe('owner')
  })

  test('once set it is changed only by the current one', async () => {
    const vic = await member('vic')
    const change = (current?: string) =>
      vic.asks('PUT', '/api/session/password', { password: 'new horse!', ...(current && { current }) })
    expect((await change()).code).toBe('has_password')
    expect((await change('wrong horse')).code).toBe('wrong_password')
    expect(
      (await vic.asks('PUT', '/api/session/password', { password: 'short', current: 'correct horse' })).code,
    ).toBe('bad_password')
    expect((await change('correct horse')).status).toBe(200)
    expect((await house.browser().signsIn('vic', 'correct horse')).code).toBe('wrong_password')
    expect((await house.browser().signsIn('vic', 'new horse!')).status).toBe(200)
  })

  test('a changed one ends the other sessions and keeps this one', async () => {
    const laptop = await member('wim')
    const phone = house.browser()
    await phone.signsIn('wim', 'correct horse')
    expect((await phone.asks('GET', '/api/session')).status).toBe(200)
    const other = (await phone.asks('GET', '/api/sessions')).body.sessions?.find(({ current }) => current)
    await laptop.asks('PUT', '/api/session/password', { password: 'new horse!', current: 'correct horse' })
    expect((await phone.asks('GET', '/api/session')).status).toBe(401)
    expect((await laptop.asks('GET', '/api/session')).status).toBe(200)
    expect(house.signals).toContainEqual({ kind: 'signed-out', session: other?.id })
  })

  test('of two set at once by a guest one stands, and opens', async () => {
    const xia = await house.enters('xia')
    const set = (password: string) => xia.asks('PUT', '/api/session/password', { password })
    const answers = await Promise.all([set('first horse'), set('second horse')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const stands = answers[0]?.status === 200 ? 'first horse' : 'second horse'
    expect((await house.browser().signsIn('xia', stands)).status).toBe(200)
  })
})
