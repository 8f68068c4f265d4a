// What a bot receives after its cursor, over all its rooms: the log, entry by entry, as it was sent live. Recent entries come
// from the tail's memory, older ones from MySQL. Of a room that the bot was taken out of, what came up to that, and `gone`.
import { isMysqlAway, type Db } from '../db.ts'
import { archivedLog } from '../history/sql/archived-log.ts'
import type { Log } from '../log/log.ts'
import type { Tail } from '../log/tail.ts'
import { unlessErased } from '../log/as-it-stands.ts'
import { blanked, isChange } from '../protocol/entries/index.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { EntryEvent, GoneEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { Cursor } from './cursor.ts'
import { Rewind } from './rewind.ts'

export type BotEntry = EntryEvent | GoneEvent

export interface Page {
  entries: BotEntry[]
  cursor: Cursor
  /** There is more already: ask again without waiting. */
  more: boolean
}

/** A room that a bot is in, or was. */
export interface BotRoom {
  id: string
  /** The room's head when the bot joined. */
  joinedSeq: number
  /** The number of the notice that it left, or was removed: nothing after it is sent. */
  leftSeq?: number
  /** It is in the room again: what came after that follows. */
  isBack?: boolean
}

export interface FeedDeps {
  db: Db
  log: Pick<Log, 'tail' | 'epoch'>
  now?: () => number
}

/** An entry and, where a bot was taken out of the room by it, the word that this is the end. */
interface Step {
  seq: number
  at: number
  entries: BotEntry[]
}

/** What one room has to send after a position. `end`: the bot's position once all of it was sent. */
interface Run {
  room: string
  steps: Step[]
  end: number
  /** There is more after these steps. */
  more: boolean
}

export class Feed {
  readonly #deps: FeedDeps
  readonly #now: () => number
  readonly #rewind: Rewind

  constructor(deps: FeedDeps) {
    this.#deps = deps
    this.#now = deps.now ?? Date.now
    this.#rewind = new Rewind(deps)
  }

  /** At most `limit` positions: each room in its own order, all of them roughly by time. */
  async page(from: Cursor, rooms: readonly BotRoom[], limit: number): Promise<Page | Refusal> {
    const epoch = this.#deps.log.epoch
    const at = this.#now()
    const places = await this.places(from, rooms)
    if (places === undefined) return { code: 'not_ready', retryAfterMs: 1_000 }
    const { runs, waiting, isAway } = await this.#runs(rooms, places, limit)
    const told = merge(runs, limit)
    if (isAway && told.entries.length === 0) return { code: 'history_unavailable', retryAfterMs: 3_000 }
    for (const { room, place } of told.places) places.set(room, place)
    // The cursor of a bot that receives nothing for days stays as it is, and is still valid.
    const isSame = told.places.length === 0 && from.epoch === epoch
    const cursor = { epoch, at: isSame ? from.at : at, places }
    return { entries: told.entries, cursor, more: told.more || waiting }
  }

  /**
   * The bot's position in each of its rooms; undefined until the log has opened for the first time. A bot that leaves
   * a room and joins again starts where it joined again.
   */
  async places(from: Cursor, rooms: readonly BotRoom[]): Promise<Map<string, number> | undefined> {
    const places = new Map<string, number>()
    for (const { id, joinedSeq } of rooms) {
      places.set(id, Math.max(from.places.get(id) ?? 0, joinedSeq))
      if (this.#deps.log.tail(id) === undefined) return undefined
    }
    const isOther = from.epoch !== '' && from.epoch !== this.#deps.log.epoch
    return isOther ? this.#rewind.places(places, from.at) : places
  }

  async #runs(
    rooms: readonly BotRoom[],
    places: ReadonlyMap<string, number>,
    limit: number,
  ): Promise<{ runs: Run[]; waiting: boolean; isAway: boolean }> {
    const runs: Run[] = []
    let [behind, isAway, waiting] = [0, false, false]
    for (const { id: room, leftSeq, isBack = false } of rooms) {
      const tail = this.#deps.log.tail(room)
      const after = places.get(room) ?? 0
      if (tail === undefined || after >= Math.min(leftSeq ?? Infinity, tail.head(room))) continue
      const read = { tail, after, limit }
      let run = runOfMemory(room, read)
      if (run === undefined && behind < limits.bots.roomsBehind) {
        behind += 1
        run = await this.#runOfMysql(room, read)
        isAway ||= run === undefined
      } else waiting ||= run === undefined
      if (run !== undefined) runs.push(leftSeq === undefined ? run : endingAt(run, leftSeq, isBack))
    }
    return { runs, waiting, isAway }
  }

  /** Undefined while MySQL is down. */
  async #runOfMysql(room: string, { tail, after, limit }: Read): Promise<Run | undefined> {
    // Read before MySQL is queried: MySQL has everything below this number, whatever is archived and dropped
    // meanwhile.
    const first = tail.first(room)
    const kept = await archivedLog(this.#deps.db, room, { after, before: first, limit }).catch(
      (error: unknown) => {
        if (isMysqlAway(error)) return undefined
        throw error
      },
    )
    if (kept === undefined) return undefined
    // What was deleted since, and is not in MySQL yet.
    const steps = kept.events.map((event) =>
      stepOf(
        tail.isDeleted(room, isChange(event) ? event.target : event.seq)
          ? blanked(event)
          : unlessErased(tail, room, event),
      ),
    )
    return { room, steps, end: kept.upTo, more: kept.more || kept.upTo < tail.head(room) }
  }
}

/** What is read of a room: at most `limit` entries after a number. */
interface Read {
  tail: Tail
  after: number
  limit: number
}

/** Undefined if memory does not reach back that far. Entries of kinds that this version does not know are not sent. */
function runOfMemory(room: string, { tail, after, limit }: Read): Run | undefined {
  const missed = tail.since(room, after)
  if (missed === undefined) return undefined
  const some = missed.slice(0, limit)
  const steps = some.flatMap(({ event }) =>
    event.type === 'unknown' ? [] : stepOf(unlessErased(tail, room, event)),
  )
  return { room, steps, end: some.at(-1)?.seq ?? after, more: missed.length > some.length }
}

/** A run of a room that the bot was taken out of by entry `leftSeq`. */
function endingAt(run: Run, leftSeq: number, isBack: boolean): Run {
  if (run.end < leftSeq) return run
  const { room } = run
  const steps = run.steps.filter(({ seq }) => seq < leftSeq)
  const last = run.steps.find(({ seq }) => seq === leftSeq)
  const gone: BotEntry = { type: 'gone', room }
  steps.push({
    seq: leftSeq,
    at: (last ?? steps.at(-1))?.at ?? 0,
    entries: [...(last?.entries ?? []), gone],
  })
  return { room, steps, end: leftSeq, more: isBack }
}

const stepOf = (event: EntryEvent): Step => ({ seq: event.seq, at: event.at, entries: [event] })

/** Oldest first, each room in its own order, until `limit` positions are included. */
function merge(
  runs: readonly Run[],
  limit: number,
): { entries: BotEntry[]; places: { room: string; place: number }[]; more: boolean } {
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
  const places = runs.flatMap(({ room, steps, end }, index) => {
    if (isDone[index] === true) return { room, place: end }
    const last = steps[(taken[index] ?? 0) - 1]
    return last === undefined ? [] : { room, place: last.seq }
  })
  return { entries, places, more: runs.some((run, index) => isDone[index] !== true || run.more) }
}
