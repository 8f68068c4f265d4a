// Many entries of a room in one step: dense, in order, and once, whatever happens to the answer.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { bulkEntries, BulkEnded, BulkLog, type BulkDraft } from '../../server/log/bulk.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

let brook: Brook
let ann: Person
let log: BulkLog
beforeEach(async () => {
  brook = await Brook.start()
  ann = await brook.enter('ann')
  log = await open()
})
afterEach(async () => {
  log.close()
  await brook.stop()
})

const open = () => BulkLog.open({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })

/** Drafts by Ann, with old times as in an import. */
const drafts = (count: number, more: (place: number) => Partial<BulkDraft> = () => ({})): BulkDraft[] =>
  Array.from({ length: count }, (_draft, place) => ({
    room: ann.room,
    user: ann.user,
    cid: newCid(1_577_880_000_000 + place),
    body: { type: 'message', text: `old ${place}`, at: 1_577_880_000_000 + place },
    ...more(place),
  }))

test('a step has dense numbers in order, and others post between steps', async () => {
  const head = (await ann.rooms())[0]?.head ?? 0
  const first = await log.append(drafts(bulkEntries))
  expect(first.map(({ seq }) => seq)).toEqual(Array.from({ length: bulkEntries }, (_n, at) => head + at + 1))
  const { seq } = await ann.acked(ann.says('between'))
  const second = await log.append(drafts(2))
  expect([seq, ...second.map((one) => one.seq)]).toEqual([1, 2, 3].map((n) => head + bulkEntries + n))
})

test('a repeated step gets the same numbers, and nothing is stored twice', async () => {
  const step = drafts(10)
  const first = await log.append(step)
  expect(await log.append(step)).toEqual(first)
  const again = await open()
  expect(await again.append(step)).toEqual(first)
  again.close()
  await ann.hears('old 9')
  expect(ann.messages().map(({ text }) => text)).toEqual(step.map((_draft, place) => `old ${place}`))
})

test('a reply within a step names the number of what it answers', async () => {
  const appended = await log.append(
    drafts(4, (place) => (place === 3 ? { answers: { replyTo: 1, thread: 0 } } : {})),
  )
  const answer = await ann.hears('old 3')
  expect(answer.replyTo).toBe(appended[1]?.seq)
  expect(answer.thread).toBe(appended[0]?.seq)
  expect(answer.at).toBe(1_577_880_000_003)
})

test('while Redis is killed during steps, each entry is stored once and in order', async () => {
  const { redisProcess } = brook.stores
  const steps = Array.from({ length: 60 }, (_step, step) =>
    drafts(20, (place) => ({ body: { type: 'message', text: `${step * 20 + place}` } })),
  )
  const head = (await ann.rooms())[0]?.head ?? 0
  const numbers: number[] = []
  const killing = until(
    () => numbers.length,
    (count) => count > 200,
  ).then(async () => {
    await redisProcess.kill('SIGKILL')
    await redisProcess.start()
  })
  for (const step of steps) numbers.push(...(await log.append(step)).map(({ seq }) => seq))
  await killing
  expect(numbers).toEqual(Array.from({ length: 1_200 }, (_n, at) => head + at + 1))
  await until(
    () =>
      brook.archive().then(
        () => true,
        () => false,
      ),
    (isArchived) => isArchived,
  )
  const rows = await brook.db.rows<{ text: string }>(
    "SELECT text FROM messages WHERE room_id = ? AND kind = 'message' ORDER BY seq",
    [BigInt(ann.room)],
  )
  expect(rows.map(({ text }) => text)).toEqual(Array.from({ length: 1_200 }, (_n, at) => `${at}`))
})

test('a log that was started anew accepts no more of an import that began before', async () => {
  await log.append(drafts(3))
  await brook.archive()
  await brook.redis.flushall()
  const anew = await open()
  await expect(log.append(drafts(3))).rejects.toThrow(BulkEnded)
  anew.close()
})

test("other people's messages are distinguished from imported ones", async () => {
  const before = await log.load()
  await log.append(drafts(50))
  expect((await log.load()).byOthers).toBe(before.byOthers)
  await ann.acked(ann.says('hello'))
  expect((await log.load()).byOthers).toBe(before.byOthers + 1)
  expect((await log.load()).unarchived).toBeGreaterThanOrEqual(51)
  await brook.archive()
  expect((await log.load()).unarchived).toBe(0)
})
