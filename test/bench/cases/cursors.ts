// Resuming with a cursor for each of a hundred rooms, each of which got some messages meanwhile: its queries to Redis and
// MySQL beyond those of a connection without cursors, and the time until everything missed has arrived.
import { Db } from '../../../server/db.ts'
import { whenReady } from '../../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../../server/redis/connect.ts'
import type { ServerEvent } from '../../../server/protocol/events.ts'
import { WebSocket } from 'ws'
import type { PrivateStores } from '../../support/stores.ts'
import type { Writing } from '../programs/writer.ts'
import type { Case } from './case.ts'
import { firstRoom, roomsOf, seat } from './people.ts'
import { Program } from './program.ts'
import type { Served } from './scene.ts'
import { benchStores } from './stores.ts'

const people = 10
const returns = 20
const perRoom = 20
/** Messages that each room got while its people were away. */
const missed = 3
const rooms = roomsOf('hundred', people)
const programs = {
  server: new URL('../programs/server.ts', import.meta.url),
  archiver: new URL('../programs/archiver.ts', import.meta.url),
  writer: new URL('../programs/writer.ts', import.meta.url),
}

export const cursors: Case<'Brook'> = {
  name: 'cursors',
  aim: 6,
  about: () => `${people * returns} returns with ${rooms} cursors, ${missed} messages missed in each room`,
  contenders: ['Brook'],
  shown: [
    { figure: 'asked of MySQL for the cursors', unit: '', digits: 2, better: 'less', target: 0.1 },
    { figure: 'asked of Redis for the cursors', unit: '', digits: 2, better: 'less', target: 1 },
    { figure: 'asked of MySQL for a connection', unit: '', digits: 1, better: 'none' },
    { figure: 'asked of Redis for a connection', unit: '', digits: 1, better: 'none' },
    { figure: 'caught up p50', unit: 'ms', digits: 1, better: 'less' },
    { figure: 'caught up p99', unit: 'ms', digits: 1, better: 'less' },
  ],
  round: async () => {
    const stores = await benchStores()
    try {
      const cookies = await seat(stores.mysql, people, 'hundred')
      const given = { redis: stores.redis, mysql: stores.mysql }
      const { program: writer } = await Program.start(programs.writer, given)
      const where = { first: firstRoom, count: rooms }
      await writer.run({
        how: 'append',
        entries: rooms * perRoom,
        underWay: 64,
        rooms: where,
      } satisfies Writing)
      await writer.stop()
      const { program: archiver } = await Program.start(programs.archiver, { ...given, once: true })
      await archiver.run()
      await archiver.stop()
      const { program: server, told } = await Program.start<Served>(programs.server, given)
      const asked = await Asked.begin(stores)
      const all = async (cursor: number): Promise<Return[]> => {
        const done: Return[] = []
        for (let i = 0; i < people * returns; i += 1)
          done.push(await comeBack(told.port, cookies[i % people] ?? '', cursor))
        return done
      }
      // Once each, to fill the caches of a person.
      await all(perRoom)
      const idle = await asked.during(() => new Promise((resolve) => setTimeout(resolve, 3_000)))
      const without = await asked.during(() => all(perRoom), idle)
      const backs: Return[] = []
      const back = await asked.during(async () => void backs.push(...(await all(perRoom - missed))), idle)
      await asked.end()
      await server.stop()
      const times = backs.map(({ ms }) => ms).sort((a, b) => a - b)
      const each = (count: number): number => Math.max(0, count) / (people * returns)
      return {
        figures: {
          'asked of MySQL for the cursors': each(back.mysql - without.mysql),
          'asked of Redis for the cursors': each(back.redis - without.redis),
          'asked of MySQL for a connection': each(without.mysql),
          'asked of Redis for a connection': each(without.redis),
          'caught up p50': times[times.length >> 1] ?? NaN,
          'caught up p99': times[Math.floor(times.length * 0.99)] ?? NaN,
        },
        wrong: [...new Set(backs.flatMap(({ wrong }) => wrong))],
      }
    } finally {
      await stores.stop()
    }
  },
}

interface Return {
  /** From the resume to the last missed entry. */
  ms: number
  wrong: string[]
}

/** One connection with this cursor for every room: ends when it has received everything above it. */
function comeBack(port: number, cookie: string, cursor: number): Promise<Return> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/api/ws`, {
    headers: { cookie, origin: `http://127.0.0.1:${port}` },
  })
  const next = new Map<string, number>()
  const wrong: string[] = []
  let [began, left] = [0, rooms * (perRoom - cursor)]
  return new Promise((resolve, reject) => {
    const end = (): void => {
      socket.close()
      socket.once('close', () => resolve({ ms: performance.now() - began, wrong }))
    }
    const hear = (event: ServerEvent): void => {
      if (event.type === 'welcome') {
        for (const { id } of event.rooms) next.set(id, cursor + 1)
        if (next.size !== rooms) wrong.push(`${next.size} rooms of ${rooms}`)
        began = performance.now()
        socket.send(
          JSON.stringify({
            type: 'resume',
            rooms: Object.fromEntries([...next.keys()].map((id) => [id, cursor])),
          }),
        )
        if (left === 0) end()
      } else if (event.type === 'message') {
        if (event.seq !== next.get(event.room)) wrong.push('out of order')
        next.set(event.room, event.seq + 1)
        left -= 1
        if (left === 0) end()
      } else if (event.type === 'gap' || event.type === 'error') wrong.push(event.type)
    }
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n')) hear(JSON.parse(line) as ServerEvent)
    })
    socket.once('error', reject)
  })
}

interface Count {
  redis: number
  mysql: number
  ms: number
}

/** Numbers of queries, from the stores' own counters. */
class Asked {
  readonly #db: Db
  readonly #redis: ReturnType<typeof connectRedis>

  private constructor(db: Db, redis: ReturnType<typeof connectRedis>) {
    this.#db = db
    this.#redis = redis
  }

  static async begin({ admin, redis: address }: PrivateStores): Promise<Asked> {
    const redis = connectRedis(address, writerOptions(5_000))
    await whenReady(redis, 10_000)
    return new Asked(new Db(admin, 1), redis)
  }

  /** Without the background queries, as measured by `idle`. */
  async during(work: () => Promise<unknown>, idle?: Count): Promise<Count> {
    const [began, before] = [performance.now(), await this.#counts()]
    await work()
    const [ms, after] = [performance.now() - began, await this.#counts()]
    const share = idle === undefined ? 0 : ms / idle.ms
    return {
      redis: after.redis - before.redis - share * (idle?.redis ?? 0),
      mysql: after.mysql - before.mysql - share * (idle?.mysql ?? 0),
      ms,
    }
  }

  async #counts(): Promise<{ redis: number; mysql: number }> {
    const stats = await this.#redis.info('stats')
    const [row] = await this.#db.rows<{ Value: string }>(`SHOW GLOBAL STATUS LIKE 'Questions'`)
    return {
      redis: Number(/total_commands_processed:(\d+)/.exec(stats)?.[1]),
      mysql: Number(row?.Value),
    }
  }

  async end(): Promise<void> {
    this.#redis.disconnect()
    await this.#db.close()
  }
}
