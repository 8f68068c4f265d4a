// Request and reply between processes, on a real Redis: workers that die, a Redis that restarts, answers that are late.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { root } from '../../server/root.ts'
import { at, Rpc, type Outcome } from '../../server/rpc/rpc.ts'
import { whenReady, type Redis } from '../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../server/redis/connect.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { privateStores, type PrivateStores } from '../support/stores.ts'
import { until } from '../support/until.ts'

let stores: PrivateStores
let redis: Redis
beforeAll(async () => {
  stores = await privateStores()
  redis = connectRedis(stores.redis, writerOptions(5_000))
  await whenReady(redis, 10_000)
})
afterAll(async () => {
  redis.disconnect()
  await stores.stop()
})

const open: Rpc[] = []
const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await Promise.all(open.splice(0).map((rpc) => rpc.close()))
})

const rpcOf = (onEnded?: (fn: string, outcome: string) => void): Rpc => {
  const rpc = new Rpc({
    redis: new RedisProvider(stores.redis).rpc,
    onError: () => undefined,
    ...(onEnded === undefined ? {} : { onEnded }),
  })
  open.push(rpc)
  return rpc
}

/** A promise that the test resolves. */
const held = () => {
  let resolve: () => void = () => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve: () => resolve() }
}
const codeOf = (outcome: Outcome) => ('error' in outcome ? outcome.error.code : 'ok')
let calls = 0
const newId = () => `test:${++calls}`

/** A worker process, once it serves; `took` resolves when it has taken that call. */
async function workerProcess(fn: string) {
  const file = path.join(root, 'dist/test/rpc-worker.js')
  const child = spawn(process.execPath, [file, JSON.stringify(stores.redis), fn])
  children.push(child)
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text))
  await until(
    () => printed,
    (text) => text.includes('ready'),
    30_000,
  )
  return {
    took: (id: string) =>
      until(
        () => printed,
        (text) => text.includes(`took ${id}\n`),
      ),
    kill: async () => {
      child.kill('SIGKILL')
      await once(child, 'exit')
    },
  }
}

test('a request is answered by a worker in another process', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  await worker.serve('double', (params) => Promise.resolve({ data: Number(params) * 2 }))
  expect(await caller.request(newId(), 'double', 21)).toEqual({ data: 42 })
  expect(caller.underWay).toBe(0)
})

test('a worker’s own refusal and its failure are reported by their codes', async () => {
  const caller = rpcOf()
  await caller.serve('refuse', () =>
    Promise.resolve({ error: { code: 'bad_dice', message: 'No such dice.' } }),
  )
  await caller.serve('fail', () => Promise.reject(new Error('a bug')))
  expect(await caller.request(newId(), 'refuse', 1)).toEqual({
    error: { code: 'bad_dice', message: 'No such dice.' },
  })
  expect(codeOf(await caller.request(newId(), 'fail', 1))).toBe('failed')
})

test('if nobody serves a function, the caller learns it long before the call’s time is over', async () => {
  const caller = rpcOf()
  expect(codeOf(await caller.request(newId(), 'nothing', 1, { timeoutMs: 60_000 }))).toBe('no_worker')
})

test('a worker that starts a moment after the call still gets it', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  const asking = caller.request(newId(), 'soon', 'x')
  await worker.serve('soon', (params) => Promise.resolve({ data: params }))
  expect(await asking).toEqual({ data: 'x' })
})

test('a worker that stops is gone at once, and one that dies within seconds', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  const stop = await worker.serve('here', () => Promise.resolve({ data: 1 }))
  expect(await caller.workers('here')).toEqual([worker.name])
  await stop()
  expect(await caller.workers('here')).toEqual([])
  const other = await workerProcess('mortal')
  expect(await caller.workers('mortal')).toHaveLength(1)
  await other.kill()
  await until(
    () => caller.workers('mortal'),
    (names) => names.length === 0,
  )
})

test('the call of a killed worker times out, and the next worker gets the next call', async () => {
  const caller = rpcOf()
  const first = await workerProcess('work')
  const id = newId()
  const asking = caller.request(id, 'work', 'never', { timeoutMs: 3_000 })
  await first.took(id)
  await first.kill()
  expect(codeOf(await asking)).toBe('timeout')
  expect(await caller.getCall(id)).toBeUndefined()
  const second = rpcOf()
  await second.serve('work', (params) => Promise.resolve({ data: params }))
  expect(await caller.request(newId(), 'work', 'again')).toEqual({ data: 'again' })
})

test('two workers of one function share its calls, and each call runs once', async () => {
  const caller = rpcOf()
  const done: string[] = []
  const gate = held()
  const counts = [0, 0]
  for (const number of [0, 1])
    await rpcOf().serve('share', async (params) => {
      counts[number] = (counts[number] ?? 0) + 1
      done.push(String(params))
      await gate.promise
      return { data: number }
    })
  // No worker has more than atOnce slots, so neither can take them all.
  const count = 2 * limits.calls.atOnce
  const asking = Array.from({ length: count }, (_, n) => caller.request(newId(), 'share', n))
  await until(() => done.length === count)
  gate.resolve()
  expect((await Promise.all(asking)).every((outcome) => 'data' in outcome)).toBe(true)
  expect(new Set(done).size).toBe(count)
  expect(counts).toEqual([limits.calls.atOnce, limits.calls.atOnce])
})

test('one worker alone can be called by its name', async () => {
  const caller = rpcOf()
  const workers = [rpcOf(), rpcOf()]
  for (const worker of workers) await worker.serve('who', () => Promise.resolve({ data: worker.name }))
  for (const { name } of workers)
    expect(await caller.request(newId(), at('who', name), null)).toEqual({ data: name })
  expect(codeOf(await caller.request(newId(), at('who', 'nobody'), null))).toBe('no_worker')
})

test('the same id from two processes is one call with one answer for both', async () => {
  const [one, other] = [rpcOf(), rpcOf()]
  let worked = 0
  const gate = held()
  await rpcOf().serve('once', async () => {
    worked += 1
    await gate.promise
    return { data: worked }
  })
  const id = newId()
  const asking = [one, one, other].map((rpc) => rpc.request(id, 'once', null))
  await until(
    async () => (await redis.hkeys(`{brook:rpc}:call:${id}`)).filter((key) => key[0] === '>').length === 2,
  )
  gate.resolve()
  expect(await Promise.all(asking)).toEqual([{ data: 1 }, { data: 1 }, { data: 1 }])
  // And later: the same answer again.
  expect(await other.request(id, 'once', null)).toEqual({ data: 1 })
  expect(worked).toBe(1)
  expect(codeOf(await other.request(id, 'another', null))).toBe('bad_id')
})

test('of two replies the first counts, and a late one is dropped', async () => {
  const caller = rpcOf()
  const gates = [held(), held()]
  const waiting = [...gates]
  await rpcOf().serve('slow', async () => {
    await waiting.shift()?.promise
    return { data: 'the worker’s' }
  })
  const id = newId()
  const asking = caller.request(id, 'slow', null)
  await until(async () => (await caller.getCall(id))?.state === 'taken')
  expect(await caller.reply(id, { data: 'first' })).toBe(true)
  expect(await caller.reply(id, { data: 'second' })).toBe(false)
  expect(await asking).toEqual({ data: 'first' })
  gates[0]?.resolve()
  expect(await caller.getCall(id)).toMatchObject({ state: 'answered', outcome: { data: 'first' } })
  const late = newId()
  expect(codeOf(await caller.request(late, 'slow', null, { timeoutMs: 1 }))).not.toBe('ok')
  await until(async () => (await caller.getCall(late)) === undefined)
  expect(await caller.reply(late, { data: 'late' })).toBe(false)
  gates[1]?.resolve()
})

test('a cancelled call is forgotten, its worker is told, and its place in the queue is freed', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  const aborted = held()
  await worker.serve('long', (_params, { signal }) => {
    signal.addEventListener('abort', () => aborted.resolve())
    return new Promise<never>(() => undefined)
  })
  const cancel = new AbortController()
  const id = newId()
  const asking = caller.request(id, 'long', null, { signal: cancel.signal })
  await until(async () => (await caller.getCall(id))?.state === 'taken')
  cancel.abort()
  expect(codeOf(await asking)).toBe('cancelled')
  await aborted.promise
  expect(await caller.getCall(id)).toBeUndefined()
  expect(codeOf(await caller.request(newId(), 'long', null, { signal: AbortSignal.abort() }))).toBe(
    'cancelled',
  )
})

test('a handler that never ends loses its slot when its call is over', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  await worker.serve('hang', (params) =>
    params === 'hang' ? new Promise<never>(() => undefined) : Promise.resolve({ data: params }),
  )
  const hanging = Array.from({ length: limits.calls.atOnce }, () =>
    caller.request(newId(), 'hang', 'hang', { timeoutMs: 500 }),
  )
  expect((await Promise.all(hanging)).map(codeOf)).toEqual(hanging.map(() => 'timeout'))
  expect(await caller.request(newId(), 'hang', 'free')).toEqual({ data: 'free' })
})

test('too much is refused: parameters, an answer, a bad id, a queue that is full', async () => {
  const caller = rpcOf()
  await caller.serve('big', (params) => Promise.resolve({ data: 'x'.repeat(Number(params)) }))
  const max = 'x'.repeat(limits.calls.paramsBytes)
  expect(codeOf(await caller.request(newId(), 'big', max))).toBe('too_large')
  expect(codeOf(await caller.request(newId(), 'big', limits.calls.answerBytes))).toBe('too_large')
  expect(codeOf(await caller.request(newId(), 'big', limits.calls.answerBytes - 20))).toBe('ok')
  expect(codeOf(await caller.request('a b', 'big', 1))).toBe('bad_id')
  await redis.zadd('{brook:rpc}:workers:full', Date.now() + 60_000, 'somebody')
  await redis.rpush('{brook:rpc}:queue:full', ...Array.from({ length: limits.calls.waiting }, String))
  expect(codeOf(await caller.request(newId(), 'full', 1))).toBe('busy')
  await redis.del('{brook:rpc}:queue:full', '{brook:rpc}:workers:full')
})

test('after a restart of Redis, a call in progress gets its answer, and callers and workers are back', async () => {
  const [caller, worker] = [rpcOf(), rpcOf()]
  const gate = held()
  await worker.serve('patient', async (params) => {
    if (params === 'wait') await gate.promise
    return { data: params }
  })
  const id = newId()
  const asking = caller.request(id, 'patient', 'wait', { timeoutMs: 60_000 })
  await until(async () => (await caller.getCall(id))?.state === 'taken')
  await stores.redisProcess.kill()
  gate.resolve()
  const meanwhile = caller.request(newId(), 'patient', 'meanwhile', { timeoutMs: 60_000 })
  await stores.redisProcess.start()
  expect(await asking).toEqual({ data: 'wait' })
  expect(await meanwhile).toEqual({ data: 'meanwhile' })
  expect(await caller.request(newId(), 'patient', 'after')).toEqual({ data: 'after' })
})

test('while Redis is down, a call ends in time and reports that nothing was asked', async () => {
  const caller = rpcOf()
  await caller.serve('away', () => Promise.resolve({ data: 1 }))
  expect(codeOf(await caller.request(newId(), 'away', 1))).toBe('ok')
  await stores.redisProcess.kill()
  try {
    expect(codeOf(await caller.request(newId(), 'away', 1, { timeoutMs: 300 }))).toBe('unavailable')
  } finally {
    await stores.redisProcess.start()
    await whenReady(redis, 10_000)
  }
})

test('a Redis that comes back empty ends the calls it has lost, with that reason', async () => {
  const caller = rpcOf()
  await caller.serve('lost', () => new Promise<never>(() => undefined))
  const id = newId()
  const asking = caller.request(id, 'lost', null, { timeoutMs: 60_000 })
  await until(async () => (await caller.getCall(id))?.state === 'taken')
  await redis.flushall()
  // As after a restart: connections are cut, so the caller checks what it missed.
  await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
  expect(codeOf(await asking)).toBe('lost')
})

test('ten thousand calls leave one subscription, and no key behind', async () => {
  await redis.flushall()
  const ended: string[] = []
  const [caller, worker] = [rpcOf((_fn, outcome) => ended.push(outcome)), rpcOf()]
  const stop = await worker.serve('many', (params) => Promise.resolve({ data: params }))
  for (let batch = 0; batch < 10; batch += 1) {
    const asked = Array.from({ length: 1_000 }, (_, n) =>
      caller.request(newId(), 'many', n, { timeoutMs: 60_000 }),
    )
    const outcomes = await Promise.all(asked)
    expect(outcomes).toEqual(outcomes.map((_, data) => ({ data })))
  }
  expect(ended.filter((outcome) => outcome === 'ok')).toHaveLength(10_000)
  expect(await redis.pubsub('CHANNELS', '{brook:rpc}*')).toHaveLength(2)
  await stop()
  // All that is left expires by itself, an answer after limits.calls.answerKeptMs.
  const keys = await redis.keys('{brook:rpc}*')
  const ends = await Promise.all(keys.map((key) => redis.pttl(key)))
  expect(keys.filter((key) => !key.startsWith('{brook:rpc}:call:'))).toEqual([])
  // -1: it never expires. One may have expired since it was listed.
  expect(ends).not.toContain(-1)
  expect(Math.max(...ends)).toBeLessThanOrEqual(limits.calls.answerKeptMs)
}, 120_000)
