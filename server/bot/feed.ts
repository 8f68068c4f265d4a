// What a bot is told after its cursor, over all its rooms. Recent entries come from the tail's memory as they were told
// live. Below that MySQL knows each message's last state and not each change to it, so there the bot is told:
//   message, notice  at its own number, with the text it has today; none is left out and none comes twice
//   changed          a message that was told before, as it stands today, at the number of its last change
// Invariant: a place that has begun to read MySQL reads it to the end before it goes over to memory. A change that was
// overwritten by a later one is told with the later one, and memory alone would not have the earlier.
import { isConnectionLost, type Db } from '../db.ts'
import { messagesAndChanges } from '../history/sql/messages.ts'
import type { Entry } from '../log/entry.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { EntryEvent } from '../protocol/events.ts'
import type { Message } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { Cursor, Place } from './cursor.ts'
import { Rewind } from './rewind.ts'

/** A message that was told before, as it stands after what happened to it. `seq` is the number of the last change. */
export interface ChangedEntry {
  type: 'changed'
  room: string
  seq: number
  at: number
  message: Message
}

export type BotEntry = EntryEvent | ChangedEntry

export interface Page {
  entries: BotEntry[]
  cursor: Cursor
  /** There is more already: ask again without waiting. */
  more: boolean
}

/** A room that a bot is in, and the number at which it came. */
export interface Seat {
  id: string
  joinedSeq: number
}

export interface FeedParts {
  db: Db
  tail: (room: string) => Tail | undefined
  epoch: () => string
  now?: () => number
}

/** One place in a room's order; what is told of it, which is nothing for an entry of a kind we do not know. */
interface Step {
  seq: number
  at: number
  entries: BotEntry[]
}

/** What one room has to tell after a place. `end`: where the bot is once all of it is told. */
interface Run {
  room: string
  steps: Step[]
  end: Place
  /** Whether these steps are what MySQL keeps. */
  isBehind: boolean
  /** There is more behind these steps. */
  more: boolean
}

export class Feed {
  readonly #parts: FeedParts
  readonly #now: () => number
  readonly #rewind: Rewind

  constructor(parts: FeedParts) {
    this.#parts = parts
    this.#now = parts.now ?? Date.now
    this.#rewind = new Rewind(parts)
  }

  /** At most `limit` places of the rooms' orders, each room in its own order, all of them about by time. */
  async page(from: Cursor, seats: readonly Seat[], limit: number): Promise<Page | Refusal> {
    const epoch = this.#parts.epoch()
    const at = this.#now()
    const places = await this.places(from, seats)
    if (places === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    const { runs, waiting, isAway } = await this.#runs(places, limit)
    const told = merge(runs, limit)
    if (isAway && told.entries.length === 0) return { code: 'history_unavailable', retryAfterMs: 3_000 }
    for (const { room, place } of told.places) places.set(room, place)
    // A bot that hears nothing for days keeps its cursor as it is, which is still true.
    const isSame = told.places.length === 0 && from.epoch === epoch
    const cursor = { epoch, at: isSame ? from.at : at, places }
    return { entries: told.entries, cursor, more: told.more || waiting }
  }

  /**
   * Where the bot stands in each of its rooms; undefined while the log opens for the first time. Whoever leaves and
   * comes again begins where they came again.
   */
  async places(from: Cursor, seats: readonly Seat[]): Promise<Map<string, Place> | undefined> {
    const places = new Map<string, Place>()
    for (const { id, joinedSeq } of seats) {
      const known = from.places.get(id)
      const isKnown = known !== undefined && known.seq >= joinedSeq
      places.set(id, isKnown ? known : { seq: joinedSeq, isBehind: false })
      if (this.#parts.tail(id) === undefined) return undefined
    }
    const isOther = from.epoch !== '' && from.epoch !== this.#parts.epoch()
    return isOther ? this.#rewind.places(places, from.at) : places
  }

  async #runs(
    places: ReadonlyMap<string, Place>,
    limit: number,
  ): Promise<{ runs: Run[]; waiting: boolean; isAway: boolean }> {
    const runs: Run[] = []
    let [behind, isAway, waiting] = [0, false, false]
    for (const [room, place] of places) {
      const tail = this.#parts.tail(room)
      if (tail === undefined || (!place.isBehind && place.seq >= tail.head(room))) continue
      const missed = place.isBehind ? undefined : tail.since(room, place.seq)
      if (missed !== undefined) {
        runs.push(runOfMemory(room, missed, limit))
      } else if (behind < limits.bots.roomsBehind) {
        behind += 1
        const run = await this.#runOfMysql(room, place, tail, limit)
        if (run === undefined) isAway = true
        else runs.push(run)
      } else waiting = true
    }
    return { runs, waiting, isAway }
  }

  /** Undefined while MySQL is away. */
  async #runOfMysql(room: string, place: Place, tail: Tail, limit: number): Promise<Run | undefined> {
    // Before MySQL is asked: it has everything below this number, whatever is archived and let go meanwhile.
    const first = tail.first(room)
    const kept = await messagesAndChanges(this.#parts.db, room, place.seq, limit + 1).catch(
      (error: unknown) => {
        if (isConnectionLost(error)) return undefined
        throw error
      },
    )
    if (kept === undefined) return undefined
    const steps = [...kept.made.map((one) => stepOfMade(room, one)), ...kept.changed.map(stepOfChanged(room))]
      .sort((a, b) => a.seq - b.seq)
      .slice(0, limit)
    const last = steps.at(-1)?.seq ?? place.seq
    const more = kept.made.length + kept.changed.length > steps.length
    const end = more
      ? { seq: last, isBehind: true }
      : { seq: Math.max(last, first - 1, place.seq), isBehind: false }
    return { room, steps, end, isBehind: true, more: more || end.seq < tail.head(room) }
  }
}

function runOfMemory(room: string, missed: readonly Entry[], limit: number): Run {
  const some = missed.slice(0, limit)
  const steps = some.map(({ seq, event }) => ({
    seq,
    at: event.at,
    entries: event.type === 'unknown' ? [] : [event],
  }))
  const seq = some.at(-1)?.seq ?? 0
  return {
    ...{ room, steps, end: { seq, isBehind: false }, isBehind: false },
    more: missed.length > some.length,
  }
}

/** A message at its own number. One that was changed since comes with its state, and a deleted one as its state alone. */
function stepOfMade(room: string, message: Message): Step {
  const { seq, at, user } = message
  const entries: BotEntry[] = []
  if (message.kind === 'notice') entries.push({ type: 'notice', room, seq, user, at, notice: message.notice })
  else if (message.deletedAt === null) entries.push(eventOf(room, message))
  if (message.updatedSeq !== seq) entries.push(changedEntry(room, message))
  return { seq, at, entries }
}

const stepOfChanged =
  (room: string) =>
  (message: Message): Step => ({
    seq: message.updatedSeq,
    at: message.at,
    entries: [changedEntry(room, message)],
  })

const changedEntry = (room: string, message: Message): ChangedEntry => ({
  ...{ type: 'changed', room, seq: message.updatedSeq, at: message.at, message },
})

function eventOf(room: string, message: Message & { kind: 'message' }): EntryEvent {
  const { seq, cid, user, text, at, replyTo, editedAt, thread, alsoInRoom } = message
  return {
    ...{ type: 'message', room, seq, cid, user, text, at },
    ...(replyTo === null ? {} : { replyTo }),
    ...(editedAt === null ? {} : { editedAt }),
    ...(thread === undefined ? {} : { thread }),
    ...(alsoInRoom === undefined ? {} : { alsoInRoom }),
  }
}

/** The oldest first, each room in its own order, until `limit` places are told. */
function merge(
  runs: readonly Run[],
  limit: number,
): { entries: BotEntry[]; places: { room: string; place: Place }[]; more: boolean } {
  const entries: BotEntry[] = []
  const taken = runs.map(() => 0)
  const next = (index: number): Step | undefined => runs[index]?.steps[taken[index] ?? 0]
  for (let told = 0; told < limit; told += 1) {
    let oldest = -1
    for (const index of runs.keys()) {
      const step = next(index)
      if (step !== undefined && step.at < (next(oldest)?.at ?? Infinity)) oldest = index
    }
    const step = next(oldest)
    if (step === undefined) break
    entries.push(...step.entries)
    taken[oldest] = (taken[oldest] ?? 0) + 1
  }
  const isDone = runs.map(({ steps }, index) => taken[index] === steps.length)
  const places = runs.flatMap(({ room, steps, end, isBehind }, index) => {
    if (isDone[index] === true) return { room, place: end }
    const last = steps[(taken[index] ?? 0) - 1]
    return last === undefined ? [] : { room, place: { seq: last.seq, isBehind } }
  })
  return { entries, places, more: runs.some((run, index) => isDone[index] !== true || run.more) }
}
