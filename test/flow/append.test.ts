// The guards of the append: a writer that knows another log, or has read more of it than exists, writes nothing.
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest'
import { Appender, type KnownLog } from '../../server/log/append.ts'
import type { Appended, Draft } from '../../server/log/entry.ts'
import { decodeEntry } from '../../server/log/decode.ts'
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

/** Appends with this knowledge of the log; the truth where nothing is given. */
const opened = (known: Partial<KnownLog> = {}) => {
  const appender = new Appender({
    redis: brook.redis,
    shard: 0,
    known: { epoch, isFull: false, head: () => 0, contradict: () => undefined, ...known },
    archive: { findCid: () => Promise.resolve(undefined) },
  })
  return (one: Draft) => appender.append(one)
}
const draft = (text: string, cid = newCid()): Draft => ({
  room: ann.room,
  user: ann.user,
  cid,
  body: { type: 'message', text },
})
const append = (known: Partial<KnownLog>) => opened(known)(draft('by hand'))

const length = (): Promise<number> => brook.redis.xlen(keysOf(0).log)

test('a writer with another epoch is refused as retryable, and nothing is written', async () => {
  const before = await length()
  expect(await append({ epoch: 'another' })).toMatchObject({ code: 'log_unavailable' })
  expect(await append({ epoch: undefined })).toMatchObject({ code: 'log_unavailable' })
  expect(await length()).toBe(before)
  expect(await append({})).toHaveProperty('seq')
  expect(await length()).toBe(before + 1)
})

test('a writer that has read more of a room than the log has is refused, and reports it', async () => {
  const before = await length()
  let contradictions = 0
  const answer = await append({ head: () => 1_000_000, contradict: () => void (contradictions += 1) })
  expect(answer).toMatchObject({ code: 'log_unavailable' })
  expect(contradictions).toBe(1)
  expect(await length()).toBe(before)
})

/** Counts the calls of the script from here on. Of this connection alone: the server has scripts of its own. */
function countCalls(): () => number {
  const sent = vi.spyOn(brook.redis, 'sendCommand')
  onTestFinished(() => sent.mockRestore())
  return () => sent.mock.calls.filter(([{ name }]) => name === 'evalsha' || name === 'eval').length
}
const seqOf = (answer: Awaited<ReturnType<ReturnType<typeof opened>>>): number => (answer as Appended).seq

test('everything appended in one turn is one call, numbered in the order of arrival', async () => {
  const into = opened()
  const first = seqOf(await into(draft('warm')))
  const calls = countCalls()
  const seqs = (await Promise.all(['a', 'b', 'c'].map((text) => into(draft(text))))).map(seqOf)
  expect(seqs).toEqual([first + 1, first + 2, first + 3])
  expect(calls()).toBe(1)
  await Promise.all(Array.from({ length: 130 }, (_, n) => into(draft(String(n)))))
  expect(calls(), '64, 64 and 2').toBe(4)
  const kept = await brook.redis.xrevrange(keysOf(0).log, '+', '-', 'COUNT', 133)
  const texts = kept
    .reverse()
    .map(([id, fields]) => decodeEntry(id, fields).event)
    .map((event) => event.type === 'message' && event.text)
  expect(texts).toEqual(['a', 'b', 'c', ...Array.from({ length: 130 }, (_, n) => String(n))])
})

test('in one turn, a repeated cid is one entry, and a refused entry affects no other', async () => {
  let read = 0
  const into = opened({ head: () => read })
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

test("above the queue's limit, entries are refused as retryable, and all others are kept", async () => {
  const into = opened()
  const before = await length()
  const { entries, calls: atOnce, waiting } = limits.appends
  const max = entries * atOnce + waiting
  const answers = await Promise.all(Array.from({ length: max + 1 }, (_, n) => into(draft(String(n)))))
  expect(answers.pop()).toEqual({ code: 'overloaded', retryAfterMs: limits.overloadedRetryMs })
  expect(await length()).toBe(before + max)
  const first = seqOf(answers[0] as Appended)
  expect(answers.map((one) => seqOf(one as Appended))).toEqual(answers.map((_, n) => first + n))
})

test('a full Redis refuses a whole turn and leaves no number without its entry', async () => {
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
