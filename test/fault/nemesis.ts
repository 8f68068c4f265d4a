// The nemesis: chooses faults by chance and lays them on the house, one or two at a time, each with its end. What a fault
// does to acknowledged words is the checker's to say; the nemesis only knows that some disks may be touched when all is
// archived and everybody is silent.
import { setTimeout as pause } from 'node:timers/promises'
import { between, pick, type Chance } from './chance.ts'
import { failPoints } from './brook-process.ts'
import type { Client } from './client.ts'
import type { House, Station } from './house.ts'
import type { Proxy, Trouble } from './proxy.ts'

export interface Target {
  house: House
  clients: readonly Client[]
  chance: Chance
  /** Everybody falls silent and all is archived; false when that did not come about in time. */
  hush: () => Promise<boolean>
  speak: () => void
  note: (words: string) => void
  /** Only faults whose name has this in it. */
  only: string
}

interface Fault {
  weight: number
  /** Touches Redis or MySQL as a whole: only one such at a time. */
  isStore?: boolean
  /** Nothing else may be under way. */
  isAlone?: boolean
  lay: (target: Target) => Promise<void>
}

const ms = (chance: Chance, least: number, most: number): number => between(chance, least, most)

async function trouble(proxies: readonly Proxy[], what: Trouble, forMs: number): Promise<void> {
  for (const proxy of proxies) proxy.set(what)
  await pause(forMs)
  for (const proxy of proxies) proxy.clear()
}

/** One of the processes, or all of them. */
const some = ({ house, chance }: Target): Station[] =>
  chance() < 0.3 ? house.stations : [pick(chance, house.stations)]

const anyServer = ({ house, chance }: Target): Station => pick(chance, house.servers)

async function restart(target: Target, station: Station, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  await station.process.end(signal)
  station.web?.set({ refuse: true })
  await pause(ms(target.chance, 0, 2_000))
  await supervised(target, station)
}

/** Starts it, and again should it end: as whoever runs Brook does. That it ended by itself is noted as a finding. */
async function supervised({ house, note }: Target, station: Station): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    try {
      return await house.start(station)
    } catch (error) {
      note((error as Error).message)
      await pause(1_000)
    }
  }
}

async function frozen(station: Station, forMs: number): Promise<void> {
  station.process.pause()
  await pause(forMs)
  station.process.resume()
}

async function syncFailPoint(target: Target, act: 'die' | 'freeze'): Promise<void> {
  const { house, chance, note } = target
  const at = pick(chance, failPoints)
  note(`at ${at}`)
  // Only the sync that holds the lease comes by: both are armed, and the first one takes it.
  for (const { process } of house.syncs) process.arm(at, act)
  const end = Date.now() + 8_000
  const hit = (): Station | undefined => house.syncs.find(({ process }) => process.stoppedAt !== undefined)
  while (Date.now() < end && hit() === undefined && house.syncs.every(({ process }) => process.isUp))
    await pause(20)
  const caught = hit() ?? house.syncs.find(({ process }) => !process.isUp)
  for (const station of house.syncs) if (station !== caught) station.process.disarm()
  if (act === 'freeze') {
    // Past its lease: another takes over, and then the zombie wakes up.
    if (caught !== undefined) await pause(ms(chance, 1_000, 18_000))
    for (const { process } of house.syncs) process.resume()
  } else {
    await pause(ms(chance, 0, 3_000))
    for (const station of house.syncs) await supervised(target, station)
  }
}

async function killConnections(house: House): Promise<number> {
  const sql = 'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = ?'
  const found = await house.db.rows<{ id: number }>(sql, [house.stores.mysql.user])
  for (const { id } of found) await house.db.run(`KILL ${id}`).catch(() => undefined)
  return found.length
}

export const faults: Record<string, Fault> = {
  'redis reply lost, then cut': {
    weight: 8,
    lay: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return trouble(proxies, { swallowReplies: true }, ms(target.chance, 30, 900))
    },
  },
  'redis connection cut': {
    weight: 8,
    lay: async (target) => {
      for (let times = between(target.chance, 1, 5); times > 0; times -= 1) {
        for (const { redis } of some(target)) redis.cut()
        await pause(ms(target.chance, 10, 400))
      }
    },
  },
  'redis slow': {
    weight: 4,
    lay: (target) => {
      const delayMs = ms(target.chance, 5, 300)
      const proxies = some(target).map(({ redis }) => redis)
      return trouble(proxies, { delayMs }, ms(target.chance, 500, 5_000))
    },
  },
  'redis trickles': {
    weight: 2,
    lay: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return trouble(proxies, { trickleBytes: ms(target.chance, 100, 2_000) }, ms(target.chance, 500, 4_000))
    },
  },
  'redis half-open': {
    weight: 4,
    lay: (target) => {
      const proxies = some(target).map(({ redis }) => redis)
      return trouble(proxies, { halfOpen: true }, ms(target.chance, 500, 9_000))
    },
  },
  'redis SIGSTOP': {
    weight: 4,
    isStore: true,
    lay: async ({ house, chance }) => {
      house.stores.redisProcess.pause()
      await pause(ms(chance, 300, 4_000))
      house.stores.redisProcess.resume()
    },
  },
  'redis kill -9': {
    weight: 8,
    isStore: true,
    lay: async ({ house, chance }) => {
      await house.stores.redisProcess.kill('SIGKILL')
      await pause(ms(chance, 0, 2_500))
      await house.stores.redisProcess.start()
    },
  },
  'redis full': {
    weight: 2,
    isStore: true,
    lay: async ({ house, chance }) => {
      await house.redis.config('SET', 'maxmemory', '1mb')
      await pause(ms(chance, 500, 4_000))
      await house.redis.config('SET', 'maxmemory', '0')
    },
  },
  'redis wiped (all archived)': {
    weight: 2,
    isStore: true,
    isAlone: true,
    lay: async ({ house, hush, speak, note }) => {
      if (await hush()) await house.redis.flushall()
      else note('not hushed in time; left alone')
      speak()
    },
  },
  'older AOF restored (all archived)': {
    weight: 2,
    isStore: true,
    isAlone: true,
    lay: async ({ house, hush, speak, note, chance }) => {
      const { redisProcess } = house.stores
      await redisProcess.kill('SIGKILL')
      await house.copyDisk()
      await redisProcess.start()
      await pause(ms(chance, 1_000, 4_000))
      if (await hush()) {
        await redisProcess.kill('SIGKILL')
        await house.restoreDisk()
        await redisProcess.start()
      } else note('not hushed in time; left alone')
      speak()
    },
  },
  'mysql kill -9': {
    weight: 5,
    isStore: true,
    lay: async ({ house, chance }) => {
      await house.stores.mariadbProcess.kill('SIGKILL')
      await pause(ms(chance, 0, 3_000))
      await house.stores.mariadbProcess.start()
    },
  },
  'mysql SIGSTOP': {
    weight: 3,
    isStore: true,
    lay: async ({ house, chance }) => {
      house.stores.mariadbProcess.pause()
      await pause(ms(chance, 300, 8_000))
      house.stores.mariadbProcess.resume()
    },
  },
  'mysql max_allowed_packet 1 MiB': {
    weight: 2,
    isStore: true,
    lay: async ({ house, chance }) => {
      const [usual] = await house.db.rows<{ bytes: number }>('SELECT @@GLOBAL.max_allowed_packet AS bytes')
      await house.db.run('SET GLOBAL max_allowed_packet = 1048576')
      await killConnections(house)
      await pause(ms(chance, 1_000, 6_000))
      await house.db.run(`SET GLOBAL max_allowed_packet = ${usual?.bytes ?? 16_777_216}`)
      await killConnections(house)
    },
  },
  'mysql connections killed': {
    weight: 3,
    isStore: true,
    lay: async ({ house, note }) => note(`${await killConnections(house)} connections`),
  },
  'mysql read-only': {
    weight: 2,
    isStore: true,
    lay: async ({ house, chance }) => {
      await house.db.run('SET GLOBAL read_only = 1')
      await pause(ms(chance, 500, 5_000))
      await house.db.run('SET GLOBAL read_only = 0')
    },
  },
  'mysql cut': {
    weight: 3,
    lay: async (target) => {
      for (let times = between(target.chance, 1, 4); times > 0; times -= 1) {
        for (const { mysql } of some(target)) mysql.cut()
        await pause(ms(target.chance, 10, 400))
      }
    },
  },
  'mysql reply lost, then cut': {
    weight: 3,
    lay: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return trouble(proxies, { swallowReplies: true }, ms(target.chance, 50, 1_500))
    },
  },
  'mysql half-open': {
    weight: 2,
    lay: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return trouble(proxies, { halfOpen: true }, ms(target.chance, 500, 12_000))
    },
  },
  'mysql slow': {
    weight: 2,
    lay: (target) => {
      const proxies = some(target).map(({ mysql }) => mysql)
      return trouble(proxies, { delayMs: ms(target.chance, 5, 200) }, ms(target.chance, 500, 5_000))
    },
  },
  'sync dies at a point': { weight: 6, lay: (target) => syncFailPoint(target, 'die') },
  'sync freezes at a point, then wakes': { weight: 4, lay: (target) => syncFailPoint(target, 'freeze') },
  'sync kill -9': {
    weight: 3,
    lay: (target) => restart(target, pick(target.chance, target.house.syncs), 'SIGKILL'),
  },
  'sync SIGTERM': {
    weight: 2,
    lay: (target) => restart(target, pick(target.chance, target.house.syncs), 'SIGTERM'),
  },
  'sync SIGSTOP past its lease': {
    weight: 2,
    lay: ({ house, chance }) => frozen(pick(chance, house.syncs), ms(chance, 11_000, 16_000)),
  },
  'server kill -9': { weight: 5, lay: (target) => restart(target, anyServer(target), 'SIGKILL') },
  'server SIGTERM': { weight: 4, lay: (target) => restart(target, anyServer(target), 'SIGTERM') },
  'server SIGSTOP': {
    weight: 3,
    lay: (target) => frozen(anyServer(target), ms(target.chance, 300, 7_000)),
  },
  'web cut': {
    weight: 5,
    lay: async (target) => {
      anyServer(target).web?.cut()
    },
  },
  'web reply lost, then cut': {
    weight: 5,
    lay: (target) => {
      const { web } = anyServer(target)
      return trouble(web ? [web] : [], { swallowReplies: true }, ms(target.chance, 30, 1_500))
    },
  },
  'web half-open': {
    weight: 2,
    lay: (target) => {
      const { web } = anyServer(target)
      return trouble(web ? [web] : [], { halfOpen: true }, ms(target.chance, 500, 8_000))
    },
  },
  'web slow': {
    weight: 2,
    lay: (target) => {
      const { web } = anyServer(target)
      return trouble(web ? [web] : [], { delayMs: ms(target.chance, 10, 400) }, ms(target.chance, 500, 5_000))
    },
  },
  'web trickles': {
    weight: 2,
    lay: (target) => {
      const { web } = anyServer(target)
      return trouble(web ? [web] : [], { trickleBytes: ms(target.chance, 300, 4_000) }, 2_000)
    },
  },
  'frames dropped at a client': {
    weight: 5,
    lay: async ({ clients, chance }) => {
      for (let times = between(chance, 1, 6); times > 0; times -= 1)
        pick(chance, clients).drops += between(chance, 1, 3)
    },
  },
  'client offline and online': {
    weight: 4,
    lay: async ({ clients, chance }) => {
      const gone = clients.filter(() => chance() < 0.2)
      for (const client of gone) client.online = false
      await pause(ms(chance, 300, 6_000))
      for (const client of gone) client.online = true
    },
  },
  'client reconnects many times': {
    weight: 3,
    lay: async ({ clients, chance }) => {
      const client = pick(chance, clients)
      for (let times = 10; times > 0; times -= 1) {
        client.cut()
        await pause(ms(chance, 20, 300))
      }
    },
  },
  'client stops reading': {
    weight: 2,
    lay: async ({ clients, chance }) => {
      const client = pick(chance, clients)
      client.pauses()
      await pause(ms(chance, 1_000, 8_000))
      client.readsOn()
    },
  },
  'page reloaded': {
    weight: 3,
    lay: async ({ clients, chance }) => {
      for (let times = between(chance, 1, 3); times > 0; times -= 1) pick(chance, clients).reload()
    },
  },
}

/** Lays fault after fault until `endAt`; answers when the last one has ended. Counts each by its name. */
export async function rage(target: Target, endAt: number, counts: Map<string, number>): Promise<void> {
  const under = new Map<string, { fault: Fault; done: Promise<void> }>()
  const names = Object.keys(faults).filter((name) => name.includes(target.only))
  const heaviest = names.flatMap((name) => Array<string>(faults[name]?.weight ?? 0).fill(name))
  while (Date.now() < endAt) {
    const name = pick(target.chance, heaviest)
    const fault = faults[name]
    const isBusy = [...under.values()].some(
      (other) => other.fault.isAlone || (fault?.isStore && other.fault.isStore),
    )
    const isInTheWay = fault?.isAlone === true && under.size > 0
    if (fault === undefined || under.has(name) || isBusy || isInTheWay || under.size >= 3) {
      await pause(200)
      continue
    }
    counts.set(name, (counts.get(name) ?? 0) + 1)
    target.note(`${name}`)
    const done = fault
      .lay(target)
      .catch((error: unknown) => target.note(`${name} failed: ${(error as Error).message}`))
      .finally(() => {
        under.delete(name)
        target.note(`${name} ended`)
      })
    under.set(name, { fault, done })
    if (fault.isAlone === true) await done
    await pause(ms(target.chance, 200, 4_000))
  }
  await Promise.all([...under.values()].map(({ done }) => done))
}
