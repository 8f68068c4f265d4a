// What a server tells its administrators: lines of one form, each outage once, and who did what, without a secret.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { runBots } from '../../server/builtin-bot/run.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { Brook } from '../support/brook.ts'
import { Receiver } from '../support/receiver.ts'
import { Metrics } from '../../server/metrics.ts'
import { serveMetrics } from '../../server/metrics-endpoint.ts'
import type { SignedAnswer } from '../../server/protocol/hooks.ts'
import { readFileSync } from 'node:fs'
import { root } from '../../server/root.ts'
import { until } from '../support/until.ts'

interface Line {
  time: string
  level: string
  msg: string
  [fact: string]: unknown
}

const { version } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as { version: string }

let brook: Brook
const written: string[] = []
beforeAll(async () => {
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => written.push(String(text)) > 0)
  brook = await Brook.start({ logLevel: 'debug', webhookPrivate: true, pacing: true })
})
afterAll(async () => {
  await brook.stop()
  vi.restoreAllMocks()
})

const lines = (): Line[] => written.map((text) => JSON.parse(text) as Line)
const words = (): string[] => lines().map(({ msg }) => msg)
const line = (msg: string): Promise<Line> =>
  until(() => lines().findLast((one) => one.msg === msg)) as Promise<Line>

const post = (path: string, body: object, origin = brook.servers[0]?.address ?? ''): Promise<Response> =>
  fetch(`${brook.servers[0]?.address}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify(body),
  })

/** A series of the server's metrics, spaces in it written as underscores. */
async function measured(series: string): Promise<number> {
  const text = await (await fetch(`${brook.servers[0]?.address}/metrics`)).text()
  const found = text.split('\n').find((row) => row.replace(/ (?=\/)/, '_').startsWith(`${series} `))
  return Number(found?.split(' ').at(-1))
}

test('who came and who was refused is logged with the address, and never a password', async () => {
  const password = 'wrought iron gates 41'
  await post('/api/users', { name: 'Wanda', password })
  const wanda = await line('signed up')
  expect(wanda).toMatchObject({ level: 'info', process: 'server', name: 'Wanda', address: '127.0.0.1' })
  expect(wanda.time).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
  await post('/api/session', { name: 'Wanda', password })
  expect(await line('signed in')).toMatchObject({ user: wanda['user'], address: '127.0.0.1' })
  await post('/api/session', { name: 'Wanda', password: 'another guess 77' })
  expect(await line('refused')).toMatchObject({
    ...{ level: 'info', code: 'wrong_password', account: wanda['user'], address: '127.0.0.1' },
    ...{ method: 'POST', route: '/api/session' },
  })
  await post('/api/session', { name: 'Wanda', password }, 'http://evil.example')
  expect(await line('refused')).toMatchObject({ level: 'warn', code: 'bad_origin' })
  expect(written.join('')).not.toMatch(/wrought iron|another guess/)
})

test('each answer is a line that names its route and not its address, which may hold a token', async () => {
  await post('/api/hooks/12/secret-token-of-a-webhook', { text: 'hi' })
  expect(await line('answered')).toMatchObject({ level: 'debug', status: 404, address: '127.0.0.1' })
  expect((await line('answered'))['route']).toMatch(/^POST \/api\/hooks\/:/)
  expect(written.join('')).not.toContain('secret-token')
})

test('a line of a request has its id, which the answer has too, and who asked, from where', async () => {
  const eli = await brook.enter('Eli')
  const { id } = await eli.makes('orchard')
  const answer = await fetch(`${brook.servers[0]?.address}/api/rooms/${id}`, {
    method: 'PATCH',
    headers: {
      cookie: eli.cookie,
      'content-type': 'application/json',
      origin: brook.servers[0]?.address ?? '',
    },
    body: JSON.stringify({ topic: 'where the pears are hidden' }),
  })
  expect(answer.status).toBeLessThan(300)
  const request = answer.headers.get('x-request-id')
  const about = await until(
    () => lines().filter((one) => one['request'] === request),
    ({ length }) => length > 0,
  )
  expect(about.map(({ part }) => part)).toEqual(about.map(() => 'http'))
  expect(about).toContainEqual(
    expect.objectContaining({ msg: 'answered', user: eli.user.id, address: '127.0.0.1' }),
  )
  // Each has an id of its own.
  const ids = lines().flatMap((one) => (one.msg === 'answered' ? [one['request']] : []))
  expect(new Set(ids).size).toBe(ids.length)
  // What was changed is told, and not to what.
  expect(written.join('')).not.toContain('pears')
})

test('what a socket asks in vain is a line with who asked, from where', async () => {
  const cai = await brook.enter('Cai')
  cai.says('to a room that is not there', { room: '999' })
  expect(await line('refused on a socket')).toMatchObject({
    ...{ level: 'debug', part: 'socket', user: cai.user.id, address: '127.0.0.1' },
    request: expect.stringMatching(/^[\w-]+$/),
    code: expect.any(String),
  })
})

test('how long people wait, and what they wait for, is measured', async () => {
  const dan = await brook.enter('Dan')
  const before = await Promise.all(
    ['ack', 'heard'].map((name) => brook.metric(`brook_send_${name}_seconds_count`)),
  )
  for (const text of ['one', 'two']) await dan.acked(dan.says(text))
  await dan.hears('two')
  const after = await Promise.all(
    ['ack', 'heard'].map((name) => brook.metric(`brook_send_${name}_seconds_count`)),
  )
  expect(after).toEqual(before.map((count) => count + 2))
  for (const series of [
    `brook_append_seconds_count{part="server"}`,
    `brook_mysql_seconds_count{part="server"}`,
    `brook_http_seconds_count{route="POST_/api/guests",status="2xx"}`,
    `brook_http_seconds_count{route="POST_/api/session",status="4xx"}`,
    `brook_build_info{version="${version}",node="${process.versions.node}"}`,
  ])
    expect(await measured(series), series).toBeGreaterThan(0)
})

test('sync and bots have figures of their own', async () => {
  const metrics = new Metrics()
  const [sync, bots] = [
    await runSync(brook.config, { say: () => undefined, metrics }),
    await runBots(brook.config, { say: () => undefined, metrics }),
  ]
  const endpoint = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics)
  const ask = async (path: string) => (await fetch(`http://127.0.0.1:${endpoint.port}${path}`)).text()
  const text = await until(
    () => ask('/metrics'),
    (all) => /brook_sync_run_seconds_count [1-9]/.test(all),
  )
  expect(text).toMatch(/brook_mysql_seconds_count\{part="sync"\} [1-9]/)
  expect(text).toMatch(/brook_mysql_seconds_count\{part="bots"\} [1-9]/)
  expect(text).toContain('brook_sync_process_rows_total')
  expect(await ask('/healthz')).toBe('{"alive":true}')
  for (const part of [endpoint, bots, sync]) await part.close()
})

test('a store that is away is told once, and once that it is back, by each process', async () => {
  const ann = await brook.enter('Ann')
  await ann.acked(ann.says('before'))
  const said: string[] = []
  const sync = await runSync(brook.config, { say: (text) => said.push(text) })
  for (const [name, store] of [
    ['Redis', brook.stores.redisProcess],
    ['MySQL', brook.stores.mariadbProcess],
  ] as const) {
    written.length = 0
    said.length = 0
    const isTold = (how: string) => new RegExp(`${name} at /\\S+ is ${how}`)
    const both = (how: string): Promise<unknown> =>
      until(
        () => [words(), said],
        (all) => all.every((told) => told.some((text) => isTold(how).test(text))),
        20_000,
      )
    await store.kill()
    await both('away: ')
    // Whoever tries meanwhile adds no line.
    for (let sends = 0; sends < 5; sends++) ann.says(`send ${sends}`)
    await fetch(`${brook.servers[0]?.address}/readyz`)
    await store.start()
    await both('back after \\d')
    // A busy machine is slow besides.
    const troubles = lines().filter(
      ({ level, msg }) => (level === 'warn' || level === 'error') && !/ is slow: /.test(String(msg)),
    )
    expect(troubles.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(isTold('away')),
      expect.stringMatching(isTold('back')),
    ])
    for (const how of ['away', 'back']) expect(said.filter((text) => isTold(how).test(text))).toHaveLength(1)
    expect(said.filter((text) => text.startsWith('sync: held')).length).toBeLessThanOrEqual(1)
    await ann.saysAtLast(`after ${name}`)
  }
  await sync.close()
}, 60_000)

test('a receiver of webhooks that is away is told once, without the path of its address', async () => {
  const bea = await brook.enter('Bea')
  const receiver = await Receiver.up()
  const { id } = await bea.makes('hooked')
  const made = await bea.ask<SignedAnswer>('POST', `/api/rooms/${id}/hooks/outgoing`, { url: receiver.url })
  expect(made.status).toBe(201)
  await receiver.goesDown()
  await bea.acked(bea.says('into the void', { room: id }))
  const told = await until(() => words().find((text) => /receiver.*is away/.test(text)), Boolean, 20_000)
  expect(told).toMatch(/^The receiver of webhook \d+ \(127\.0\.0\.1:\d+\) is away: nobody listens there$/)
  await receiver.returns()
  await until(() => words().some((text) => /^The receiver of .* is back after /.test(text)), Boolean, 20_000)
  await receiver.goesDown()
  expect(written.join('')).not.toContain('/hook"')
}, 60_000)
