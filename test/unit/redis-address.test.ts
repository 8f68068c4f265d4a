// REDIS_URL in all its forms, and what is refused: in one line, without the password.
import { expect, test } from 'vitest'
import { readConfig } from '../../server/config.ts'
import { nodeAlone, type ManyRedis } from '../../server/config-redis.ts'
import { nameOfRedis } from '../../server/redis/provider.ts'
import { judgeReplicas } from '../../server/stores/safety-redis.ts'

const read = (REDIS_URL: string, more = {}) => readConfig({ REDIS_URL, ...more }).redis

test('one Redis is a URL as before', () => {
  expect(read('redis://host:6379/1')).toEqual({ url: 'redis://host:6379/1' })
  expect(read('rediss://ann:s3cret@host', { REDIS_REPLICAS: '1' })).toEqual({
    url: 'rediss://ann:s3cret@host',
    replicas: 1,
  })
})

test('a cluster is several hosts, with a user or without, with TLS or without', () => {
  expect(read('redis+cluster://a:7000,[::1]:7001, b')).toEqual({
    kind: 'cluster',
    nodes: [
      { host: 'a', port: 7000 },
      { host: '::1', port: 7001 },
      { host: 'b', port: 6379 },
    ],
    tls: false,
  })
  expect(read('rediss+cluster://brook:s3%2Fc%40ret@a:7000')).toMatchObject({
    tls: true,
    username: 'brook',
    password: 's3/c@ret',
  })
  expect(read('redis+cluster://:s3cret@a', { REDIS_REPLICAS: '2' })).toEqual({
    kind: 'cluster',
    nodes: [{ host: 'a', port: 6379 }],
    tls: false,
    password: 's3cret',
    replicas: 2,
  })
})

test('Sentinels name a primary, and have a password of their own', () => {
  const url = 'redis+sentinel://brook:pw@s1:26379,s2/main?db=3&sentinel-user=watch&sentinel-password=s%26w'
  expect(read(url)).toEqual({
    kind: 'sentinel',
    nodes: [
      { host: 's1', port: 26_379 },
      { host: 's2', port: 26_379 },
    ],
    tls: false,
    username: 'brook',
    password: 'pw',
    name: 'main',
    db: 3,
    sentinelUsername: 'watch',
    sentinelPassword: 's&w',
  })
})

test.each([
  ['redis+ring://a', 'redis://, redis+cluster:// or redis+sentinel://'],
  ['redis+cluster://', 'names hosts as host:port'],
  ['redis+cluster://a:70000', 'names hosts as host:port'],
  ['redis+cluster://a:0', 'names hosts as host:port'],
  ['redis+cluster://a,,b', 'names hosts as host:port'],
  ['redis+cluster://s3cret@a', 'has a user and no password'],
  ['redis+cluster://x:s3cret%@a', '% stands before two hexadecimal digits'],
  ['redis+cluster://a/1', 'a cluster has no databases'],
  ['redis+cluster://a?db=1', 'takes no parameters'],
  ['redis+sentinel://a', 'names no primary'],
  ['redis+sentinel://a/main?tls=1', 'takes db=NUMBER'],
  ['redis+sentinel://a/main?db=x', 'takes db=NUMBER'],
  ['redis+sentinel://a/main?sentinel-user=s3cret', 'sentinel-user needs sentinel-password'],
])('%s is refused', (url, why) => {
  const refused = (): unknown => read(url)
  expect(refused).toThrow(why)
  expect(refused).not.toThrow(/s3cret|\n/)
})

test('replicas are of a Redis that REDIS_URL names', () => {
  expect(() => readConfig({ REDIS_REPLICAS: '1' })).toThrow('REDIS_REPLICAS needs REDIS_URL')
  expect(() => read('redis://a', { REDIS_REPLICAS: '-1' })).toThrow('must be a whole number')
  expect(readConfig({ REDIS_REPLICAS: '0' }).redis).toBeUndefined()
})

const many: ManyRedis = { kind: 'cluster', nodes: [{ host: 'a', port: 1 }], tls: true, password: 'p@w' }

test('a node alone is signed in to as all of them, and no name tells the password', () => {
  expect(nodeAlone(many, { host: '::1', port: 7 })).toEqual({ url: 'rediss://:p%40w@[::1]:7' })
  expect(nameOfRedis(many)).toBe('Redis Cluster at a:1')
  expect(nameOfRedis({ ...many, kind: 'sentinel' })).toBe('Redis by the Sentinels at a:1')
})

test.each([
  [0, 0, []],
  [0, 1, ['Redis has replicas, and REDIS_REPLICAS is not set']],
  [1, 1, []],
  [2, 1, ['REDIS_REPLICAS is 2, and a primary of Redis has 1']],
])('%i wanted replicas of %i are judged', (wanted, fewest, findings) => {
  expect(judgeReplicas(wanted, fewest).map(({ what }) => what)).toEqual(findings)
})
