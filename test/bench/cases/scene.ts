// What a round of talking needs: stores, a server, sync, and a crowd of signed-in guests in one room; or the peer and a
// crowd without any of that.
import http from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { Db } from '../../../server/db.ts'
import { readThrough } from '../../../server/log/follow.ts'
import { keysOf } from '../../../server/log/keys.ts'
import { connectRedis, whenReady, writerOptions } from '../../../server/redis.ts'
import type { PrivateStores } from '../../support/stores.ts'
import { Load } from '../load/load.ts'
import { compiled, cpuMs, memoryMb, Program } from './program.ts'
import { benchStores } from './stores.ts'

export type Contender = 'Brook' | 'naive'

export interface SceneOptions {
  contender: Contender
  sockets: number
  threads: number
  messages: number
}

const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  archiver: new URL('../programs/archiver.ts', import.meta.url),
  naive: new URL('../programs/naive.ts', import.meta.url),
  worker: new URL('../load/worker.ts', import.meta.url),
}

/** Sign-ups that are under way at once, each on a connection that is kept. */
const doors = 16

export class Scene {
  readonly load: Load
  readonly server: Program
  readonly #stores: PrivateStores | undefined
  readonly #archiver: Program | undefined

  private constructor(load: Load, server: Program, stores?: PrivateStores, archiver?: Program) {
    this.load = load
    this.server = server
    this.#stores = stores
    this.#archiver = archiver
  }

  static async open({ contender, sockets, threads, messages }: SceneOptions): Promise<Scene> {
    const crowd = (port: number, cookies: string[]): Promise<Load> =>
      Load.connect(compiled(programs.worker), { port, cookies, threads, messages })
    if (contender === 'naive') {
      const { program, told } = await Program.start<{ port: number }>(programs.naive, {})
      return new Scene(await crowd(told.port, Array<string>(sockets).fill('')), program)
    }
    const stores = await benchStores()
    const given = { redis: stores.redis, mysql: stores.mysql, once: false }
    const { program, told } = await Program.start<{ port: number }>(programs.server, given)
    const { program: archiver } = await Program.start(programs.archiver, given)
    return new Scene(await crowd(told.port, await signUp(told.port, sockets)), program, stores, archiver)
  }

  /** Runs `work` and says how many of the machine's cores each process kept busy meanwhile. */
  async watched(work: () => Promise<void>): Promise<Record<string, number>> {
    const pids = new Map([
      ['server', this.server.pid],
      ['client', process.pid],
    ])
    if (this.#archiver !== undefined) pids.set('sync', this.#archiver.pid)
    if (this.#stores !== undefined) {
      pids.set('redis', this.#stores.redisProcess.pid)
      pids.set('mariadb', this.#stores.mariadbProcess.pid)
    }
    const measure = (): number[] => [...pids.values()].map(cpuMs)
    const [began, before] = [performance.now(), measure()]
    await work()
    const [ms, after] = [performance.now() - began, measure()]
    return Object.fromEntries(
      [...pids.keys()].map((name, i) => [name, ((after[i] ?? 0) - (before[i] ?? 0)) / ms]),
    )
  }

  get memory(): { rss: number; peak: number } {
    return memoryMb(this.server.pid)
  }

  /** Waits until sync has caught up; what in MySQL is not as in the log, nothing when there is no log. */
  async compareWithMysql(): Promise<{ rows: number; wrong: string[] } | undefined> {
    if (this.#stores === undefined) return undefined
    const redis = connectRedis(this.#stores.redis, writerOptions(5_000))
    const db = new Db(this.#stores.mysql, 1)
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
    await this.#archiver?.stop()
    await this.server.stop()
    await this.#stores?.stop()
  }
}

/** Guests through the real door; gives their cookies. */
async function signUp(port: number, count: number): Promise<string[]> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: doors })
  const cookies: string[] = []
  let next = 0
  const door = async (): Promise<void> => {
    for (next += 1; next <= count; next += 1) cookies.push(await enter(agent, port, `guest ${next}`))
  }
  await Promise.all(Array.from({ length: doors }, door))
  agent.destroy()
  return cookies
}

function enter(agent: http.Agent, port: number, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json' }
    const request = http.request({ agent, port, method: 'POST', path: '/api/guests', headers }, (answer) => {
      answer.resume().once('end', () => {
        const [cookie = ''] = (answer.headers['set-cookie']?.[0] ?? '').split(';')
        if (answer.statusCode === 201) resolve(cookie)
        else reject(new Error(`${name} was not let in: ${answer.statusCode}`))
      })
    })
    request.once('error', reject).end(JSON.stringify({ name }))
  })
}

type Redis = ReturnType<typeof connectRedis>

/** What the log still holds must be there word for word; of what it has let go, the numbers. */
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
