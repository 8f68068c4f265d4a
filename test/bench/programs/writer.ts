// Appends to the log like a server, as fast as it is acknowledged; or, as the peer, with bare XADDs of the same fields.
import { setTimeout as pause } from 'node:timers/promises'
import type { MysqlAddress, RedisAddress } from '../../../server/config.ts'
import { Db } from '../../../server/db.ts'
import { archiveOf } from '../../../server/history/sync/checkpoint.ts'
import { Appender } from '../../../server/log/append.ts'
import type { Draft } from '../../../server/log/entry.ts'
import { openEpoch } from '../../../server/log/epoch.ts'
import { packDraft } from '../../../server/log/packed.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import { whenReady } from '../../../server/redis/client.ts'
import { connectRedis, writerOptions } from '../../../server/redis/connect.ts'
import { obey } from './obey.ts'

export interface Writing {
  how: 'append' | 'xadd'
  entries: number
  underWay: number
  /** This many, at a steady rate, instead of as fast as they are acknowledged. */
  perSecond?: number
  /** The rooms to append to, one after the other. */
  rooms?: { first: number; count: number }
}

const people = 100
const someRooms = { first: 1, count: 50 }

const draft = (i: number, { first, count } = someRooms): Draft => ({
  room: String(first + (i % count)),
  user: { id: String(1 + (i % people)), name: `guest ${1 + (i % people)}` },
  cid: newCid(),
  body: {
    type: 'message',
    text: `${i} the room is a log, every entry has its number, and nobody waits: 你好 👋`,
  },
})

obey(async ({ redis: address, mysql }: { redis: RedisAddress; mysql: MysqlAddress }) => {
  const redis = connectRedis(address, writerOptions(5_000))
  await whenReady(redis, 10_000)
  const db = new Db(mysql, 2)
  const epoch = await openEpoch(redis, 0, archiveOf(db, 1))
  const appender = new Appender({
    redis,
    shard: 0,
    known: { epoch, isFull: false, head: () => 0, contradict: () => undefined },
    archive: { findCid: () => Promise.resolve(undefined) },
  })
  const write = {
    append: async (one: Draft) => {
      const answer = await appender.append(one)
      if ('code' in answer) throw new Error(`append refused: ${answer.code}`)
    },
    xadd: async (one: Draft) => {
      await redis.xadd('bench:peer', '*', 'seq', '1', 'e', packDraft(one))
    },
  }
  const run = async ({ how, entries, underWay, perSecond, rooms }: Writing): Promise<{ ms: number }> => {
    let next = 0
    const began = performance.now()
    const writer = async (): Promise<void> => {
      while (next < entries) {
        const one = draft(next, rooms)
        next += 1
        const dueIn = perSecond === undefined ? 0 : began + (next * 1_000) / perSecond - performance.now()
        if (dueIn > 0) await pause(dueIn)
        await write[how](one)
      }
    }
    await Promise.all(Array.from({ length: underWay }, writer))
    return { ms: performance.now() - began }
  }
  return {
    run,
    close: async () => {
      redis.disconnect()
      await db.close()
    },
  }
})
