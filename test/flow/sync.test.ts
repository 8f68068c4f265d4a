// From the log into MySQL: everything once, in whatever state the last run ended.
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { Db } from '../../server/db.ts'
import { Lease, leaseSeconds } from '../../server/history/sync/checkpoint.ts'
import { ArchiveReader } from '../../server/log/archive-reader.ts'
import { keysOf } from '../../server/log/keys.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
})
afterAll(() => brook.stop())

interface KeptRow {
  seq: number
  kind: string
  text: string | null
}

const rows = (room: string): Promise<KeptRow[]> =>
  brook.db.rows<KeptRow>('SELECT seq, kind, text FROM messages WHERE room_id = ? ORDER BY seq', [room])

async function say(room: string, texts: string[]): Promise<void> {
  for (const text of texts) await ann.acked(ann.says(text, { room }))
}

const reader = (): ArchiveReader => new ArchiveReader(brook.redis, 0)

test('messages are in MySQL after a run, and another run changes nothing', async () => {
  const { id } = await ann.makes('kept')
  await say(id, ['你好 👋🏽', 'two'])
  await brook.archive()
  const first = await rows(id)
  expect(first).toEqual([
    { seq: 1, kind: 'notice', text: null },
    { seq: 2, kind: 'message', text: '你好 👋🏽' },
    { seq: 3, kind: 'message', text: 'two' },
  ])
  await brook.archive()
  expect(await rows(id)).toEqual(first)
})

test('what a killed run had read and not written is written by the next', async () => {
  const { id } = await ann.makes('killed run')
  await say(id, ['read by the one that died'])
  // The run that dies has read and goes no further.
  const read = await reader().fresh(100)
  expect(read.length).toBeGreaterThan(0)
  expect((await reader().backlog()).pending).toBe(read.length)
  await say(id, ['said after it died'])
  await brook.archive()
  expect((await rows(id)).map(({ text }) => text)).toEqual([
    null,
    'read by the one that died',
    'said after it died',
  ])
  expect((await reader().backlog()).pending).toBe(0)
})

test('a run that died after its commit and before its ack leaves no duplicates', async () => {
  const { id } = await ann.makes('died late')
  await say(id, ['once'])
  const read = await reader().fresh(100)
  await brook.archive()
  // As if the ack had been lost: the same entries are read again.
  await brook.redis.xgroup('SETID', keysOf(0).log, 'archive', '0')
  expect(read.length).toBeGreaterThan(0)
  await brook.archive()
  expect((await rows(id)).map(({ seq }) => seq)).toEqual([1, 2])
})

test('what MySQL could not take is written by the next run of the same sync', async () => {
  const { id } = await ann.makes('read-only for a moment')
  await brook.archive()
  const sync = brook.sync()
  await sync.run()
  await say(id, ['one', 'two'])
  const admin = new Db(brook.stores.admin, 1)
  try {
    await admin.run('SET GLOBAL read_only = 1')
    await expect(sync.run()).rejects.toThrow('read-only')
    expect((await rows(id)).map(({ text }) => text)).toEqual([null])
    await admin.run('SET GLOBAL read_only = 0')
    expect(await sync.run()).toBe('archived')
  } finally {
    await admin.run('SET GLOBAL read_only = 0')
    await admin.close()
    await sync.close()
  }
  expect((await rows(id)).map(({ text }) => text)).toEqual([null, 'one', 'two'])
})

test('an entry that is not ours is set aside with its reason, and the rest is archived', async () => {
  const { id } = await ann.makes('poison')
  await say(id, ['before'])
  await brook.redis.xadd(keysOf(0).log, '*', 'nonsense', 'x')
  await say(id, ['after'])
  await brook.archive()
  expect((await rows(id)).map(({ text }) => text)).toEqual([null, 'before', 'after'])
  const dead = await brook.redis.xrange(keysOf(0).dead, '-', '+')
  expect(dead.at(-1)?.[1].join(' ')).toContain('has no')
})

test('an entry that MySQL refuses for its content is found among hundreds, and the rest is archived', async () => {
  const { id } = await ann.makes('oversize')
  await say(id, ['before'])
  const fields = (cid: string, text: string): string[] => [
    'room',
    id,
    'seq',
    '3',
    'type',
    'message',
    'user',
    ann.user.id,
    'name',
    'Ann',
    'cid',
    cid,
    'body',
    JSON.stringify({ text }),
  ]
  // TEXT holds 65,535 bytes; none of our requests can send that much.
  await brook.redis.hincrby(keysOf(0).numbers, id, 1)
  await brook.redis.xadd(
    keysOf(0).log,
    '*',
    ...fields('01900000-0000-7000-8000-00000000000a', 'x'.repeat(70_000)),
  )
  await say(
    id,
    Array.from({ length: 100 }, (_, i) => `m${i}`),
  )
  const before = Number(await brook.redis.xlen(keysOf(0).dead))
  await brook.archive()
  expect(Number(await brook.redis.xlen(keysOf(0).dead))).toBe(before + 1)
  expect(await rows(id)).toHaveLength(102)
})

test('a batch larger than one transaction is written in parts', async () => {
  const { id } = await ann.makes('large')
  const text = '长'.repeat(5_000)
  const count = 2 * Math.ceil(limits.sync.bytes / 15_000)
  for (let i = 0; i < count; i += 1) ann.says(text, { room: id })
  await ann.acked(ann.says('last', { room: id }))
  await brook.archive()
  expect(await rows(id)).toHaveLength(count + 2)
})

test.each(['announce', 'ack'] as const)(
  'a Redis that is down at the %s of a batch delays no later run',
  async (word) => {
    const { id } = await ann.makes(`away at ${word}`)
    await say(id, ['committed, and not told'])
    const sync = brook.sync()
    const away = vi.spyOn(ArchiveReader.prototype, word).mockRejectedValueOnce(new Error('Redis is away'))
    await expect(sync.run()).rejects.toThrow('Redis is away')
    away.mockRestore()
    expect(await sync.run()).toBe('archived')
    const [checkpoint] = await brook.db.rows<{ ms: number; n: number }>(
      'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = 0',
    )
    expect(await brook.redis.get(keysOf(0).archived)).toBe(`${checkpoint?.ms}-${checkpoint?.n}`)
    await say(id, ['said later'])
    expect(await sync.run()).toBe('archived')
    expect((await rows(id)).map(({ text }) => text)).toEqual([null, 'committed, and not told', 'said later'])
    expect((await reader().backlog()).pending).toBe(0)
    await sync.close()
  },
)

test('of two syncs one works and the other waits; the one that waited takes over', async () => {
  const [one, other] = [brook.sync({ holder: 'one' }), brook.sync({ holder: 'other' })]
  expect(await one.run()).toBe('archived')
  expect(await other.run()).toBe('waiting')
  await one.close()
  expect(await other.run()).toBe('archived')
  await other.close()
})

test('a released shard is free within the same millisecond', async () => {
  const frozen = new Db(brook.config.mysql, 1)
  try {
    await frozen.run('SET TIMESTAMP = UNIX_TIMESTAMP(NOW(3))')
    const lease = await Lease.take(frozen, 0, 'one')
    expect(await Lease.take(frozen, 0, 'other')).toBeUndefined()
    await lease?.release(frozen)
    const next = await Lease.take(frozen, 0, 'other')
    expect(next?.fence).toBe(Number(lease?.fence) + 1)
    await next?.release(frozen)
  } finally {
    await frozen.close()
  }
})

test('a lease that is renewed while another sync waits for it stays with its holder', async () => {
  const one = await Lease.take(brook.db, 0, 'one')
  let other: Promise<Lease | undefined> = Promise.resolve(undefined)
  await brook.db.transaction(async (tx) => {
    await tx.run('UPDATE sync_checkpoints SET lease_until = NOW(3) WHERE shard = 0')
    other = Lease.take(brook.db, 0, 'other')
    await until(async () => {
      const running = await brook.db.rows(
        `SELECT id FROM information_schema.processlist
         WHERE id <> CONNECTION_ID() AND info LIKE '%sync_checkpoints%' AND command <> 'Sleep'`,
      )
      return running.length > 0
    })
    await tx.run(
      'UPDATE sync_checkpoints SET lease_until = NOW(3) + INTERVAL ? SECOND WHERE shard = 0 AND fence = ?',
      [leaseSeconds, Number(one?.fence)],
    )
  })
  expect(await other).toBeUndefined()
  await one?.release(brook.db)
})

test('a sync whose lease was taken writes nothing more', async () => {
  const { id } = await ann.makes('zombie')
  const zombie = brook.sync({ holder: 'zombie' })
  expect(await zombie.run()).toBe('archived')
  await brook.db.run('UPDATE sync_checkpoints SET fence = fence + 1, holder = ? WHERE shard = 0', [
    'successor',
  ])
  await say(id, ['not for the zombie'])
  expect(await zombie.run()).toBe('waiting')
  expect((await rows(id)).map(({ text }) => text)).not.toContain('not for the zombie')
  await brook.db.run('UPDATE sync_checkpoints SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE shard = 0')
  await brook.archive()
  expect((await rows(id)).map(({ text }) => text)).toContain('not for the zombie')
})

test('browsers are told how far the archive reaches', async () => {
  const bob = await brook.enter('Bob')
  const { seq } = await bob.acked(bob.says('archive me'))
  await brook.archive()
  const archived = await bob.event('archived')
  expect(archived).toMatchObject({ room: bob.room })
  expect(archived.seq).toBeGreaterThanOrEqual(seq)
})

test('only what is archived and old is trimmed', async () => {
  const { id } = await ann.makes('trim')
  await say(id, ['archived'])
  await brook.archive()
  const checkpoint = (
    await brook.db.rows<{ ms: number; n: number }>(
      'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = 0',
    )
  )[0]
  await say(id, ['not archived'])
  if (checkpoint === undefined) throw new Error('no checkpoint')
  const later = Date.now() + limits.resumeWindowMs + 60_000
  const length = await brook.redis.xlen(keysOf(0).log)
  expect(await reader().trim(checkpoint, Date.now())).toBe(0)
  const gone = await reader().trim(checkpoint, later)
  expect(gone).toBeGreaterThan(0)
  // The checkpoint's entry stays, and everything after it.
  expect(length - gone).toBe(2)
  await brook.archive()
  expect((await rows(id)).map(({ text }) => text)).toEqual([null, 'archived', 'not archived'])
})

test('readiness and metrics show how far sync is', async () => {
  await say(ann.room, ['waiting for sync'])
  expect(await brook.metric('brook_unarchived_entries')).toBeGreaterThan(0)
  expect(await brook.metric('brook_log_length')).toBeGreaterThan(0)
  await brook.archive()
  const ready = (await (await fetch(`${brook.servers[0]?.address}/readyz`)).json()) as {
    ready: boolean
    redis: string
    mysql: string
  }
  expect(ready).toMatchObject({ ready: true, redis: 'ok', mysql: 'ok' })
})
