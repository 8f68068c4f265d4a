// Requests to sync: its status, and archiving now. Between processes, from the command line and for administrators.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runSync } from '../../server/history/sync/run-sync.ts'
import type { SyncAnswer } from '../../server/protocol/sync.ts'
import { Brook } from '../support/brook.ts'
import { commandLine, type CommandLine } from '../support/command-line.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

/** Never by itself: what is archived here was requested. */
const never = '0 0 0 1 1 *'

let brook: Brook
let line: CommandLine
let ann: Person
const syncs: { close(): Promise<void> }[] = []
beforeEach(async () => {
  brook = await Brook.start()
  line = await commandLine(brook.stores)
  ann = await brook.enter('ann')
})
afterEach(async () => {
  await Promise.all(syncs.splice(0).map((sync) => sync.close()))
  await line.close()
  await brook.stop()
})

const startSync = async (syncCron = never) =>
  syncs.push(await runSync({ ...brook.config, syncCron }, { say: () => undefined }))
const archived = async () =>
  Number(
    (await brook.db.rows<{ n: number }>("SELECT COUNT(*) AS n FROM messages WHERE kind = 'message'"))[0]?.n,
  )
const status = async () =>
  JSON.parse((await line.type('sync', 'status', '--json')).printed.join('\n')) as SyncAnswer

test('brook sync now archives what was posted before it, and reports what it did', async () => {
  await startSync()
  await ann.acked(ann.says('one'))
  await ann.acked(ann.says('two'))
  expect(await archived()).toBe(0)
  const now = await line.type('sync', 'now')
  expect(now).toMatchObject({
    code: 0,
    printed: [expect.stringMatching(/^Everything sent so far is in MySQL: \d+ rows/)],
  })
  expect(await archived()).toBe(2)
})

test('of several sync processes the one that may archive does it, whichever is asked first', async () => {
  await startSync()
  await line.type('sync', 'now')
  await startSync()
  await startSync()
  await ann.acked(ann.says('one'))
  expect((await line.type('sync', 'now')).code).toBe(0)
  expect(await archived()).toBe(1)
  const { processes } = await status()
  expect(processes).toHaveLength(3)
  expect(processes.filter((one) => 'shards' in one && one.shards[0]?.holds)).toHaveLength(1)
})

test('without a sync process, brook sync now says so and how to start one', async () => {
  expect(await line.type('sync', 'now')).toMatchObject({
    code: 1,
    said: expect.arrayContaining([expect.stringMatching(/^brook: .*no sync.*brook start/i)]),
  })
})

test('brook sync status shows who holds the archive, its delay, and every process', async () => {
  await ann.acked(ann.says('one'))
  const before = await status()
  expect(before).toMatchObject({ processes: [], shards: [{ shard: 0, holder: null, dead: 0 }] })
  expect(before.shards[0]?.unarchived).toBeGreaterThan(0)
  expect(before.shards[0]?.waitingSince).toBeLessThanOrEqual(before.at)
  await startSync()
  await line.type('sync', 'now')
  const after = await status()
  const [one] = after.processes
  expect(after.shards).toMatchObject([{ unarchived: 0, waitingSince: null, holder: one?.name }])
  expect(one).toMatchObject({
    pid: process.pid,
    trouble: null,
    shards: [{ holds: true, dead: 0, failures: 0 }],
  })
  const told = (await line.type('sync', 'status')).printed
  expect(told[0]).toMatch(/^shard 0: everything is archived; .* held by /)
  expect(told[1]).toMatch(/holds shard 0; \d+ rows, 0 set aside/)
})

test('administrators see and do the same over HTTP; for others the routes do not exist', async () => {
  await brook.makesAdmin(ann)
  const bob = await brook.enter('bob')
  await ann.acked(ann.says('one'))
  expect((await bob.ask('GET', '/api/admin/sync')).status).toBe(404)
  expect((await bob.ask('POST', '/api/admin/sync/now')).status).toBe(404)
  expect(await ann.ask('POST', '/api/admin/sync/now')).toMatchObject({
    status: 503,
    body: { error: { code: 'no_sync' } },
  })
  await startSync()
  expect(await ann.ask('POST', '/api/admin/sync/now')).toMatchObject({
    status: 200,
    body: { rows: expect.any(Number), tookMs: expect.any(Number) },
  })
  expect(await archived()).toBe(1)
  expect(await ann.ask('GET', '/api/admin/sync')).toMatchObject({
    status: 200,
    body: { shards: [{ unarchived: 0 }], processes: [{ pid: process.pid }] },
  })
})

test('a sync that cannot write says why, and messages are archived once it can', async () => {
  await brook.makesAdmin(ann)
  await startSync()
  await ann.acked(ann.says('one'))
  await brook.db.run('RENAME TABLE messages TO elsewhere')
  const refused = await ann.ask('POST', '/api/admin/sync/now')
  expect(refused).toMatchObject({ status: 503, body: { error: { code: 'sync_failed' } } })
  await brook.db.run('RENAME TABLE elsewhere TO messages')
  expect((await ann.ask('POST', '/api/admin/sync/now')).status).toBe(200)
  expect(await archived()).toBe(1)
})

test('a scheduled sync continues beside requested runs', async () => {
  await startSync('* * * * * *')
  await ann.acked(ann.says('one'))
  const asked = await Promise.all([line.type('sync', 'now'), line.type('sync', 'now')])
  expect(asked.map(({ code }) => code)).toEqual([0, 0])
  await ann.acked(ann.says('two'))
  await until(async () => (await archived()) === 2)
})
