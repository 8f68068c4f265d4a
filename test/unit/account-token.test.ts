// The token in a request, and the page that a request comes from.
import { fastifyCookie } from '@fastify/cookie'
import Fastify, { type FastifyInstance } from 'fastify'
import { beforeAll, describe, expect, test } from 'vitest'
import { isSameOrigin, newToken, tokenHash, tokenOf, type Knock } from '../../server/account/token.ts'

let app: FastifyInstance
beforeAll(async () => {
  app = Fastify()
  await app.register(fastifyCookie)
})

const knock = (
  headers: Knock['headers'],
  protocol: 'http' | 'https' = 'http',
  host = 'brook.test',
): Knock => ({
  headers,
  protocol,
  host,
})
const token = newToken()

describe('a token', () => {
  test('is 32 random bytes, and stored only as a hash', () => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
    expect(newToken()).not.toBe(token)
    expect(tokenHash(token)).toHaveLength(32)
    expect(tokenHash(token)).toEqual(tokenHash(token))
  })

  test('is found as Bearer or in the cookie, Bearer first', () => {
    const cookie = `other=1; brook=${token}; more=2`
    expect(tokenOf(knock({ cookie }))).toBe(token)
    expect(tokenOf(knock({ authorization: `Bearer ${token}` }))).toBe(token)
    expect(tokenOf(knock({ authorization: `bearer  ${token}` }))).toBe(token)
    const another = newToken()
    expect(tokenOf(knock({ cookie, authorization: `Bearer ${another}` }))).toBe(another)
  })

  test('over TLS is only in the __Host- cookie, and over HTTP only in the plain one', () => {
    const both = { cookie: `brook=${token}` }
    expect(tokenOf(knock(both, 'https'))).toBeUndefined()
    expect(tokenOf(knock({ cookie: `__Host-brook=${token}` }, 'https'))).toBe(token)
    expect(tokenOf(knock({ cookie: `__Host-brook=${token}` }, 'http'))).toBeUndefined()
  })

  test('of another form is not a token', () => {
    for (const text of ['', 'x', token.slice(1), `${token}x`, `${token.slice(1)}=`, `${token.slice(1)}/`]) {
      expect(tokenOf(knock({ cookie: `brook=${text}` }))).toBeUndefined()
      expect(tokenOf(knock({ authorization: `Bearer ${text}` }))).toBeUndefined()
    }
    expect(tokenOf(knock({ authorization: `Basic ${token}` }))).toBeUndefined()
    expect(tokenOf(knock({}))).toBeUndefined()
  })
})

describe('a request comes from our own page', () => {
  const comes = (origin: string | undefined, host = 'brook.test', extra: Knock['headers'] = {}): boolean =>
    isSameOrigin(knock({ ...(origin === undefined ? {} : { origin }), ...extra }, 'http', host))

  test('if its Origin has the requested host', () => {
    expect(comes('http://brook.test')).toBe(true)
    expect(comes('https://brook.test')).toBe(true)
    expect(comes('http://BROOK.test', 'brook.TEST')).toBe(true)
    expect(comes('http://127.0.0.1:3000', '127.0.0.1:3000')).toBe(true)
    expect(comes('http://[::1]:3000', '[::1]:3000')).toBe(true)
    expect(comes('https://brook.test', 'brook.test:443')).toBe(true)
    expect(comes('http://brook.test', 'brook.test:80')).toBe(true)
  })

  test('and not if it has another', () => {
    for (const origin of [
      'null',
      '',
      'brook.test',
      'http://evil.test',
      'http://brook.test.evil.test',
      'http://evil-brook.test',
      'http://brook.test:3000',
      'https://brook.test:80',
      'file://',
      'about:blank',
      'http://brook.test, http://evil.test',
    ])
      expect(comes(origin), origin).toBe(false)
    expect(comes('http://brook.test', '')).toBe(false)
    expect(comes('http://evil.test', 'brook.test', { authorization: `Bearer ${token}` })).toBe(false)
  })

  test('without an Origin unless a browser says that the page is another site', () => {
    const cookie = `brook=${token}`
    expect(comes(undefined)).toBe(true)
    expect(comes(undefined, 'brook.test', { cookie })).toBe(true)
    for (const site of ['same-origin', 'none'])
      expect(comes(undefined, 'brook.test', { cookie, 'sec-fetch-site': site }), site).toBe(true)
    for (const site of ['cross-site', 'same-site', ''])
      expect(comes(undefined, 'brook.test', { cookie, 'sec-fetch-site': site }), site).toBe(false)
  })
})
