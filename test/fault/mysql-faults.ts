// Faults of MySQL and of the connections to it.
import { setTimeout as pause } from 'node:timers/promises'
import { between } from './chance.ts'
import type { Cluster } from './cluster.ts'
import { disturb, some, type Faults } from './fault.ts'

async function killConnections(cluster: Cluster): Promise<number> {
  const sql = 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?'
  const found = await cluster.db.rows<{ id: number }>(sql, [cluster.stores.mysql.user])
  for (const { id } of found) await cluster.db.run(`KILL ${id}`).catch(() => undefined)
  return found.length
}

export const mysqlFaults: Faults = {
  'mysql kill -9': {
    weight: 5,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      await cluster.stores.mariadbProcess.kill('SIGKILL')
      await pause(between(chance, 0, 3_000))
      await cluster.stores.mariadbProcess.start()
    },
  },
  'mysql SIGSTOP': {
    weight: 3,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      cluster.stores.mariadbProcess.pause()
      await pause(between(chance, 300, 8_000))
      cluster.stores.mariadbProcess.resume()
    },
  },
  'mysql max_allowed_packet 1 MiB': {
    weight: 2,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      const [original] = await cluster.db.rows<{ bytes: number }>(
        'SELECT @@GLOBAL.max_allowed_packet AS bytes',
      )
      await cluster.db.run('SET GLOBAL max_allowed_packet = 1048576')
      await killConnections(cluster)
      await pause(between(chance, 1_000, 6_000))
      await cluster.db.run(`SET GLOBAL max_allowed_packet = ${original?.bytes ?? 16_777_216}`)
      await killConnections(cluster)
    },
  },
  'mysql connections killed': {
    weight: 3,
    isStore: true,
    inject: async ({ cluster, note }) => note(`${await killConnections(cluster)} connections`),
  },
  'mysql read-only': {
    weight: 2,
    isStore: true,
    inject: async ({ cluster, chance }) => {
      await cluster.db.run('SET GLOBAL read_only = 1')
      await pause(between(chance, 500, 5_000))
      await cluster.db.run('SET GLOBAL read_only = 0')
    },
  },
  'mysql cut': {
    weight: 3,
    inject: async (target) => {
      for (let times = between(target.chance, 1, 4); times > 0; times -= 1) {
        for (const { mysql } of some(target)) mysql.cut()
        await pause(between(target.chance, 10, 400))
      }
    },
  },
  'mysql reply lost, then cut': {
    weight: 3,
    inject: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return disturb(proxies, { swallowReplies: true }, between(target.chance, 50, 1_500))
    },
  },
  'mysql half-open': {
    weight: 2,
    inject: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return disturb(proxies, { halfOpen: true }, between(target.chance, 500, 12_000))
    },
  },
  'mysql silent': {
    weight: 2,
    inject: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return disturb(proxies, { swallowReplies: true }, between(target.chance, 2_000, 20_000))
    },
  },
  'mysql slow': {
    weight: 2,
    inject: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return disturb(proxies, { delayMs: between(target.chance, 5, 200) }, between(target.chance, 500, 5_000))
    },
  },
}
