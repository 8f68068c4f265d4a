// The guards at the way into the log: a writer that knows another log, or has read more of it, writes nothing.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openAppend, type AppendOptions } from '../../server/log/append.ts'
import { keysOf } from '../../server/log/keys.ts'
import { newCid } from '../../server/protocol/cid.ts'
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

const append = (options: Partial<AppendOptions>) =>
  openAppend({
    ...{ redis: brook.redis, shards: 1, epochOf: () => epoch },
    ...{ findCid: () => Promise.resolve(undefined), isFull: () => false },
    ...options,
  })({ room: ann.room, user: ann.user, cid: newCid(), body: { type: 'message', text: 'by hand' } })

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
