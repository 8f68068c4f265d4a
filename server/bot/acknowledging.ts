// Acknowledgements as programs send them: none may lie above what a room has, or the bot would be deaf until the room gets
// there. Going back is allowed where it is asked for by name.
import type { Log } from '../log/log.ts'
import type { RoomList } from '../membership/room-list.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Bots } from './bots.ts'
import { noCursor, type Cursor } from './cursor.ts'

export interface AcknowledgingDeps {
  bots: Pick<Bots, 'ack' | 'acked' | 'rewind'>
  log: Pick<Log, 'head' | 'epoch' | 'tail'>
  memberships: Pick<RoomList, 'roomsOf'>
}

export class Acknowledging {
  readonly #deps: AcknowledgingDeps

  constructor(deps: AcknowledgingDeps) {
    this.#deps = deps
  }

  /** Stores a cursor that an answer gave. */
  async ack(botId: string, cursor: Cursor): Promise<Cursor | Refusal> {
    return (await this.refuse(cursor)) ?? this.#deps.bots.ack(botId, cursor)
  }

  /** Stores numbers of some rooms that the bot is in; the others keep theirs. `isRewind`: they may be lower than before. */
  async ackRooms(
    botId: string,
    numbers: Readonly<Record<string, number>>,
    isRewind: boolean,
  ): Promise<Cursor | Refusal> {
    const { bots, log, memberships } = this.#deps
    const own = new Set((await memberships.roomsOf(botId)).map(({ id }) => id))
    const other = Object.keys(numbers).find((room) => !own.has(room))
    if (other !== undefined) return { code: 'bad_cursor', detail: `not in room ${other}` }
    const known = (await bots.acked(botId)) ?? noCursor
    const isCurrent = known.epoch === '' || known.epoch === log.epoch
    const cursor: Cursor = {
      epoch: isCurrent ? log.epoch : known.epoch,
      at: isCurrent ? Date.now() : known.at,
      places: new Map(Object.entries(numbers)),
    }
    const refusal = await this.refuse(cursor)
    if (refusal !== undefined) return refusal
    return isRewind ? bots.rewind(botId, cursor) : bots.ack(botId, cursor)
  }

  /** A cursor of another epoch is not compared: its numbers may have been assigned again since. */
  async refuse({ epoch, places }: Cursor): Promise<Refusal | undefined> {
    const { log } = this.#deps
    for (const [room, seq] of places) {
      if (epoch !== log.epoch) return undefined
      // What another server has sent may not have been read here yet.
      const refusal = await log.tail(room)?.untilRead(room, seq)
      if (refusal !== undefined) return refusal
      if (log.head(room) < seq) return { code: 'bad_cursor', detail: `room ${room} has no number ${seq} yet` }
    }
    return undefined
  }
}
