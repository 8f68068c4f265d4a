// A backlog that grows too long: sends are refused as retryable before a store is full, and accepted again
// automatically.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { checkSafety } from '../../server/stores/safety.ts'
import { Brook } from '../support/brook.ts'
import { until } from '../support/until.ts'

let brook: Brook
beforeAll(async () => {
  brook = await Brook.start()
})
afterAll(() => brook.stop())

async function fillRedisTo(share: number): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await brook.redis.info('memory'))?.[1])
  await brook.redis.config('SET', 'maxmemory', Math.round(used / share))
}

const pressure = async (): Promise<string> => {
  const answer = await fetch(`${brook.servers[0]?.address}/readyz`)
  return ((await answer.json()) as { backlog: string }).backlog
}

test('a nearly full Redis refuses sends with a time to retry, sheds typing, and recovers by itself', async () => {
  const [ann, bob] = [await brook.enter('Ann'), await brook.enter('Bob')]
  await fillRedisTo(0.9)
  await until(pressure, (word) => word === 'refuse')
  const refused = await ann.refused(ann.says('not now'))
  expect(refused).toMatchObject({ code: 'overloaded' })
  expect(refused.retryAfterMs).toBeGreaterThan(0)
  const over = await ann.ask<{ error: { code: string } }>('POST', `/api/rooms/${ann.room}/messages`, {
    cid: newCid(),
    text: 'not now',
  })
  expect(over).toMatchObject({ status: 503, body: { error: { code: 'overloaded' } } })
  ann.tells({ type: 'typing', room: ann.room })
  await brook.redis.config('SET', 'maxmemory', 0)
  await until(pressure, (word) => word === 'calm')
  await ann.acked(ann.says('taken again'))
  await bob.hears('taken again')
  expect(bob.heard.some(({ type }) => type === 'typing')).toBe(false)
})

test('settings that can lose acknowledged messages keep Brook from starting, unless it is told to', async () => {
  const said: string[] = []
  const say = (line: string) => void said.push(line)
  const check = (allowUnsafe: boolean) => checkSafety(brook.stores, { say, allowUnsafe })
  await check(false)
  await brook.redis.config('SET', 'maxmemory-policy', 'allkeys-lru')
  await expect(check(false)).rejects.toThrow('ALLOW_UNSAFE_STORES=1')
  expect(said.join('\n')).toContain('allkeys-lru')
  await check(true)
  await brook.redis.config('SET', 'maxmemory-policy', 'noeviction')
  await check(false)
})

test('a Redis whose user default has no rights would lose what it replays as that user', async () => {
  const acl = (...words: string[]) => brook.redis.call('ACL', 'SETUSER', ...words)
  await acl('keeper', 'on', '>secret', '~*', '&*', '+@all')
  const redis = { ...brook.stores.redis, username: 'keeper', password: 'secret' }
  const check = () => checkSafety({ ...brook.stores, redis }, { say: () => undefined, allowUnsafe: false })
  const connections = new RedisProvider(redis)
  const keeper = connections.shard(0).asker
  await connections.ready(5_000)
  await check()
  for (const lost of ['-@all', 'resetkeys']) {
    await acl('default', lost)
    await expect(check()).rejects.toThrow('ALLOW_UNSAFE_STORES=1')
    await keeper.call('ACL', 'SETUSER', 'default', '~*', '&*', '+@all')
  }
  await check()
  connections.close()
})

test('a stopping server answers requests in progress and tells its browsers to come back', async () => {
  const cho = await brook.enter('Cho')
  const cids = Array.from({ length: 40 }, (_, i) => cho.says(`last ${i}`))
  await cho.acked(cids[0] ?? '')
  await brook.servers.shift()?.close()
  expect(await cho.ends()).toMatchObject({ code: 4002 })
  await brook.serve()
  await cho.returns(brook.servers[0]?.address)
  const { messages } = await cho.page('limit=200')
  const kept = messages.filter(({ kind, user }) => kind === 'message' && user.name === 'Cho')
  const acked = cho.ackedBefore(cids)
  for (const cid of acked)
    expect(kept.some((message) => message.kind === 'message' && message.cid === cid)).toBe(true)
})
