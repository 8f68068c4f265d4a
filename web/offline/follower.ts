// Keeps the cached rooms in step with the log: entries as they arrive, what was missed as exactly the missing numbers, one request a
// room at most, and, when nothing else is to do, what is not here yet. Many tabs may do it at once: each step asks the disk first.
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { ChangesAnswer, PageAnswer } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { isRefusal, mayRetry, type Refusal } from '../wire/refusal.ts'
import type { RoomCopies } from './room-copies.ts'
import type { Place } from './stretch.ts'
import { messagesOfRoom } from './stretch-writes.ts'

/** Whatever arrives within this time is one transaction. */
const flushMs = 400
/** A server sends what was missed within this time; what is missing then is asked for. */
const resumedMs = 2_500
/** More missing numbers than one answer has: the newest page says more. */
export const maxMissing = limits.page.max
/** Entries of a room that wait for those before them; more are asked for again. */
const maxPending = 2_000
export const maxRooms = 50

export interface FollowerDeps {
  copies: RoomCopies
  changes: (room: string, after: number, limit: number) => Promise<ChangesAnswer | Refusal>
  page: (room: string, place: Place) => Promise<PageAnswer | Refusal>
  /** Resolves when the page has nothing better to do, `ms` later at the earliest. */
  rest: (ms: number) => Promise<void>
  /** False: this device or another tab would rather not load ahead. */
  mayFill: () => boolean
  /** How many bytes the rooms may take together. */
  maxBytes: () => number
  /** Once the rooms that are here have what was missed. */
  caughtUp?: () => Promise<unknown>
}

export class Follower {
  readonly #deps: FollowerDeps
  readonly #pending = new Map<string, EntryEvent[]>()
  /** Rooms that are here, or on their way. */
  readonly #held = new Set<string>()
  /** Rooms that lack something. */
  readonly #mending = new Set<string>()
  #joined: readonly RoomSummary[] = []
  #writing: Promise<unknown> = Promise.resolve()
  #timer: ReturnType<typeof setTimeout> | undefined
  /** Counts the connections: what was begun for an older one ends. */
  #generation = 0
  readonly #ready: Promise<void>

  constructor(deps: FollowerDeps) {
    this.#deps = deps
    this.#ready = this.#begin()
  }

  async #begin(): Promise<void> {
    for (const { room, stretch } of await this.#deps.copies.list()) if (stretch) this.#held.add(room)
  }

  /** Resolves when everything heard before is on the disk. */
  async settled(): Promise<void> {
    await this.#ready
    this.#flush()
    await this.#writing
  }

  /** Its newest page is about to be asked for: what arrives meanwhile belongs to it. */
  expect(room: string): void {
    this.#held.add(room)
  }

  /** The server has answered with the newest page. */
  seed(room: string, page: PageAnswer, whole = false): Promise<void> {
    this.#held.add(room)
    return this.#then(() => this.#deps.copies.seed(room, page, whole))
  }

  /** Entries of a room have arrived, in any order. */
  hear(room: string, entries: readonly EntryEvent[]): void {
    const waiting = this.#pending.get(room) ?? []
    waiting.push(...entries)
    this.#pending.set(room, waiting)
    this.#timer ??= setTimeout(() => this.#flush(), flushMs)
  }

  /** What was missed in a room that is on screen has been read. */
  healed(room: string, after: number, answer: ChangesAnswer): void {
    void this.#then(() => this.#deps.copies.mend(room, after, answer))
  }

  /** The numbers of the room may mean something else: nothing that is here of it counts. */
  voided(room?: string): Promise<void> {
    if (room === undefined) this.#pending.clear()
    else this.#pending.delete(room)
    return this.#then(() => this.#deps.copies.clear(room))
  }

  gone(room: string): void {
    this.#held.delete(room)
    this.#pending.delete(room)
    this.#joined = this.#joined.filter(({ id }) => id !== room)
    void this.#then(() => this.#deps.copies.drop(room))
  }

  /** The connection is there (again), with the rooms that one is in. */
  welcomed(joined: readonly RoomSummary[]): void {
    this.#joined = joined
    const generation = (this.#generation += 1)
    void this.#catchUp(() => generation === this.#generation)
  }

  close(): void {
    this.#generation += 1
    clearTimeout(this.#timer)
    this.#pending.clear()
  }

  /** In the order of calls: each step sees what those before have written. */
  #then<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const done = this.#writing.then(act)
    this.#writing = done.catch(() => undefined)
    return done
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    for (const [room, entries] of this.#pending) {
      this.#pending.delete(room)
      void this.#then(() => this.#apply(room, entries))
    }
  }

  async #apply(room: string, entries: EntryEvent[]): Promise<void> {
    await this.#ready
    if (!this.#held.has(room)) return
    const reached = await this.#deps.copies.apply(room, entries)
    if (reached === 'void') return void this.#beginAnew(room)
    const left = reached === 'none' ? entries : entries.filter(({ seq }) => seq > reached)
    if (left.length === 0) return
    // Before what has come since.
    if (left.length < maxPending) this.#pending.set(room, [...left, ...(this.#pending.get(room) ?? [])])
    if (reached !== 'none') void this.#mendLater(room, Math.max(...left.map(({ seq }) => seq)))
  }

  /** Something before these is missing: it comes by itself, or is asked for. */
  async #mendLater(room: string, head: number): Promise<void> {
    if (this.#mending.has(room)) return
    this.#mending.add(room)
    const generation = this.#generation
    await this.#deps.rest(resumedMs)
    this.#mending.delete(room)
    if (generation === this.#generation) await this.#mend(room, head)
  }

  /** Rooms that are here get what they have missed, the newest first; then come those that are not here. */
  async #catchUp(isWanted: () => boolean): Promise<void> {
    const { copies, rest, maxBytes, mayFill, caughtUp } = this.#deps
    await this.#ready
    await this.#leaveOthers()
    // What is on screen is sent over the connection.
    await rest(resumedMs)
    const inOrder = this.#joined.toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))
    for (const { id, head } of inOrder) {
      if (!isWanted()) return
      if (this.#held.has(id) && !(await this.#mend(id, head))) return
    }
    await caughtUp?.()
    await rest(fillAfterMs)
    if (mayFill() && isWanted()) await this.#fill(isWanted)
    await copies.evict(maxBytes(), maxRooms)
  }

  /** Of rooms that one is not in any more, nothing stays. */
  async #leaveOthers(): Promise<void> {
    const ids = new Set(this.#joined.map(({ id }) => id))
    for (const { room } of await this.#deps.copies.list()) if (!ids.has(room)) this.gone(room)
  }

  /** False: there is no use in going on. */
  async #mend(room: string, head: number): Promise<boolean> {
    const { copies, changes } = this.#deps
    await this.settled()
    const stretch = await copies.stretchOf(room)
    if (stretch === undefined || stretch.upTo >= head) return true
    if (head - stretch.upTo > maxMissing) return this.#beginAnew(room)
    const answer = await changes(room, stretch.upTo, maxMissing)
    if (isRefusal(answer)) return this.#refused(room, answer)
    const isMended = await this.#then(() => copies.mend(room, stretch.upTo, answer))
    return isMended || this.#beginAnew(room)
  }

  async #beginAnew(room: string): Promise<boolean> {
    const { copies, page } = this.#deps
    const answer = await page(room, { limit: limits.page.max })
    if (isRefusal(answer)) return this.#refused(room, answer)
    await this.#then(async () => {
      const stretch = await copies.stretchOf(room)
      if (stretch !== undefined && stretch.upTo < answer.upTo) await copies.clear(room)
      await copies.seed(room, answer, true)
    })
    return true
  }

  #refused(room: string, { code }: Refusal): boolean {
    if (code === 'not_found') this.gone(room)
    return !mayRetry(code)
  }

  /** Loads ahead what one is most likely to read: a page of each room first, then what is before it. */
  async #fill(isWanted: () => boolean): Promise<void> {
    const known = new Map((await this.#deps.copies.list()).map((one) => [one.room, one]))
    const usedAt = (id: string): number => known.get(id)?.usedAt ?? 0
    const rooms = this.#joined
      .toSorted((a, b) => usedAt(b.id) - usedAt(a.id) || (b.lastAt ?? 0) - (a.lastAt ?? 0))
      .slice(0, maxRooms)
    for (const { id } of rooms) {
      if (!isWanted()) return
      const stretch = known.get(id)?.stretch
      if (stretch !== undefined && stretch.repliesFrom === stretch.from) continue
      this.#held.add(id)
      await this.#deps.rest(fillEveryMs)
      if (!isWanted() || !(await this.#load(id))) return
    }
    for (const { id } of rooms) if (!isWanted() || !(await this.#deepen(id, isWanted))) return
  }

  async #load(room: string): Promise<boolean> {
    const answer = await this.#deps.page(room, { limit: limits.page.max })
    if (isRefusal(answer)) return this.#refused(room, answer)
    await this.seed(room, answer, true)
    return true
  }

  async #deepen(room: string, isWanted: () => boolean): Promise<boolean> {
    const { copies, page, rest } = this.#deps
    for (;;) {
      const stretch = await copies.stretchOf(room)
      const held = (await copies.count(room)) ?? 0
      if (stretch === undefined || stretch.from <= 1 || held >= messagesOfRoom) return true
      await rest(fillEveryMs)
      if (!isWanted()) return false
      await this.settled()
      const atLeast = (await copies.stretchOf(room))?.upTo ?? 0
      const answer = await page(room, { before: stretch.from, limit: limits.page.max })
      if (isRefusal(answer)) return this.#refused(room, answer)
      await this.#then(() => copies.older(room, answer, atLeast))
      if ((await copies.stretchOf(room))?.from === stretch.from) return true
    }
  }
}

/** A page that has just been opened has better things to do. */
const fillAfterMs = 8_000
/** Far below the rate of pages that one person may read. */
const fillEveryMs = 700
