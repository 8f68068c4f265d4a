// The rooms that a bot left or was removed from, until it has acknowledged that: it is still sent what came before. Written
// with the end of the membership (membership/standing.ts).
import { isConnectionLost, type Db } from '../db.ts'
import { cidText } from '../history/sql/insert.ts'
import type { Log } from '../log/log.ts'
import type { Cursor } from './cursor.ts'
import type { BotRoom } from './feed.ts'

export interface DeparturesDeps {
  db: Db
  log: Pick<Log, 'tail'>
}

interface DepartureRow {
  id: number
  room_id: number
  joined_seq: number
  cid: Buffer
  /** Null until the notice is archived. */
  seq: number | null
}

/** A room whose bounds are not known for now: it is not read, and its place in the cursor stays. */
const notNow = { joinedSeq: 0, leftSeq: 0 }

export class Departures {
  readonly #deps: DeparturesDeps

  constructor(deps: DeparturesDeps) {
    this.#deps = deps
  }

  /**
   * What a bot that is in the rooms `joined` has to read after this cursor: of a room that it was taken out of, and is
   * perhaps in again, first what came up to that. Forgets what the cursor acknowledges.
   */
  async toRead(botId: string, from: Cursor, joined: readonly BotRoom[]): Promise<BotRoom[]> {
    const rooms = new Map(joined.map((room) => [room.id, room]))
    const left = await this.#of(botId)
    if (left === undefined) {
      for (const id of from.places.keys()) if (!rooms.has(id)) rooms.set(id, { id, ...notNow })
      return [...rooms.values()]
    }
    const done: number[] = []
    for (const { row, room } of left.reverse()) {
      const place = from.places.get(room.id) ?? -1
      if (room.leftSeq !== undefined && place >= room.leftSeq) done.push(row)
      else if (room.leftSeq === undefined) rooms.set(room.id, { id: room.id, ...notNow })
      else rooms.set(room.id, { ...room, isBack: rooms.has(room.id) })
    }
    if (done.length > 0) await this.#deps.db.run('DELETE FROM bot_departures WHERE id IN (?)', [done])
    return [...rooms.values()]
  }

  /** Oldest first; undefined while MySQL is down. */
  async #of(botId: string): Promise<{ row: number; room: BotRoom }[] | undefined> {
    const rows = await this.#deps.db
      .rows<DepartureRow>(
        `SELECT d.id, d.room_id, d.joined_seq, d.cid, m.seq FROM bot_departures d
         LEFT JOIN messages m ON m.user_id = d.by_id AND m.cid = d.cid WHERE d.user_id = ? ORDER BY d.id`,
        [BigInt(botId)],
      )
      .catch((error: unknown) => {
        if (isConnectionLost(error)) return undefined
        throw error
      })
    return rows?.map(({ id: row, room_id, joined_seq: joinedSeq, cid, seq }) => {
      const id = String(room_id)
      const leftSeq = seq ?? this.#inMemory(id, cidText(cid))
      return { row, room: leftSeq === undefined ? { id, joinedSeq } : { id, joinedSeq, leftSeq } }
    })
  }

  /** The number under which memory has this cid. */
  #inMemory(room: string, cid: string): number | undefined {
    const tail = this.#deps.log.tail(room)
    for (const { seq, cid: one } of tail?.backwards(room, Infinity) ?? []) if (one === cid) return seq
    return undefined
  }
}
