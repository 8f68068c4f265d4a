// A log that was wiped or rolled back starts anew: sends fail closed meanwhile, numbers continue above what MySQL has,
// and nothing that MySQL has is posted twice.
import { cp, rm } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { Sync } from '../../server/history/sync/sync.ts'
import { Appender } from '../../server/log/append.ts'
import { keysOf } from '../../server/log/keys.ts'
import { openEpoch } from '../../server/log/epoch.ts'
import { newCid } from '../../server/protocol/cid.ts'
import type { Message } from '../../server/protocol/http.ts'
import { whenReady } from '../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../server/redis/connect.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
  await brook.serve()
})
beforeEach(allOpen)
afterAll(() => brook.stop())

const epochKey = keysOf(0).epoch

/** Sends until it is acknowledged, as the outbox does; returns its number and the refusals on the way. */
async function saysUntilKept(
  person: Person,
  text: string,
  cid = newCid(),
): Promise<{ seq: number; codes: string[] }> {
  const codes: string[] = []
  const { seq } = await until(
    async () => {
      const { status, body } = await person.ask<{ seq?: number; error?: { code: string } }>(
        'POST',
        `/api/rooms/${person.room}/messages`,
        { cid, text },
      )
      if (status !== 201) codes.push(body.error?.code ?? String(status))
      return { seq: body.seq }
    },
    ({ seq: kept }) => kept !== undefined,
  )
  return { seq: seq ?? 0, codes }
}

const textsOf = ({ messages }: { messages: Message[] }): string[] =>
  messages.flatMap((message) => (message.kind === 'message' ? [message.text] : []))

const rowsOf = (room: string): Promise<{ seq: number; text: string | null }[]> =>
  brook.db.rows('SELECT seq, text FROM messages WHERE room_id = ? ORDER BY seq', [room])

/** Waits until the log has an epoch other than `old`. */
const newEpoch = (old: string | null): Promise<unknown> =>
  until(async () => {
    const epoch = await brook.redis.get(epochKey).catch(() => null)
    return epoch !== null && epoch !== old
  })

/** Waits until both servers have opened the log's current epoch: then they close no more connections because of it. */
async function allOpen(): Promise<void> {
  for (const server of [0, 1]) {
    const scout = await brook.arrive(`Scout ${newCid().slice(-9)}`, server)
    await until(async () => {
      const probe = scout.again()
      // It may be told to move before it is welcomed.
      const welcome = await probe.connects().catch(() => undefined)
      probe.drops()
      return welcome !== undefined && welcome.epoch === (await brook.redis.get(epochKey))
    })
  }
}

test('a wiped Redis: sends are refused as retryable, then accepted, and numbers continue above the archive', async () => {
  const [ann, bob] = [await brook.enter('Ann', 0), await brook.enter('Bob', 1)]
  const { id } = await ann.makes('wiped')
  await bob.joins(id)
  for (let i = 0; i < 5; i += 1) await ann.acked(ann.says(`before ${i}`))
  await brook.archive()
  const old = await brook.redis.get(epochKey)
  await brook.redis.flushall()
  const cid = ann.says('into the wiped log')
  expect((await ann.refused(cid)).code).toBe('log_unavailable')
  const { seq } = await saysUntilKept(bob, 'after the wipe')
  // 1 created, 2 joined, 3 to 7 posted.
  expect(seq).toBeGreaterThan(7)
  expect(await brook.redis.get(epochKey)).not.toBe(old)
  for (const person of [ann, bob]) {
    expect(await person.ends()).toMatchObject({ code: 4002 })
    expect((await person.returns()).epoch).not.toBe(old)
  }
  await brook.archive()
  expect((await rowsOf(id)).map(({ text }) => text)).toEqual([
    null,
    null,
    ...Array.from({ length: 5 }, (_, i) => `before ${i}`),
    'after the wipe',
  ])
})

test('what MySQL has and a wiped Redis has forgotten is not posted twice', async () => {
  const cho = await brook.enter('Cho')
  const { id } = await cho.makes('forgotten')
  const cid = newCid()
  const first = await saysUntilKept(cho, 'once', cid)
  await brook.archive()
  const old = await brook.redis.get(epochKey)
  await brook.redis.flushall()
  await newEpoch(old)
  await allOpen()
  // The room is still in its place in everybody's list.
  const { lastAt } = (await cho.rooms()).find((room) => room.id === id) ?? {}
  const [row] = await brook.db.rows<{ at: number }>(
    'SELECT log_ms AS at FROM messages WHERE room_id = ? AND seq = ?',
    [id, first.seq],
  )
  expect(lastAt).toBe(row?.at)
  // The answer was lost on its way, and the browser sends again.
  const again = await saysUntilKept(cho, 'once', cid)
  expect(again.seq).toBe(first.seq)
  await saysUntilKept(cho, 'next')
  await brook.archive()
  expect((await rowsOf(id)).map(({ text }) => text)).toEqual([null, 'once', 'next'])
})

test('a sync that commits while the log is started anew cannot write under numbers that are assigned again', async () => {
  const dia = await brook.enter('Dia')
  const { id } = await dia.makes('overtaken')
  await brook.archive()
  for (const text of ['one', 'two', 'three']) await saysUntilKept(dia, text)
  const archive = archiveOf(brook.db, 1)
  // The sync has read the three and is before its commit when Redis is wiped ...
  let goOn: () => void = () => undefined
  const held = new Promise<void>((resolve) => (goOn = resolve))
  let isThere: () => void = () => undefined
  const there = new Promise<void>((resolve) => (isThere = resolve))
  const db = Object.create(brook.db) as typeof brook.db
  db.rows = (sql, params) => brook.db.rows(sql, params)
  db.run = (sql, params) => brook.db.run(sql, params)
  let transactions = 0
  db.transaction = async (work) => {
    transactions += 1
    // The first one takes the lease.
    if (transactions > 1) {
      isThere()
      await held
    }
    return brook.db.transaction(work)
  }
  const sync = new Sync({
    db,
    redis: brook.redis,
    shard: 0,
    holder: 'late',
    archive,
    onArchived: () => undefined,
    onError: () => undefined,
  })
  const run = sync.run().catch((error: Error) => error.message)
  await there
  const old = await brook.redis.get(epochKey)
  await brook.redis.flushall()
  // ... and commits right after the recovery has read MySQL's numbers.
  await openEpoch(brook.redis, 0, {
    ...archive,
    heads: async (shard) => {
      const heads = await archive.heads(shard)
      goOn()
      await run
      return heads
    },
  })
  goOn()
  await run
  await newEpoch(old)
  await sync.close()
  const kept = await rowsOf(id)
  const numbers = await brook.redis.hgetall(keysOf(0).numbers)
  expect(Number(numbers[id])).toBeGreaterThanOrEqual(kept.at(-1)?.seq ?? 0)
  await saysUntilKept(dia, 'four')
  await brook.db.run('UPDATE sync_checkpoints SET lease_until = NOW(3) - INTERVAL 1 SECOND')
  await brook.archive()
  expect((await rowsOf(id)).map(({ text }) => text)).toEqual([...kept.map(({ text }) => text), 'four'])
})

test('a log rolled back behind what browsers have received is another log, even if MySQL knew nothing of it', async () => {
  const [eve, fay] = [await brook.enter('Eve', 0), await brook.enter('Fay', 1)]
  const { id } = await eve.makes('rolled back')
  await fay.joins(id)
  await fay.event('room')
  await saysUntilKept(eve, 'kept by both')
  await brook.archive()
  const { redisProcess, folder } = brook.stores
  const disk = path.join(folder, 'redis/appendonlydir')
  await redisProcess.kill('SIGTERM')
  await cp(disk, path.join(folder, 'older'), { recursive: true })
  await redisProcess.start()
  await whenReady(brook.redis, 20_000)
  for (const person of [eve, fay]) {
    person.drops()
    await person.ends()
    await person.returns()
  }
  for (const text of ['lost 1', 'lost 2', 'lost 3']) await saysUntilKept(eve, text)
  await fay.hears('lost 3')
  // Before that: a server may have started the log anew by the time that Redis is asked again.
  const old = await brook.redis.get(epochKey)
  await redisProcess.kill('SIGKILL')
  await rm(disk, { recursive: true })
  await cp(path.join(folder, 'older'), disk, { recursive: true })
  await redisProcess.start()
  await whenReady(brook.redis, 20_000)
  // Its number was sent before, for text that is lost: only another epoch keeps browsers from confusing the two.
  await saysUntilKept(eve, 'after the roll-back')
  await newEpoch(old)
  expect(await fay.ends()).toMatchObject({ code: 4002 })
  await fay.returns()
  expect(textsOf(await fay.page('', id))).toEqual(['kept by both', 'after the roll-back'])
})

test('a log rolled back behind the archive leaves no hole between memory and MySQL', async () => {
  const [gil, hal] = [await brook.enter('Gil', 0), await brook.enter('Hal', 1)]
  const { id } = await gil.makes('behind the archive')
  await hal.joins(id)
  await hal.event('room')
  await saysUntilKept(gil, 'on the older disk')
  const { redisProcess, folder } = brook.stores
  const disk = path.join(folder, 'redis/appendonlydir')
  const older = path.join(folder, 'much-older')
  await redisProcess.kill('SIGTERM')
  await cp(disk, older, { recursive: true })
  await redisProcess.start()
  await whenReady(brook.redis, 20_000)
  for (const text of ['archived 1', 'archived 2']) await saysUntilKept(gil, text)
  for (const person of [gil, hal])
    await until(async () => textsOf(await person.page('', id)).includes('archived 2'))
  await brook.archive()
  const old = await brook.redis.get(epochKey)
  await redisProcess.kill('SIGKILL')
  await rm(disk, { recursive: true })
  await cp(older, disk, { recursive: true })
  await redisProcess.start()
  await whenReady(brook.redis, 20_000)
  await newEpoch(old)
  await allOpen()
  const all = ['on the older disk', 'archived 1', 'archived 2']
  for (const person of [gil, hal]) {
    expect(textsOf(await person.page('', id))).toEqual(all)
    // 1 created, 2 joined, 3 on the older disk.
    expect(textsOf(await person.changes(3, id))).toEqual(all.slice(1))
  }
  await saysUntilKept(gil, 'after')
  await until(async () => textsOf(await hal.page('', id)).includes('after'))
  expect(textsOf(await hal.page('', id))).toEqual([...all, 'after'])
})

test('an entry under a number that MySQL has for another text is set aside, and never dropped silently', async () => {
  const ida = await brook.enter('Ida')
  const { id } = await ida.makes('clash')
  await saysUntilKept(ida, 'first here')
  await brook.archive()
  const fields = { room: id, seq: '2', type: 'message', user: ida.user.id, name: 'Ida', cid: newCid() }
  const body = JSON.stringify({ text: 'second under the same number' })
  const dead = (): Promise<[string, string[]][]> => brook.redis.xrange(keysOf(0).dead, '-', '+')
  const before = (await dead()).length
  const old = await brook.redis.get(epochKey)
  await brook.redis.xadd(keysOf(0).log, '*', ...Object.entries({ ...fields, body }).flat())
  // The servers see a repeated number and start the log anew, which stops a sync that is just running.
  await until(() =>
    brook.archive().then(
      () => true,
      () => false,
    ),
  )
  expect((await rowsOf(id)).map(({ text }) => text)).toEqual([null, 'first here'])
  // A sync that is stopped after it set the entry aside, and before it committed, does it again.
  const letters = (await dead()).slice(before)
  expect(letters.length).toBeGreaterThan(0)
  for (const [, letter] of letters) expect(letter.join(' ')).toContain('second under the same number')
  await newEpoch(old)
})

test.each([
  ['knows another epoch', { epoch: 'another' }],
  ['has read more of the room than the log has', { head: 1_000 }],
])(
  'a writer that %s appends nothing',
  async (_what, { epoch, head = 0 }: { epoch?: string; head?: number }) => {
    const jon = await brook.enter(`Jon ${epoch ?? ''}`)
    await saysUntilKept(jon, 'before')
    const present = (await brook.redis.get(epochKey)) ?? ''
    const writer = connectRedis(brook.stores.redis, writerOptions())
    await whenReady(writer, 10_000)
    const appender = new Appender({
      redis: writer,
      shard: 0,
      known: { epoch: epoch ?? present, isFull: false, head: () => head, contradict: () => undefined },
      archive: { findCid: () => Promise.resolve(undefined) },
    })
    const length = await brook.redis.xlen(keysOf(0).log)
    const user = { id: jon.user.id, name: jon.user.name }
    const said = await appender.append({
      room: jon.room,
      user,
      cid: newCid(),
      body: { type: 'message', text: 'x' },
    })
    writer.disconnect()
    expect(said).toEqual({ code: 'log_unavailable' })
    expect(await brook.redis.xlen(keysOf(0).log)).toBe(length)
  },
)
