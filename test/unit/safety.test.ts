// Which settings of the stores can lose what was acknowledged.
import { expect, test } from 'vitest'
import { askRedis, judgeRedis } from '../../server/stores/safety-redis.ts'
import { judgeMysql } from '../../server/stores/safety.ts'

const safeRedis = { appendonly: 'yes', appendfsync: 'always', 'maxmemory-policy': 'noeviction' }
const safeMysql = {
  version: '8.4.2',
  mode: 'STRICT_ALL_TABLES,NO_ZERO_DATE',
  packet: '67108864',
  flushing: '1',
  charset: 'utf8mb4',
}
const redis = (change: object) =>
  judgeRedis(new Map(Object.entries({ ...safeRedis, ...change }) as [string, string][]))
const mysql = (change: object) =>
  judgeMysql(new Map(Object.entries({ ...safeMysql, ...change }) as [string, string][]))

test('safe settings are not mentioned', () => {
  expect(redis({})).toEqual([])
  expect(mysql({})).toEqual([])
  for (const version of ['10.6.20-MariaDB', '10.11.18-MariaDB-0+deb12u1', '11.4.2-MariaDB', '9.1.0'])
    expect(mysql({ version }), version).toEqual([])
})

test.each([
  ['a Redis that evicts', () => redis({ 'maxmemory-policy': 'allkeys-lru' })],
  ['a Redis without append-only', () => redis({ appendonly: 'no' })],
  ['a Redis that fsyncs each second', () => redis({ appendfsync: 'everysec' })],
  ['an old MySQL', () => mysql({ version: '5.7.44' })],
  ['an old MariaDB', () => mysql({ version: '10.5.9-MariaDB' })],
  ['a MySQL that is not strict', () => mysql({ mode: 'NO_ENGINE_SUBSTITUTION' })],
  ['a MySQL that cannot hold emoji', () => mysql({ charset: 'latin1' })],
  ['a MySQL that takes no batch', () => mysql({ packet: '262144' })],
])('%s loses acknowledged messages: reported with its consequence and its fix', (_what, judge) => {
  const findings = judge()
  expect(findings).toHaveLength(1)
  expect(findings[0]).toMatchObject({ loses: true })
  expect(findings[0]?.consequence).not.toBe('')
  expect(findings[0]?.fix).not.toBe('')
})

test('only a refusal to show the settings is an answer; where the connection was lost, it is asked again', async () => {
  const asked = (error: string) =>
    askRedis({
      info: async () => 'redis_version:7.2.4',
      config: () => Promise.reject(new Error(error)),
      call: () =>
        Promise.reject(new Error("NOPERM this user has no permissions to run the 'acl|getuser' command")),
    } as never)
  for (const refusal of [
    "NOPERM no permissions to run the 'config|get' command",
    "ERR unknown command 'CONFIG'",
  ])
    expect(await asked(refusal)).toMatchObject([{ loses: false }])
  for (const lost of [
    'Connection is closed.',
    'Command timed out',
    'LOADING Redis is loading the dataset in memory',
  ])
    await expect(asked(lost)).rejects.toThrow(lost)
})

test('a MySQL that flushes lazily is only reported, because Redis still has what it may lose', () => {
  expect(mysql({ flushing: '2' })).toMatchObject([{ loses: false }])
})
