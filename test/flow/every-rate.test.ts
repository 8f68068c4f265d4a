// Every route counts who asks: when somebody has used up what they may ask, no route does anything for them. On a clock that
// stands still unless a test moves it, so that nothing is given back meanwhile.
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { composeApp } from '../../server/app.ts'
import { openCore, type Core } from '../../server/core.ts'
import { buildHttp } from '../../server/http.ts'
import { rates } from '../../server/protocol/rates.ts'
import { Brook } from '../support/brook.ts'
import { awayMail } from '../support/mail-server.ts'

/** Without a rate, and why. */
const unpaced = {
  'GET /healthz': 'asks no store and says one word',
}
/** What a person is refused by a rate that belongs to the route. */
const ownRates = {
  'GET /readyz': 'of an address',
  'GET /metrics': 'of an address',
  'GET /api/hooks/1/1': 'of an address, and of the webhook',
  'POST /api/hooks/1/1': 'of an address, and of the webhook',
  'GET /api/people/1/avatar': 'of faces: profiles.test.ts',
  'GET /api/rooms/1/picture': 'of faces',
  'GET /api/emoji/1/image': 'of images of emoji: custom-emoji.test.ts',
  'GET /api/rooms/1/messages/1/cards/1': 'of pictures of link cards',
  'GET /api/files/1': 'of files: files.test.ts',
  'GET /api/files/1/content': 'of files: files.test.ts',
  'GET /api/files/1/preview': 'of files, as their content',
  'GET /api/workspace/icon': 'none: it is made once for each of a few sizes',
  'POST /api/mail/off/1': 'of an address: a mail program has no session',
  'GET /api/bots/me/entries': 'of a bot: rates.test.ts',
}

let brook: Brook
let core: Core
let app: FastifyInstance
let cookie: string
let routes: string[]
/** The clock, in ms. */
let now = 0

beforeAll(async () => {
  brook = await Brook.start(awayMail)
  cookie = (await brook.arrive('Ann')).cookie
  core = { ...openCore(brook.config), rateLimits: { now: () => now } }
  const composed = composeApp(core)
  app = await buildHttp({ ...core, ...composed })
  await core.log.open()
  for (const feature of composed.features) await feature.open?.()
  await app.ready()
  const { paths = {} } = app.swagger()
  routes = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '1')}`),
  )
})
afterAll(async () => {
  await app.close()
  await core.close()
  await brook.stop()
})

async function statusOf(route: string, headers: Record<string, string> = {}): Promise<number> {
  const [method = '', url = ''] = route.split(' ')
  // Those who are not signed in come from another address.
  const remoteAddress = headers['cookie'] === undefined ? '192.0.2.1' : '192.0.2.2'
  const { statusCode } = await app.inject({ method: method as 'GET', url, headers, remoteAddress })
  return statusCode
}

/** How often a route is answered before its 429; at most `times`. */
async function answersOf(route: string, times: number, headers?: Record<string, string>): Promise<number> {
  for (let answers = 0; answers < times; answers += 1)
    if ((await statusOf(route, headers)) === 429) return answers
  return times
}

test('a person who has used up what they may read and change is refused by every route', async () => {
  expect(await answersOf('GET /api/rooms', 1_000, { cookie })).toBe(rates.pages.burst / 50)
  expect(await answersOf('PATCH /api/rooms/1', 1_000, { cookie })).toBe(rates.changes.burst)
  const served: string[] = []
  for (const route of routes) if ((await statusOf(route, { cookie })) !== 429) served.push(route)
  expect(served.sort()).toEqual([...Object.keys(unpaced), ...Object.keys(ownRates)].sort())
})

test('somebody who is not signed in is refused by every route, too', async () => {
  const { burst } = rates.strangers
  expect(await answersOf('GET /api/rooms', 2 * burst)).toBe(burst)
  const served: string[] = []
  for (const route of routes) if ((await answersOf(route, 2 * burst)) === 2 * burst) served.push(route)
  expect(served).toEqual(Object.keys(unpaced))
  expect(await answersOf('GET /api/docs/json', 2 * burst)).toBe(rates.docs.burst)
})

test('one address opens only so many sockets at once, whoever they are', async () => {
  const { burst } = rates.handshake
  const each = rates.pages.burst / 50
  const cookies: string[] = []
  for (let n = 0; n * each <= burst; n += 1) cookies.push((await brook.arrive(`Guest ${n}`)).cookie)
  const handshake = (one: string): Promise<number> => statusOf('GET /api/ws', { cookie: one })
  // Whoever passes the handshake without asking for an upgrade finds nothing there.
  const passed = async (one: string, times: number): Promise<number> => {
    for (let n = 0; n < times; n += 1) if ((await handshake(one)) !== 404) return n
    return times
  }
  let all = 0
  for (const one of cookies) all += await passed(one, each)
  expect(all).toBe(burst)
  expect(await handshake(cookies.at(-1) ?? '')).toBe(503)
  now += 1_000
  expect(await passed(cookies.at(-1) ?? '', 5)).toBe(5)
})

test('one person brings only so many people into rooms in an hour, whomever', async () => {
  const { bringIn, bringInOne } = rates
  const puller = await brook.arrive('Puller')
  const rooms = Array.from({ length: bringInOne.burst }, (_, n) => puller.makes(`department ${n}`, 'private'))
  const ids = (await Promise.all(rooms)).map(({ id }) => id)
  const names = Array.from({ length: bringIn.burst / ids.length + 1 }, (_, n) => `Newcomer ${n}`)
  for (const name of names) await brook.arrive(name)
  const brings = async (name: string, room: string): Promise<number> => {
    // The rates of a second are not the matter.
    now += 1_000
    const { statusCode } = await app.inject({
      method: 'POST',
      url: `/api/rooms/${room}/members`,
      headers: { cookie: puller.cookie },
      payload: { name },
    })
    return statusCode
  }
  const answers: number[] = []
  for (const name of names) for (const room of ids) answers.push(await brings(name, room))
  expect(answers.filter((status) => status === 204)).toHaveLength(bringIn.burst)
  expect(answers.slice(bringIn.burst)).toEqual(ids.map(() => 429))
})

test('one person reports only so many messages in an hour', async () => {
  const { burst } = rates.report
  const author = await brook.enter('Author')
  const { id: room } = await author.makes('reported')
  const reporter = await brook.arrive('Reporter')
  const reports = async (seq: number): Promise<number> => {
    now += 1_000
    const { statusCode } = await app.inject({
      method: 'POST',
      url: `/api/rooms/${room}/messages/${seq}/reports`,
      headers: { cookie: reporter.cookie },
      payload: { reason: 'spam' },
    })
    return statusCode
  }
  const answers: number[] = []
  for (let n = 0; n <= burst; n += 1)
    answers.push(await reports((await author.acked(author.says(`${n}`, { room }))).seq))
  expect(answers).toEqual([...Array.from({ length: burst }, () => 204), 429])
})
