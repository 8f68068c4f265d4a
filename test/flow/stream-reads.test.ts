// Reads of a stream come past ioredis's decoder, on the connections that ask for it, and everything else through it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { whenReady, type Redis } from '../../server/redis/client.ts'
import {
  archiverOptions,
  connectRedis,
  writerOptions,
  type RedisOptions,
} from '../../server/redis/connect.ts'
import { entriesOf } from '../../server/redis/stream-reads.ts'
import { privateRedis } from '../support/stores.ts'

let store: Awaited<ReturnType<typeof privateRedis>>
const made: Redis[] = []
const connect = async (options: RedisOptions): Promise<Redis> => {
  const redis = connectRedis(store.address, options)
  made.push(redis)
  await whenReady(redis, 5_000)
  return redis
}
beforeAll(async () => {
  store = await privateRedis()
})
afterAll(async () => {
  for (const redis of made) redis.disconnect()
  await store.stop()
})

const kept = (redis: Redis, answer: unknown): unknown[] =>
  entriesOf(redis, answer).map(({ id, fields }) => [id, fields])

test.each([2, 3] as const)(
  'in RESP %i, with and without the cutter, entries are the same',
  async (protocol) => {
    const plain = await connect({ ...writerOptions(5_000), protocol })
    const cut = await connect({ ...archiverOptions(5_000), protocol })
    const [key, words] = [`log of ${protocol}`, '你好 👋 '.repeat(20_000)]
    for (const [i, text] of ['hi', '', 'a\r\nb', words].entries())
      await plain.xadd(key, `1-${i}`, 'seq', i, 'e', text)
    const read = (redis: Redis, ...from: [string]) =>
      redis.xread('COUNT', 10, 'BLOCK', 10, 'STREAMS', key, ...from)
    const answers = await Promise.all([
      read(cut, '0'),
      cut.get('nothing'),
      read(cut, '1-2'),
      read(cut, '1-3'),
    ])
    expect(typeof answers[0]).toBe('number')
    const expected = entriesOf(plain, await read(plain, '0')).map(({ id, fields }) => [id, fields])
    expect(expected).toHaveLength(4)
    expect(kept(cut, answers[0])).toEqual(expected)
    expect(answers[1]).toBeNull()
    expect(kept(cut, answers[2])).toEqual(expected.slice(3))
    expect(kept(cut, answers[3])).toEqual([])
  },
)

test('what a group has read and was trimmed away since has no fields', async () => {
  const redis = await connect(archiverOptions(5_000))
  const group = (from: string) => redis.xreadgroup('GROUP', 'g', 'c', 'COUNT', 10, 'STREAMS', 'pending', from)
  await redis.xgroup('CREATE', 'pending', 'g', '0', 'MKSTREAM')
  for (const id of ['1-0', '2-0']) await redis.xadd('pending', id, 'seq', '1')
  expect(kept(redis, await group('>'))).toHaveLength(2)
  await redis.xdel('pending', '1-0')
  expect(kept(redis, await group('0'))).toEqual([
    ['1-0', null],
    ['2-0', ['seq', '1']],
  ])
  await expect(redis.xreadgroup('GROUP', 'none', 'c', 'STREAMS', 'pending', '>')).rejects.toThrow('NOGROUP')
})

test('a connection that was lost while it read reads on, and so does one whose read was given up', async () => {
  const [redis, other] = [await connect(archiverOptions(5_000)), await connect(writerOptions(5_000))]
  await other.xadd('lost', '1-0', 'seq', '1')
  const id = await redis.client('ID')
  // Expected before it happens: a rejection that nobody handles ends the run.
  const lost = expect(redis.xread('BLOCK', 4_000, 'STREAMS', 'lost', '1-0')).rejects.toThrow()
  await other.client('KILL', 'ID', id)
  await lost
  await whenReady(redis, 5_000)
  for (let i = 0; i < 6; i += 1) await redis.xread('STREAMS', 'lost', '0')
  expect(kept(redis, await redis.xread('STREAMS', 'lost', '0'))).toEqual([['1-0', ['seq', '1']]])
})
