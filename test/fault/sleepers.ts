// People whose browsers are closed: each message that mentions one of them is decided once, and reaches their device.
import type { Db } from '../../server/db.ts'
import { lastId } from '../../server/log/epoch.ts'
import { compareIds } from '../../server/log/entry.ts'
import { keysOf } from '../../server/log/keys.ts'
import { tagOfRoom } from '../../server/protocol/push-payload.ts'
import type { Redis } from '../../server/redis/client.ts'
import { PushService, type PushDevice } from '../support/push-service.ts'
import { pick, type Chance } from './chance.ts'
import { arrive, Client } from './client.ts'
import { insists } from './insists.ts'
import type { Evidence } from './checker.ts'
import type { Histories, Violation } from './histories.ts'

interface Sleeper {
  id: string
  name: string
  rooms: readonly string[]
  device: PushDevice
}

export interface ToldCounts {
  told: number
  /** Messages with a name that name nobody: MySQL was away, and who is in the room was not known. */
  unnamed: number
  pushes: number
  /** The sender was killed between sending and noting it: the device knows it by its id, and shows it once. */
  pushedAgain: number
}

export class Sleepers {
  readonly #service: PushService
  readonly #all: Sleeper[] = []

  private constructor(service: PushService) {
    this.#service = service
  }

  /** `count` people in all of these rooms, each with a device. */
  static async arrive(
    count: number,
    rooms: readonly string[],
    parts: { histories: Histories; addresses: readonly string[]; random: Chance },
  ): Promise<Sleepers> {
    const sleepers = new Sleepers(await PushService.up())
    for (let i = 0; i < count; i += 1) {
      const account = await arrive(parts.addresses, `Sleeper${i}`)
      const client = new Client(`sleeper-${i}`, account, parts)
      for (const room of rooms) await client.joins(room)
      const device = sleepers.#service.makes()
      await insists(async () => {
        const { status } = await client.asks('POST', '/api/push/subscriptions', device.subscription)
        if (status !== 200) throw new Error(`not subscribed: ${status}`)
      })
      sleepers.#all.push({ id: account.user.id, name: account.user.name, rooms, device })
    }
    return sleepers
  }

  /** Whoever decides has begun: nobody is told of what was said before that. */
  async begin(db: Db): Promise<void> {
    await insists(async () => (await db.rows('SELECT shard FROM notify_cursors')).length > 0)
  }

  /** Words that mention one of them. */
  mention(chance: Chance): string {
    return `@${pick(chance, this.#all).name} are you there?`
  }

  async lacks(db: Db, redis: Redis): Promise<string[]> {
    const [last, [cursor], [queue]] = await Promise.all([
      lastId(redis, keysOf(0)),
      db.rows<{ ms: number; n: number }>(
        'SELECT log_ms AS ms, log_n AS n FROM notify_cursors WHERE shard = 0',
      ),
      db.rows<{ n: number }>('SELECT COUNT(*) AS n FROM push_queue'),
    ])
    const isDecided = last === undefined || (cursor !== undefined && compareIds(cursor, last) >= 0)
    return [
      ...(isDecided ? [] : ['who is to be told is not decided']),
      ...(Number(queue?.n) > 0 ? [`${queue?.n} push messages wait`] : []),
    ]
  }

  /**
   * Each message that names a sleeper, as it was said, has told them once, and nothing else has. `isDayKept`: no server's clock was a
   * day ahead, when what waits for a device seems a day old and is dropped; then the newest of each room was shown.
   */
  async judge(
    db: Db,
    { rows }: Evidence,
    { histories, isDayKept }: { histories: Histories; isDayKept: boolean },
  ): Promise<{ violations: Violation[]; counts: ToldCounts }> {
    const violations: Violation[] = []
    const counts: ToldCounts = { told: 0, unnamed: 0, pushes: 0, pushedAgain: 0 }
    const text = new Map(rows.map((row) => [`${row.room} ${row.seq}`, row]))
    for (const { id, name, rooms, device } of this.#all) {
      const told = await db.rows<{ id: number; room: number; seq: number }>(
        'SELECT id, room_id AS room, seq FROM notifications WHERE user_id = ? ORDER BY id',
        [BigInt(id)],
      )
      counts.told += told.length
      const ids = new Map(told.map((one) => [`${one.room} ${one.seq}`, one.id]))
      if (ids.size !== told.length) violations.push({ kind: 'doubled', words: `${name} was told twice` })
      for (const place of ids.keys()) {
        const row = text.get(place)
        const said = histories.said.get(row?.content ?? '')
        if (said === undefined || !said.text.includes(`@${name} `))
          violations.push({ kind: 'invented', words: `${name} was told of ${place}` })
      }
      for (const { room, seq, content, text: words, names } of rows) {
        const isMeant = rooms.includes(room) && words?.includes(`@${name} `) === true
        if (!isMeant || histories.said.get(content)?.text !== words || ids.has(`${room} ${seq}`)) continue
        if (names?.includes(id) !== true) counts.unnamed += 1
        else violations.push({ kind: 'lost', words: `${name} was not told`, room, seq, cid: content })
      }
      const shown = this.#shown(device, counts)
      for (const room of rooms) {
        const newest = told.findLast((one) => String(one.room) === room)
        const isStanding = text.get(`${room} ${newest?.seq}`)?.text !== null
        if (isDayKept && isStanding && newest !== undefined && (shown.get(room) ?? 0) < newest.id)
          violations.push({
            kind: 'lost',
            words: `the device of ${name} has not shown it`,
            room,
            seq: newest.seq,
          })
      }
    }
    return { violations, counts }
  }

  /** The newest that a device shows of each room, as the service worker does: what is not newer is not shown again. */
  #shown({ shown }: PushDevice, counts: ToldCounts): Map<string, number> {
    const newest = new Map<string, number>()
    for (const { tag, id, room = '' } of shown) {
      counts.pushes += 1
      if (tag !== tagOfRoom(room) || Number(id) <= (newest.get(room) ?? 0)) counts.pushedAgain += 1
      else newest.set(room, Number(id))
    }
    return newest
  }

  close(): Promise<unknown> {
    return this.#service.goesDown()
  }
}
