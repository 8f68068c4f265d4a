// The guards at the way into the log: a writer that knows another log, or has read more of it, writes nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAppend, type AppendOptions } from '../../server/log/append.ts'
import type { Appended, Draft } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import { Brook } from '../support/brook.ts'
import type { Person } from '../support/person.ts'

let brook: Brook
let ann: Person
let epoch: string
beforeAll(async () => {
  brook = await Brook.start()
  ann = await brook.enter('Ann')
  epoch = (await brook.redis.get(keysOf(0).epoch)) ?? ''
})
afterAll(() => brook.stop())

const opened = (options: Partial<AppendOptions> = {}) =>
  openAppend({
    ...{ redis: brook.redis, shards: 1, epochOf: () => epoch },
    ...{ findCid: () => Promise.resolve(undefined), isFull: () => false },
    ...options,
  })
const draft = (text: string, cid = newCid()): Draft => ({
  ...{ room: ann.room, user: ann.user, cid },
  body: { type: 'message', text },
})
const append = (options: Partial<AppendOptions>) => opened(options)(draft('by hand'))

const length = (): Promise<number> => brook.redis.xlen(keysOf(0).log)

test('a writer that knows another epoch is refused as retryable, and nothing is written', async () => {
  const before = await length()
  expect(await append({ epochOf: () => 'another' })).toMatchObject({ code: 'log_unavailable' })
  expect(await append({ epochOf: () => undefined })).toMatchObject({ code: 'log_unavailable' })
  expect(await length()).toBe(before)
  expect(await append({})).toHaveProperty('seq')
  expect(await length()).toBe(before + 1)
})

test('a writer that has read more of a room than the log has is refused, and says so', async () => {
  const before = await length()
  const behind: number[] = []
  const answer = await append({ headOf: () => 1_000_000, onBehind: (shard) => void behind.push(shard) })
  expect(answer).toMatchObject({ code: 'log_unavailable' })
  expect(behind).toEqual([0])
  expect(await length()).toBe(before)
})

/** Calls of the script so far. */
async function calls(): Promise<number> {
  const stats = await brook.redis.info('commandstats')
  const of = (name: string): number =>
    Number(new RegExp(`cmdstat_${name}:calls=(\\d+)`).exec(stats)?.[1] ?? 0)
  return of('evalsha') + of('eval')
}
const seqOf = (answer: Awaited<ReturnType<ReturnType<typeof opened>>>): number => (answer as Appended).seq

test('what is appended in one turn is one call, numbered in the order it came in', async () => {
  const into = opened()
  const first = seqOf(await into(draft('warm')))
  const before = await calls()
  const seqs = (await Promise.all(['a', 'b', 'c'].map((text) => into(draft(text))))).map(seqOf)
  expect(seqs).toEqual([first + 1, first + 2, first + 3])
  expect((await calls()) - before).toBe(1)
  await Promise.all(Array.from({ length: 130 }, (_, n) => into(draft(String(n)))))
  expect((await calls()) - before, '64, 64 and 2').toBe(4)
  const kept = await brook.redis.xrevrange(keysOf(0).log, '+', '-', 'COUNT', 133)
  const texts = kept
    .reverse()
    .map(([, fields]) => JSON.parse(fields[fields.indexOf('body') + 1] ?? '{}').text)
  expect(texts).toEqual(['a', 'b', 'c', ...Array.from({ length: 130 }, (_, n) => String(n))])
})

test('in one turn a cid that came twice is one entry, and who is refused keeps nobody else out', async () => {
  let read = 0
  const into = opened({ headOf: () => read })
  const [cid, before] = [newCid(), await length()]
  const asked = [into(draft('once', cid)), into(draft('once', cid)), into(draft('after it'))]
  read = 1_000_000
  asked.push(into(draft('of one who has read what the log lacks')))
  const [one, again, after, refused] = await Promise.all(asked)
  expect(one).toEqual(again)
  expect(seqOf(after as Appended)).toBe(seqOf(one as Appended) + 1)
  expect(refused).toMatchObject({ code: 'log_unavailable' })
  expect(await length()).toBe(before + 2)
})

test('what more wants in than may wait for Redis is refused as retryable, and everything else is kept', async () => {
  const into = opened()
  const before = await length()
  const { entries, calls: atOnce, waiting } = limits.appends
  const most = entries * atOnce + waiting
  const answers = await Promise.all(Array.from({ length: most + 1 }, (_, n) => into(draft(String(n)))))
  expect(answers.pop()).toEqual({ code: 'overloaded', retryAfterMs: limits.overloadedRetryMs })
  expect(await length()).toBe(before + most)
  const first = seqOf(answers[0] as Appended)
  expect(answers.map((one) => seqOf(one as Appended))).toEqual(answers.map((_, n) => first + n))
})

test('a full Redis refuses all of a turn and leaves no number without its entry', async () => {
  const into = opened()
  const first = seqOf(await into(draft('warm')))
  const before = await length()
  await brook.redis.config('SET', 'maxmemory', '1')
  const refused = await Promise.all(['a', 'b', 'c'].map((text) => into(draft(text))))
  await brook.redis.config('SET', 'maxmemory', '0')
  expect(refused.map((answer) => 'code' in answer && answer.code)).toEqual(Array(3).fill('overloaded'))
  expect(await length()).toBe(before)
  expect(seqOf(await into(draft('after it')))).toBe(first + 1)
})
