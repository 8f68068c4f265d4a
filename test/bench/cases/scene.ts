// The set-up of a talking round: stores, a server, sync, and a crowd of signed-in guests in one room; or a peer and a
// crowd without any of those.
import { setTimeout as pause } from 'node:timers/promises'
import { Db } from '../../../server/db.ts'
import { readThrough } from '../../../server/log/follow.ts'
import { keysOf } from '../../../server/log/keys.ts'
import { whenReady } from '../../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../../server/redis/connect.ts'
import type { PrivateStores } from '../../support/stores.ts'
import { Load } from '../load/load.ts'
import { roomsOf, seat, type Seating } from './people.ts'
import { compiled, cpuMs, memoryMb, Program } from './program.ts'
import { benchStores } from './stores.ts'

/**
 * `2 workers`: Brook, in two processes behind one port. `lazy fsync`: Brook with a Redis that syncs its file once a second,
 * which is not safe and shows the cost of the promise. `plain words`: Brook, where nobody is named.
 */
export type Contender = 'Brook' | '2 workers' | 'lazy fsync' | 'plain words' | 'Socket.IO' | 'Bun' | 'naive'

export interface SceneOptions {
  contender: Contender
  sockets: number
  seating: Seating
  threads: number
  messages: number
  /** Each message names somebody in the room. */
  isNaming?: boolean
}

const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  archiver: new URL('../programs/archiver.ts', import.meta.url),
  naive: new URL('../programs/naive.ts', import.meta.url),
  Bun: new URL('../programs/bun.ts', import.meta.url),
  'Socket.IO': new URL('../programs/socket-io.ts', import.meta.url),
  worker: new URL('../load/worker.ts', import.meta.url),
}

/** What the server program reports; the first process is the one that was started. */
export interface Served {
  port: number
  pids: number[]
}

const sumOf = <One>(all: readonly One[], of: (one: One) => number): number =>
  all.reduce((sum, one) => sum + of(one), 0)

interface Parts {
  load: Load
  server: Program
  /** The processes that are measured: a peer's may be a child of the program, and Brook may have several. */
  pids: number[]
  stores?: PrivateStores
  archiver?: Program
}

export class Scene {
  readonly load: Load
  readonly server: Program
  readonly #parts: Parts

  private constructor(parts: Parts) {
    this.load = parts.load
    this.server = parts.server
    this.#parts = parts
  }

  static async open(options: SceneOptions): Promise<Scene> {
    const { contender, sockets, seating, threads, messages, isNaming = false } = options
    const rooms = roomsOf(seating, sockets)
    const together = seating === 'many' ? sockets / rooms : sockets
    const crowd = (port: number, cookies: string[]): Promise<Load> => {
      const dialect = contender === 'Socket.IO' ? 'socket.io' : 'bare'
      const shared = { port, cookies, together, threads, messages }
      const naming = isNaming && contender !== 'plain words' ? sockets : 0
      return Load.connect(compiled(programs.worker), { ...shared, dialect, naming })
    }
    if (contender === 'naive' || contender === 'Bun') return Scene.#peer(contender, { rooms }, sockets, crowd)
    const stores = await benchStores()
    if (contender === 'Socket.IO')
      return Scene.#peer(contender, { rooms, redis: stores.redis }, sockets, crowd, stores)
    const cookies = await seat(stores.mysql, sockets, seating)
    const { redis, mysql } = stores
    const workers = contender === '2 workers' ? 2 : 1
    const { program: server, told } = await Program.start<Served>(programs.server, { redis, mysql, workers })
    if (contender === 'lazy fsync') await syncLazily(redis)
    const { program: archiver } = await Program.start(programs.archiver, { redis, mysql, once: false })
    const load = await crowd(told.port, cookies)
    return new Scene({ load, server, pids: told.pids, stores, archiver })
  }

  static async #peer(
    name: 'naive' | 'Bun' | 'Socket.IO',
    given: unknown,
    sockets: number,
    crowd: (port: number, cookies: string[]) => Promise<Load>,
    stores?: PrivateStores,
  ): Promise<Scene> {
    const { program, told } = await Program.start<{ port: number; pid?: number }>(programs[name], given)
    const load = await crowd(told.port, Array<string>(sockets).fill(''))
    const pids = [told.pid ?? program.pid]
    return new Scene({ load, server: program, pids, ...(stores === undefined ? {} : { stores }) })
  }

  /** Runs `work` and returns how many of the machine's cores each process kept busy. */
  async watched(work: () => Promise<void>): Promise<Record<string, number>> {
    const { pids: own, archiver, stores } = this.#parts
    const pids = new Map([
      ['server', own],
      ['client', [process.pid]],
    ])
    if (archiver !== undefined) pids.set('sync', [archiver.pid])
    if (stores !== undefined) {
      pids.set('redis', [stores.redisProcess.pid])
      pids.set('mariadb', [stores.mariadbProcess.pid])
    }
    const measure = (): number[] => [...pids.values()].map((all) => sumOf(all, cpuMs))
    const [began, before] = [performance.now(), measure()]
    await work()
    const [ms, after] = [performance.now() - began, measure()]
    return Object.fromEntries(
      [...pids.keys()].map((name, i) => [name, ((after[i] ?? 0) - (before[i] ?? 0)) / ms]),
    )
  }

  /** Undefined: of a peer that has none. */
  get stores(): PrivateStores | undefined {
    return this.#parts.stores
  }

  get memory(): { rss: number; peak: number } {
    const all = this.#parts.pids.map(memoryMb)
    return { rss: sumOf(all, ({ rss }) => rss), peak: sumOf(all, ({ peak }) => peak) }
  }

  /** Waits until sync has caught up. Returns the differences between MySQL and the log; none if there is no log. */
  async compareWithMysql(): Promise<{ rows: number; wrong: string[] } | undefined> {
    const { stores, archiver } = this.#parts
    if (stores === undefined || archiver === undefined) return undefined
    const redis = connectRedis(stores.redis, writerOptions(5_000))
    const db = new Db(stores.mysql, 1)
    try {
      await whenReady(redis, 10_000)
      return await compare(redis, db)
    } finally {
      redis.disconnect()
      await db.close()
    }
  }

  async close(): Promise<void> {
    await this.load.close()
    await this.#parts.archiver?.stop()
    await this.server.stop()
    await this.#parts.stores?.stop()
  }
}

type Redis = ReturnType<typeof connectRedis>

/** After the server has checked the settings it relies on. */
async function syncLazily(address: PrivateStores['redis']): Promise<void> {
  const redis = connectRedis(address, writerOptions(5_000))
  await whenReady(redis, 10_000)
  await redis.config('SET', 'appendfsync', 'everysec')
  redis.disconnect()
}

/** Entries still in the log must be there verbatim; of trimmed ones, the numbers. */
async function compare(redis: Redis, db: Db): Promise<{ rows: number; wrong: string[] }> {
  const keys = keysOf(0)
  const numbers = Object.entries(await redis.hgetall(keys.numbers))
  const told = numbers.reduce((sum, [, head]) => sum + Number(head), 0)
  const count = async (): Promise<number> =>
    Number((await db.rows<{ count: number }>('SELECT COUNT(*) AS count FROM messages'))[0]?.count)
  let rows = await count()
  for (let left = 600; rows < told && left > 0; left -= 1) {
    await pause(100)
    rows = await count()
  }
  const wrong = rows === told ? [] : [`MySQL has ${rows} rows, the log ${told} entries`]
  let differing = 0
  for await (const entries of readThrough(redis, keys, { ms: 0, n: 0 })) {
    const kept = await db.rows<{ room: number; seq: number; cid: string; text: string | null }>(
      'SELECT room_id AS room, seq, LOWER(HEX(cid)) AS cid, text FROM messages WHERE (room_id, seq) IN (?)',
      [entries.map(({ room, seq }) => [room, seq])],
    )
    const known = new Map(kept.map(({ room, seq, cid, text }) => [`${room} ${seq}`, `${cid} ${text ?? ''}`]))
    for (const { room, seq, cid, event } of entries) {
      const said = `${cid.replaceAll('-', '')} ${event.type === 'message' ? event.text : ''}`
      if (known.get(`${room} ${seq}`) !== said) differing += 1
    }
  }
  if (differing > 0) wrong.push(`${differing} entries are not in MySQL as they are in the log`)
  return { rows, wrong }
}
