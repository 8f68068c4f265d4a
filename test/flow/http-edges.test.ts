// What an address answers that is not there, or is asked in another way than it takes; and how answers travel.
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

const token = 'a token of metrics 1'.replaceAll(' ', '-')
let brook: Brook
let ann: Person
let address: string
beforeAll(async () => {
  brook = await Brook.start({ metricsToken: token })
  ann = await brook.enter('Ann')
  address = brook.servers[0]?.address ?? ''
  const cids = Array.from({ length: 40 }, (_, n) => ann.says(`words that are said again and again ${n}`))
  for (const cid of cids) await ann.acked(cid)
})
afterAll(() => brook.stop())

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
}

/** As it comes over the wire: fetch would decompress it. */
const ask = (
  method: string,
  path: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request(`${address}${path}`, { method, headers }, (answer) => {
      const parts: Buffer[] = []
      answer
        .on('data', (part: Buffer) => parts.push(part))
        .on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, bytes: Buffer.concat(parts) }),
        )
    })
    asked.on('error', reject).end(body)
  })
const codeOf = ({ bytes }: Answer): unknown =>
  (JSON.parse(bytes.toString()) as { error: { code: string } }).error.code

describe('an address', () => {
  test.each([
    '/worker.js',
    '/nope.js',
    '/assets/nope-1234.js',
    '/.well-known/security.txt',
    '/.well-known/change-password',
    '/wp-login.php',
    '/rooms/7/nope.png',
    '/api',
    '/api/nope',
    '/api/rooms/7/nope',
  ])('%s, which is not there, answers 404 in JSON, never the page', async (path) => {
    for (const method of ['GET', 'POST']) {
      const answer = await ask(method, path, { accept: 'text/html' })
      expect([method, answer.status, codeOf(answer)]).toEqual([method, 404, 'not_found'])
    }
  })

  test.each([
    ['POST', '/api/rooms/7', 'GET, HEAD, PATCH'],
    ['PUT', '/api/rooms', 'GET, HEAD, POST'],
    ['DELETE', '/api/rooms/7/messages', 'GET, HEAD, POST'],
    ['GET', '/api/users', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
    ['POST', '/metrics', 'GET, HEAD'],
    ['OPTIONS', '/api/session', 'DELETE, GET, HEAD, POST'],
    ['POST', '/api/docs/json', 'GET, HEAD'],
  ])('%s %s is 405, and says what it takes', async (method, path, allow) => {
    const answer = await ask(method, path)
    expect([answer.status, answer.headers['allow']]).toEqual([405, allow])
    expect(codeOf(answer)).toBe('method_not_allowed')
  })

  test('of a room takes a JSON content type without a body, and still refuses a body that is no JSON', async () => {
    const bob = await brook.enter('Bob')
    const { id: room } = await bob.makes('garden')
    const headers = { cookie: bob.cookie, 'content-type': 'application/json' }
    const joined = await ask('PUT', `/api/rooms/${room}/members/me`, headers)
    expect([joined.status, JSON.parse(joined.bytes.toString())]).toMatchObject([
      200,
      { room: { id: room, joined: true } },
    ])
    expect(
      (await ask('PUT', `/api/rooms/${room}/members/me`, { ...headers, 'content-length': '0' })).status,
    ).toBe(200)
    expect((await ask('DELETE', `/api/rooms/${room}/members/me`, headers)).status).toBe(204)
    for (const body of ['{', 'x', '{"__proto__":1}']) {
      const refused = await ask('POST', '/api/rooms', headers, body)
      expect([refused.status, codeOf(refused)]).toEqual([400, 'bad_request'])
    }
    expect(codeOf(await ask('POST', '/api/rooms', headers))).toBe('bad_request')
  })
})

describe('who is signed in', () => {
  test('is null without a session, and everything else stays 401', async () => {
    const answer = await ask('GET', '/api/session')
    expect([answer.status, answer.bytes.toString()]).toEqual([200, '{"user":null}'])
    expect((await ask('GET', '/api/session', { cookie: 'other=1' })).status).toBe(200)
    for (const path of ['/api/rooms', '/api/sessions', '/api/mentions', '/api/threads/marks'])
      expect((await ask('GET', path)).status).toBe(401)
  })

  test('is told to whoever has a token; one that is no good any more is 401, and a browser forgets it', async () => {
    const eve = await brook.enter('Eve')
    const own = await ask('GET', '/api/session', { cookie: eve.cookie })
    expect(JSON.parse(own.bytes.toString())).toMatchObject({ user: { name: 'Eve' } })
    await eve.ask('DELETE', '/api/session')
    const dead = await ask('GET', '/api/session', { cookie: eve.cookie })
    expect([dead.status, codeOf(dead)]).toEqual([401, 'signed_out'])
    expect(String(dead.headers['set-cookie'])).toMatch(/^brook=;.*Max-Age=0/)
    for (const cookie of ['brook=nonsense', '__Host-brook=nonsense'])
      expect((await ask('GET', '/api/session', { cookie })).status).toBe(401)
    for (const authorization of ['Bearer brook_bot_nonsense', `Bearer ${'x'.repeat(43)}`, 'Basic eDp5'])
      expect((await ask('GET', '/api/session', { authorization })).status).toBe(401)
  })
})

describe('an answer', () => {
  const page = '/api/rooms/{}/messages?limit=40'
  const read = (headers: Record<string, string> = {}) =>
    ask('GET', page.replace('{}', ann.room), { cookie: ann.cookie, ...headers })

  test('in JSON is compressed as the client can take it, and is the same', async () => {
    const plain = await read()
    expect(plain.headers['content-encoding']).toBeUndefined()
    const br = await read({ 'accept-encoding': 'gzip, deflate, br' })
    const gzip = await read({ 'accept-encoding': 'gzip' })
    expect([br.headers['content-encoding'], gzip.headers['content-encoding']]).toEqual(['br', 'gzip'])
    expect(brotliDecompressSync(br.bytes).equals(plain.bytes)).toBe(true)
    expect(gunzipSync(gzip.bytes).equals(plain.bytes)).toBe(true)
    expect(br.bytes.length).toBeLessThan(plain.bytes.length / 4)
    expect(String(br.headers['vary'])).toContain('accept-encoding')
    expect(br.headers['cache-control']).toBe('no-store')
    expect(
      brotliDecompressSync((await ask('GET', '/api/docs/json', { 'accept-encoding': 'br' })).bytes).length,
    ).toBeGreaterThan(50_000)
  })

  test('that is the page names nothing to load for whoever was signed in before, also where it is still the same', async () => {
    const own = await ask('GET', '/', { cookie: ann.cookie })
    expect(own.headers['link']).toContain('/api/rooms')
    const again = await ask('GET', '/', { 'if-none-match': String(own.headers['etag']) })
    expect([again.status, again.headers['link']]).toEqual([304, ''])
  })

  test('that is short, to a change, or asked for by another site is not', async () => {
    const encoding = { 'accept-encoding': 'br, gzip' }
    const short = await ask('GET', '/api/session', { cookie: ann.cookie, ...encoding })
    const change = await ask(
      'POST',
      `/api/rooms/${ann.room}/messages`,
      { cookie: ann.cookie, 'content-type': 'application/json', ...encoding },
      JSON.stringify({ cid: newCid(), text: 'x'.repeat(4_000) }),
    )
    const foreign = await read({ ...encoding, 'sec-fetch-site': 'cross-site' })
    for (const { headers } of [short, change, foreign]) expect(headers['content-encoding']).toBeUndefined()
    expect(foreign.status).toBe(200)
  })

  test('that is a download streams as it is', async () => {
    const path = `/api/rooms/${ann.room}/export?format=html`
    const { headers, bytes } = await ask('GET', path, { cookie: ann.cookie, 'accept-encoding': 'br, gzip' })
    expect(headers['content-encoding']).toBeUndefined()
    expect(bytes.toString()).toContain('again and again 39')
  })
})

describe('metrics', () => {
  const from = (headers: Record<string, string>) => ask('GET', '/metrics', headers)

  test('are open to this machine', async () => {
    expect((await from({})).status).toBe(200)
  })

  test('need the token from elsewhere, as through a proxy on this machine', async () => {
    for (const header of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      const refused = await from({ [header]: '203.0.113.7' })
      expect([refused.status, codeOf(refused), refused.headers['www-authenticate']]).toEqual([
        401,
        'no_metrics',
        'Bearer',
      ])
    }
    const elsewhere = { 'x-forwarded-for': '203.0.113.7' }
    for (const authorization of ['Bearer wrong', `Basic ${token}`, token, 'Bearer '])
      expect((await from({ ...elsewhere, authorization })).status).toBe(401)
    expect((await from({ ...elsewhere, authorization: `Bearer ${token}` })).status).toBe(200)
  })

  test('have names and words as promtool wants them', async () => {
    const text = (await from({})).bytes.toString()
    const types = new Map(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => [name, type]),
    )
    const help = new Map(
      [...text.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name = '', words = '']) => [name, words]),
    )
    expect(types.size).toBeGreaterThan(60)
    for (const [name, type] of types) {
      expect([name, (help.get(name) ?? '').trim()]).not.toEqual([name, ''])
      // Counters end in _total and nothing else does; base units, spelled out; no type in a name.
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
      expect(name).toMatch(/^[a-z][a-z0-9_]*[a-z0-9]$/)
      expect(name).not.toMatch(
        /_(?:ms|milliseconds|minutes|kib|mib|kilobytes|percent|count|sum|bucket|gauge|counter|histogram)(?:_|$)/,
      )
    }
  })
})
