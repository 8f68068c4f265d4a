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
    { level: 'warn', time: expect.any(String), process: 'sync', pid: process.pid, msg: 'held' },
    expect.objectContaining({ level: 'info', msg: 'signed in', user: '7', address: '10.0.0.7' }),
  ])
  expect(terminal.lines.map((line) => line.replace(/^[\d:]{8}/, 'T'))).toEqual([
    'T warn  held\n',
    'T info  signed in (user 7, address 10.0.0.7)\n',
  ])
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
