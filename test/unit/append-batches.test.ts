// How many appends are in flight: a limited number of calls, while the rest waits for one of them to end; and how often
// an unknown outcome is retried.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Appender } from '../../server/log/append.ts'
import { AppendBatches } from '../../server/log/append-batches.ts'
import type { Draft } from '../../server/log/entry.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Redis } from '../../server/redis/client.ts'
import { turn } from '../support/turn.ts'

const { entries, calls, waiting } = limits.appends
const draft: Omit<Draft, 'cid'> = {
  room: '7',
  user: { id: '1', name: 'Ann' },
  body: { type: 'message', text: 'a' },
}

/** A Redis that answers on demand: each call in the order of arrival, with the numbers of its entries. */
class SlowRedis {
  readonly underWay: (() => void)[] = []
  #numbers = 0

  defineCommand(): void {
    // It knows what to do.
  }

  brookAppend(keys: number): Promise<string[]> {
    return new Promise((resolve) => {
      this.underWay.push(() => {
        resolve(Array.from({ length: keys - 6 }, () => `${(this.#numbers += 1)} 1`))
      })
    })
  }
}

// However slow this machine is, no append is late.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
})

function open() {
  const redis = new SlowRedis()
  const batches = new AppendBatches(redis as unknown as Redis)
  const append = () =>
    batches.append(0, 'epoch', {
      draft: {
        room: '7',
        user: { id: '1', name: 'Ann' },
        cid: newCid(),
        body: { type: 'message', text: 'a' },
      },
      read: 0,
    })
  return { redis, append }
}

test('only a limited number of calls is in flight, and all entries keep their order', async () => {
  const { redis, append } = open()
  const kept = Array.from({ length: entries * calls + 1 }, append)
  await turn()
  expect(redis.underWay).toHaveLength(calls)
  redis.underWay.shift()?.()
  // One turn to read the answer, one for the next call.
  await turn()
  await turn()
  expect(redis.underWay).toHaveLength(calls)
  for (const answer of redis.underWay) answer()
  const numbers = (await Promise.all(kept)).map((one) => 'seq' in one && one.seq)
  expect(numbers).toEqual(Array.from({ length: entries * calls + 1 }, (_, place) => place + 1))
})

test('what would wait behind too much is refused at once, and sending makes room', async () => {
  const { redis, append } = open()
  const max = calls * entries + waiting
  const kept = Array.from({ length: max }, append)
  await expect(append()).rejects.toThrow('FULL')
  redis.underWay.shift()?.()
  await turn()
  const more = append()
  while (redis.underWay.length > 0) {
    redis.underWay.shift()?.()
    await turn()
  }
  expect(await more).toMatchObject({ seq: max + 1 })
  expect(await Promise.all(kept)).toHaveLength(max)
})

test.each([
  { waitedMs: 0, asked: 2 },
  { waitedMs: 901, asked: 1 },
])('an unknown outcome is retried only if there is time: %o', async ({ waitedMs, asked }) => {
  let [clock, calls] = [0, 0]
  const timer = vi.spyOn(performance, 'now').mockImplementation(() => clock)
  const redis = {
    status: 'ready',
    on: () => undefined,
    disconnect: () => undefined,
    defineCommand: () => undefined,
    brookAppend: () => {
      calls += 1
      clock += waitedMs
      return Promise.reject(new Error('Connection is closed.'))
    },
  }
  const appender = new Appender({
    redis: redis as unknown as Redis,
    shard: 0,
    known: { epoch: 'epoch', isFull: false, head: () => 0, contradict: () => undefined },
    archive: { findCid: () => Promise.resolve(undefined) },
    now: () => clock,
  })
  expect(await appender.append({ ...draft, cid: newCid(clock) })).toEqual({ code: 'log_unknown' })
  timer.mockRestore()
  expect(calls).toBe(asked)
})

/** Appends at once; `have`: how many replicas WAIT finds. */
function replicated(have: number, onAppend: (redis: { stream: object }) => void = () => undefined) {
  const redis = {
    stream: {},
    defineCommand: () => undefined,
    brookAppend: (keys: number) => {
      onAppend(redis)
      return Promise.resolve(Array.from({ length: keys - 6 }, (_, index) => `${index + 1} 1`))
    },
    wait: vi.fn(() => Promise.resolve(have)),
  }
  const batches = new AppendBatches(redis as unknown as Redis, { replicas: 2 })
  const append = () => batches.append(0, 'epoch', { draft: { ...draft, cid: newCid() }, read: 0 })
  return { redis, append }
}

test('what goes in one call is acknowledged by one WAIT, once enough replicas have it', async () => {
  const { redis, append } = replicated(2)
  expect((await Promise.all([append(), append(), append()])).map(({ seq }) => seq)).toEqual([1, 2, 3])
  expect(redis.wait.mock.calls).toEqual([[2, 500]])
})

test('what too few replicas have is not acknowledged', async () => {
  const { append } = replicated(1)
  await expect(append()).rejects.toThrow('FEWREPLICAS')
})

test('a connection that was made after the append says nothing of its replicas', async () => {
  const { redis, append } = replicated(2, (one) => (one.stream = {}))
  await expect(append()).rejects.toThrow('Connection is closed')
  expect(redis.wait).not.toHaveBeenCalled()
})
