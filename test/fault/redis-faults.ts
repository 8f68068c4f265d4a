// Faults of Redis and of the connections to it.
import { setTimeout as pause } from 'node:timers/promises'
import { between, pick } from './chance.ts'
import { disturb, some, type Faults } from './fault.ts'

export const redisFaults: Faults = {
  'redis reply lost, then cut': {
    weight: 8,
    inject: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return disturb(proxies, { swallowReplies: true }, between(target.chance, 30, 900))
    },
  },
  'redis connection cut': {
    weight: 8,
    inject: async (target) => {
      for (let times = between(target.chance, 1, 5); times > 0; times -= 1) {
        for (const { redis } of some(target)) redis.cut()
        await pause(between(target.chance, 10, 400))
      }
    },
  },
  'redis slow': {
    weight: 4,
    inject: (target) => {
      const delayMs = between(target.chance, 5, 300)
      const proxies = some(target).map(({ redis }) => redis)
      return disturb(proxies, { delayMs }, between(target.chance, 500, 5_000))
    },
  },
  'redis trickles': {
    weight: 2,
    inject: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return disturb(
        proxies,
        { trickleBytes: between(target.chance, 100, 2_000) },
        between(target.chance, 500, 4_000),
      )
    },
  },
  'redis half-open': {
    weight: 4,
    inject: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return disturb(proxies, { halfOpen: true }, between(target.chance, 500, 9_000))
    },
  },
  'redis silent': {
    weight: 3,
    inject: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return disturb(proxies, { swallowReplies: true }, between(target.chance, 2_000, 20_000))
    },
  },
  'redis silent to the readers of the log': {
    weight: 3,
    inject: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      const of = pick(target.chance, ['xread', 'xreadgroup', 'subscribe', 'blpop'])
      return disturb(proxies, { swallowReplies: true, of }, between(target.chance, 2_000, 20_000))
    },
  },
  'redis SIGSTOP': {
    weight: 4,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      cluster.stores.redisProcess.pause()
      await pause(between(chance, 300, 4_000))
      cluster.stores.redisProcess.resume()
    },
  },
  'redis kill -9': {
    weight: 8,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      await cluster.stores.redisProcess.kill('SIGKILL')
      await pause(between(chance, 0, 2_500))
      await cluster.stores.redisProcess.start()
    },
  },
  'redis full': {
    weight: 2,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      await cluster.redis.config('SET', 'maxmemory', '1mb')
      await pause(between(chance, 500, 4_000))
      await cluster.redis.config('SET', 'maxmemory', '0')
    },
  },
  'redis wiped (all archived)': {
    weight: 2,
    isStore: true,
    isAlone: true,
    inject: async ({ cluster, hush, speak, note }) => {
      if (await hush()) await cluster.redis.flushall()
      else note('not hushed in time; left alone')
      speak()
    },
  },
  'older AOF restored (all archived)': {
    weight: 2,
    isStore: true,
    isAlone: true,
    inject: async ({ cluster, hush, speak, note, chance }) => {
      const { redisProcess } = cluster.stores
      await redisProcess.kill('SIGKILL')
      await cluster.copyDisk('redis', 'older')
      await redisProcess.start()
      await pause(between(chance, 1_000, 4_000))
      if (await hush()) {
        await redisProcess.kill('SIGKILL')
        await cluster.restoreDisk('redis', 'older')
        await redisProcess.start()
      } else note('not hushed in time; left alone')
      speak()
    },
  },
}
