import { afterEach, describe, expect, it, vi } from 'vitest'
import { request, retryAfter } from '../../../web/wire/http.ts'
import { isRefusal } from '../../../web/wire/refusal.ts'

const answers = (response: () => Response | Promise<Response>) =>
  vi.stubGlobal(
    'fetch',
    vi.fn().mockImplementation(async () => response()),
  )
const ask = () => request({ method: 'GET', path: '/session' })
const refused = (status: number, code: string, headers = {}) =>
  Response.json({ error: { code, message: '' } }, { status, headers })

afterEach(() => vi.unstubAllGlobals())

describe('a request', () => {
  it('returns the answer', async () => {
    answers(() => Response.json({ user: { id: '1' } }))
    expect(await ask()).toEqual({ user: { id: '1' } })
  })

  it('returns nothing for a 204', async () => {
    answers(() => new Response(null, { status: 204 }))
    expect(await ask()).toBeUndefined()
  })

  it('goes to an address below /api with exactly what is given', async () => {
    answers(() => Response.json({}))
    await request({
      method: 'GET',
      path: '/rooms/7/messages',
      query: { before: 5, after: undefined, limit: 50 },
    })
    expect(vi.mocked(fetch).mock.calls[0]?.[0]).toBe('/api/rooms/7/messages?before=5&limit=50')
  })

  it('refused by Brook is a refusal with its code, and with the time for a retry', async () => {
    answers(() => refused(429, 'too_many', { 'retry-after': '3' }))
    expect(await ask()).toEqual({ code: 'too_many', retryAfterMs: 3_000 })
    answers(() => refused(409, 'name_taken'))
    expect(await ask()).toEqual({ code: 'name_taken' })
  })

  it.each([
    [401, 'signed_out'],
    [404, 'not_found'],
    [429, 'too_many'],
    [500, 'internal'],
    [502, 'unreachable'],
    [503, 'unreachable'],
    [400, 'bad_request'],
  ])('refused with %i in a text that is not Brook’s is %s', async (status, code) => {
    answers(() => Response.json({ oops: true }, { status }))
    expect(await ask()).toEqual({ code })
  })

  it('answered by a page that is not JSON, or by nobody, is unreachable', async () => {
    answers(() => new Response('<html>Sign in to the hotel</html>'))
    expect(await ask()).toEqual({ code: 'unreachable' })
    answers(() => Promise.reject(new TypeError('Failed to fetch')))
    expect(await ask()).toEqual({ code: 'unreachable' })
  })
})

it('an answer is distinguished from a refusal', () => {
  expect(isRefusal({ code: 'not_found' })).toBe(true)
  for (const answer of [undefined, null, {}, { room: {} }, { error: { code: 'x' } }]) {
    expect(isRefusal(answer)).toBe(false)
  }
})

it('Retry-After is seconds or a date, and never in the past', () => {
  const now = Date.parse('2026-11-20T10:00:00Z')
  expect(retryAfter('2', now)).toBe(2_000)
  expect(retryAfter('Fri, 20 Nov 2026 10:00:05 GMT', now)).toBe(5_000)
  expect(retryAfter('Fri, 20 Nov 2026 09:00:00 GMT', now)).toBe(0)
  expect(retryAfter('soon', now)).toBeUndefined()
  expect(retryAfter(null, now)).toBeUndefined()
})
