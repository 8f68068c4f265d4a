// The lines of a log: their two forms, and what goes on failing.
import { expect, test } from 'vitest'
import { openLogger, sayTo } from '../../server/logging/logger.ts'
import { openReports } from '../../server/logging/reports.ts'
import { Metrics } from '../../server/metrics.ts'
import { tellSlow, watchStores } from '../../server/store-watch.ts'

function paper(isTTY: boolean) {
  const lines: string[] = []
  return { lines, isTTY, write: (text: string) => lines.push(text) > 0 }
}

test('off a terminal each line is an object with time, level and words; on one it is for a person', () => {
  const [file, terminal] = [paper(false), paper(true)]
  for (const out of [file, terminal]) {
    const logger = openLogger({ level: 'info', base: { process: 'sync' } }, out)
    sayTo(logger)('held', 'warn')
    logger.info({ user: '7', address: '10.0.0.7' }, 'signed in')
    logger.debug('not at this level')
  }
  expect(file.lines.map((line) => JSON.parse(line) as object)).toEqual([
    { level: 'warn', time: expect.any(String), process: 'sync', pid: process.pid, part: 'sync', msg: 'held' },
    expect.objectContaining({ level: 'info', msg: 'signed in', user: '7', address: '10.0.0.7' }),
  ])
  expect(terminal.lines.map((line) => line.replace(/^[\d:]{8}/, 'T'))).toEqual([
    'T warn  held\n',
    'T info  signed in (user 7, address 10.0.0.7)\n',
  ])
})

test('a line says which part of a process speaks', () => {
  const out = paper(false)
  const logger = openLogger({ level: 'info', base: { process: 'start' } }, out)
  const say = sayTo(logger)
  say('Starting the stores')
  say('sync: held, nothing is lost: no answer', 'warn')
  logger.child({ request: '8f-1' }).info('refused')
  logger.child({ request: '8f-2' }).info({ part: 'socket' }, 'a socket failed')
  const lines = out.lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines.map(({ part, request, msg }) => [part, request, msg])).toEqual([
    ['start', undefined, 'Starting the stores'],
    ['sync', undefined, 'held, nothing is lost: no answer'],
    ['http', '8f-1', 'refused'],
    ['socket', '8f-2', 'a socket failed'],
  ])
  for (const line of out.lines) expect(line.match(/"part"/g)).toHaveLength(1)
})

test('no error says what somebody has typed, sent, or keeps secret', () => {
  const secrets = 'meet me at the boathouse'
  const thrown = (act: () => unknown): Error => {
    try {
      act()
    } catch (error) {
      return error as Error
    }
    throw new Error('it did not fail')
  }
  const errors: Error[] = [
    // As ioredis makes them: what is appended is an argument.
    Object.assign(new Error('OOM command not allowed'), { command: { name: 'evalsha', args: [secrets] } }),
    new Error(`ERR unknown command 'XADDD', with args beginning with: 'log' '${secrets}'`),
    Object.assign(new Error('Query failed'), {
      sql: `INSERT INTO messages VALUES ('${secrets}')`,
      parameters: [secrets],
    }),
    thrown(() => JSON.parse(secrets)),
    thrown(() => JSON.parse(`{"text": ${secrets}`)),
    new Error('connect to https://tools.example/hooks/meet-me-at-the-boathouse failed'),
    new Error('redis://brook:meet-me-at-the-boathouse@10.0.0.5:6379 refused'),
    new Error('550 <meet@boathouse.example> unknown'),
    new Error('held', { cause: Object.assign(new Error('inner'), { body: secrets }) }),
  ]
  const out = paper(false)
  const logger = openLogger({ level: 'info', base: { process: 'server' } }, out)
  for (const err of errors) {
    logger.error({ err }, 'it failed')
    sayTo(logger)(`sync: held: ${err.message}`)
  }
  expect(out.lines.filter((line) => /boathouse/.test(line))).toEqual([])
  // What helps is there.
  const said = out.lines.join('')
  for (const words of [
    'OOM command not allowed',
    'is not valid JSON',
    'https://tools.example',
    '10.0.0.5:6379',
    'logging.test.ts',
  ])
    expect(said).toContain(words)
})

test('progress becomes a line every five seconds', () => {
  const out = paper(false)
  let now = 0
  const say = sayTo(openLogger({ level: 'info', base: { process: 'start' } }, out), () => now)
  for (; now < 12_000; now += 500) say(`at ${now}`, 'passing')
  expect(out.lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['at 5000', 'at 10000'])
})

test('what fails again and again is told once a minute; that a store is away is left to the outages', () => {
  const told: string[] = []
  let now = 0
  const tell = (line: string): void => void told.push(line)
  const { onError, outages } = openReports(tell, () => now)
  for (; now < 61_000; now += 1_000) onError(new Error('no such column'), 'reminding')
  onError(new Error('Connection is closed.'), 'following the log')
  onError(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' }), 'the search index')
  expect(told.splice(0)).toEqual(['reminding', 'reminding (59 times more in the last minute)'])
  const what = 'Redis at 10.0.0.5:6379'
  outages.failed(what, 'reset')
  outages.works(what)
  expect(told).toEqual([])
  for (const why of ['reset', 'refused', 'refused']) outages.failed(what, why)
  now += 5_000
  outages.works(what)
  outages.works(what)
  expect(told).toEqual([`${what} is away: refused`, `${what} is back after 5.0 s`])
})

const names = { redis: 'Redis at 10.0.0.5:6379', mysql: 'MySQL at 10.0.0.6:3306' }

test('a slow append is a line at once, and once a minute while they last', () => {
  const told: string[] = []
  let now = 0
  const kind = { what: names.redis, one: 'an append', many: 'appends', overMs: 250 }
  const ended = tellSlow(
    (line) => told.push(line),
    kind,
    () => now,
  )
  for (; now <= 61_000; now += 1_000) ended(now % 10_000 === 0 ? 712 : 3)
  ended(300)
  expect(told).toEqual([
    'Redis at 10.0.0.5:6379 is slow: an append took 712 ms',
    'Redis at 10.0.0.5:6379 is slow: 6 appends took over 250 ms in the last 60 s, the longest 712 ms',
  ])
})

test('what a process measures of its stores is in its metrics, and what is slow in its log', async () => {
  const told: string[] = []
  const metrics = new Metrics()
  const tell = (line: string): void => void told.push(line)
  const { onAppend, onStatement } = watchStores({ metrics, part: 'sync', names, tell })
  for (const ms of [3, 712]) onAppend(ms)
  for (const ms of [3, 2_100]) onStatement(ms)
  expect(told).toEqual([
    `${names.redis} is slow: an append took 712 ms`,
    `${names.mysql} is slow: a statement took 2100 ms`,
  ])
  const text = await metrics.text()
  expect(text).toContain('brook_append_seconds_bucket{le="0.25",part="sync"} 1')
  expect(text).toContain('brook_mysql_seconds_count{part="sync"} 2')
})
