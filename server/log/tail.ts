// The newest part of a shard's log in this process's memory: what rooms are told from, what a returning browser missed,
// and what MySQL does not have yet.
// Invariant: whatever is not archived is in here (backlogs are bounded where sends are refused), and each room's part
// is contiguous up to its head.
import { setTimeout as pause } from 'node:timers/promises'
import type { Refusal } from '../protocol/errors.ts'
import type { ErasedEvent } from '../protocol/entries/erased.ts'
import type { EffectEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import { isEffect, isSpokenEvent } from '../protocol/timeline.ts'
import { compareIds, personNumber, type Entry, type StreamId } from './entry.ts'
import type { Jump } from './jump.ts'
import { firstAfter, justBelow, sizeOf } from './order.ts'
import { ReadBack } from './read-back.ts'
import {
  dropFirst,
  emptyPart,
  entryAt,
  erasuresOf,
  forgetPart,
  isErased,
  isMuch,
  namingIn,
  noteEntry,
  type RoomPart,
} from './room-part.ts'

const notYet: Refusal = { code: 'unavailable', retryAfterMs: 1_000 }

export class Tail {
  readonly #parts = new Map<string, RoomPart>()
  /** All entries in the order of the log; before `#oldest` they are let go. */
  #order: Entry[] = []
  /** About what each of these took of memory when it came. */
  #sizes: number[] = []
  #oldest = 0
  #archivedUpTo = 0
  readonly #keep: number
  #unarchivedBytes = 0
  readonly #own = new ReadBack()
  /** Up to here the log is read. */
  position: StreamId
  /** True once the log gave a number again that had another entry: it was rolled back behind what was read here. */
  isContradicted = false
  archived: StreamId = { ms: 0, n: 0 }
  /** Asks the log itself for the newest number of a room, whatever is read here. Rejects while Redis is away. */
  newestOf: (room: string) => Promise<number> = async (room) => this.head(room)
  /** The highest id of a person that the log has told of; 0: none. */
  highestPerson = 0

  /** `heads`: the newest number and time of each room as Redis told before anything was read after `position`. */
  constructor(
    position: StreamId,
    heads: Map<string, { seq: number; at: number | null }>,
    keep: number = limits.tailEntries,
  ) {
    this.position = position
    this.#keep = keep
    for (const [room, { seq, at }] of heads) this.#parts.set(room, emptyPart(seq, at))
  }

  get length(): number {
    return this.#order.length - this.#oldest
  }

  /** Entries that MySQL does not have yet, as far as this process has heard. */
  get unarchived(): number {
    return this.#order.length - this.#archivedUpTo
  }

  /** About what these take of this process's memory. */
  get unarchivedBytes(): number {
    return this.#unarchivedBytes
  }

  /** When the oldest entry that MySQL does not have was said; undefined when it has everything. */
  get waitingSince(): number | undefined {
    return this.#order[this.#archivedUpTo]?.id.ms
  }

  /** The number up to which this process has read a room; 0 for a room nothing was said in. */
  head(room: string): number {
    return this.#parts.get(room)?.head ?? 0
  }

  headAt(room: string): number | null {
    return this.#parts.get(room)?.headAt ?? null
  }

  /** This process has appended a number, a change of `target` perhaps. */
  appended(room: string, seq: number, target?: number): void {
    this.#own.appended(room, { seq, head: this.head(room), target })
  }

  /**
   * Resolves when `seq` and what this process has changed of it are read: at once, mostly. With a refusal for now if that takes
   * longer than limits.readBackMs, or if nobody can say whether the log has the number: whoever acts on one that is not read here
   * has heard of it from another server.
   */
  async untilRead(room: string, seq: number): Promise<Refusal | undefined> {
    if (!(await this.#own.until(room, seq, this.head(room)))) return notYet
    if (seq <= this.head(room)) return undefined
    const late = pause(limits.appendTimeoutMs, undefined, { ref: false })
    const newest = await Promise.race([this.newestOf(room), late]).catch(() => undefined)
    if (newest === undefined) return notYet
    if (seq > newest) return undefined
    this.appended(room, seq)
    return (await this.#own.until(room, seq, this.head(room))) ? undefined : notYet
  }

  /** Takes what was read, oldest first. Tells of jumps in a room's numbers; an entry read twice is passed over. */
  take(entries: readonly Entry[]): { fresh: Entry[]; jumps: Jump[] } {
    const fresh: Entry[] = []
    const jumps: Jump[] = []
    for (const entry of entries) {
      this.position = entry.id
      this.highestPerson = Math.max(this.highestPerson, personNumber(entry))
      const part = this.#part(entry.room)
      const jump = this.#add(part, entry)
      if (jump === 'known') continue
      if (jump !== undefined) jumps.push(jump)
      fresh.push(entry)
      this.#own.read(entry.room, part.head)
    }
    this.#letGo()
    return { fresh, jumps }
  }

  /**
   * Everything the log had is taken, and MySQL has all before. Trap: of a log that was rolled back, numbers go on above MySQL's; what
   * memory has of such a room ends below its head, so it is no part of what comes, and MySQL has it.
   */
  settle(): void {
    if (compareIds(this.archived, this.position) > 0) this.position = this.archived
    for (const part of this.#parts.values()) {
      const newest = part.entries.at(-1)
      if (newest !== undefined && newest.seq < part.head && compareIds(newest.id, this.archived) <= 0)
        forgetPart(part)
    }
  }

  /** What a room got after the number `after`, or undefined when memory does not reach back that far. */
  since(room: string, after: number): Entry[] | undefined {
    const part = this.#parts.get(room)
    if (part === undefined || after >= part.head) return []
    const first = part.entries[part.start]?.seq
    if (first === undefined || after + 1 < first) return undefined
    return part.entries.slice(part.start + after + 1 - first)
  }

  /** The lowest number that memory has of a room, or one above its head when it has none. MySQL has all below it. */
  first(room: string): number {
    const part = this.#parts.get(room)
    return part?.entries[part.start]?.seq ?? this.head(room) + 1
  }

  /** What memory has of a room below the number `before`, newest first. */
  *backwards(room: string, before: number): Generator<Entry, void, undefined> {
    const part = this.#parts.get(room)
    const first = part?.entries[part.start]?.seq
    if (part === undefined || first === undefined) return
    const { entries, start } = part
    for (let i = Math.min(entries.length, start + before - first) - 1; i >= start; i -= 1) {
      const entry = entries[i]
      if (entry !== undefined) yield entry
    }
  }

  /** The entry with this number, where memory has it. */
  at(room: string, seq: number): Entry | undefined {
    const part = this.#parts.get(room)
    return part && entryAt(part, seq)
  }

  /** Memory knows that the message with this number is deleted. */
  isDeleted(room: string, seq: number): boolean {
    const part = this.#parts.get(room)
    if (part === undefined) return false
    if (part.ended.has(seq)) return true
    const event = erasuresOf(part).length === 0 ? undefined : entryAt(part, seq)?.event
    return event !== undefined && isSpokenEvent(event) && isErased(part, event)
  }

  /** Memory knows that this message of this person, wherever it is, is deleted with everything they had said. */
  isErased(room: string, message: { seq: number; user: Person }): boolean {
    const part = this.#parts.get(room)
    return part !== undefined && isErased(part, message)
  }

  /** What memory knows of messages that are deleted with everything their authors had said, and restored, in its order. */
  erasures(room: string): readonly ErasedEvent[] {
    const part = this.#parts.get(room)
    return part === undefined ? [] : erasuresOf(part)
  }

  /** Numbers below memory whose messages memory knows to be deleted: MySQL may not know it yet. */
  deletedBelow(room: string): number[] {
    const first = this.first(room)
    return [...(this.#parts.get(room)?.ended ?? [])].filter((seq) => seq < first)
  }

  /** Numbers of messages that were pinned or unpinned in memory, and perhaps of some whose pin was let go of. */
  pinned(room: string): number[] {
    return [...(this.#parts.get(room)?.pins ?? [])]
  }

  /** The changes in memory of the message with this number, in their order. */
  changesOf(room: string, seq: number): EffectEvent[] {
    return (this.#parts.get(room)?.changes.get(seq) ?? []).map(({ event }) => event).filter(isEffect)
  }

  /** Messages in memory that may name somebody. Few of many: whoever comes back asks this of each of their rooms. */
  naming(room: string, after: number): Entry[] {
    const part = this.#parts.get(room)
    return part === undefined ? [] : namingIn(part, after)
  }

  /** What MySQL does not have yet, as far as this process has heard, oldest first. */
  *waiting(): Generator<Entry, void, undefined> {
    for (let at = this.#archivedUpTo; at < this.#order.length; at += 1) {
      const entry = this.#order[at]
      if (entry !== undefined) yield entry
    }
  }

  /**
   * The first entries after a place in the log, at most `max`; or up to where only MySQL can tell. Trap: a log may be archived
   * further than it is read here, and the heads of rooms are as it is read.
   */
  after(id: StreamId, max: number): Entry[] | { inMysqlTo: StreamId } {
    const first = this.#order[this.#oldest]?.id
    const inMysqlTo = first === undefined ? this.position : justBelow(first)
    if (compareIds(id, inMysqlTo) < 0) return { inMysqlTo }
    const at = firstAfter(this.#order, this.#oldest, id)
    return this.#order.slice(at, at + max)
  }

  /** MySQL has everything up to `id`. Answers the rooms this is news for, each with the highest number archived. */
  archive(id: StreamId): Map<string, number> {
    const news = new Map<string, number>()
    if (compareIds(id, this.archived) > 0) this.archived = id
    // Also what was read after the archive had been told to reach beyond it.
    for (;;) {
      const entry = this.#order[this.#archivedUpTo]
      if (entry === undefined || compareIds(entry.id, this.archived) > 0) break
      news.set(entry.room, entry.seq)
      this.#unarchivedBytes -= this.#sizes[this.#archivedUpTo] ?? 0
      this.#archivedUpTo += 1
    }
    this.#letGo()
    return news
  }

  #part(room: string): RoomPart {
    let part = this.#parts.get(room)
    if (part === undefined) this.#parts.set(room, (part = emptyPart(0, null)))
    return part
  }

  #add(part: RoomPart, entry: Entry): Jump | 'known' | undefined {
    const { room, seq } = entry
    const last = part.entries.at(-1)?.seq
    if (last !== undefined && seq <= last) {
      const newest = part.entries.at(-1)
      if (newest !== undefined && compareIds(entry.id, newest.id) > 0) this.isContradicted = true
      return 'known'
    }
    // Heads told by Redis may be ahead of what is still being read at the start: that is no jump.
    const expected = last === undefined ? Math.min(part.head + 1, seq) : last + 1
    const jump = seq > expected ? { room, from: expected, to: seq - 1 } : undefined
    if (jump !== undefined && last !== undefined) forgetPart(part)
    part.entries.push(entry)
    noteEntry(part, entry)
    part.head = Math.max(part.head, seq)
    part.headAt = Math.max(part.headAt ?? 0, entry.id.ms)
    this.#order.push(entry)
    const size = sizeOf(entry)
    this.#sizes.push(size)
    this.#unarchivedBytes += size
    return jump
  }

  /** Lets go of the oldest archived entries above what is kept. */
  #letGo(): void {
    while (this.length > this.#keep && this.#oldest < this.#archivedUpTo) {
      const entry = this.#order[this.#oldest]
      this.#oldest += 1
      const part = entry === undefined ? undefined : this.#parts.get(entry.room)
      if (part !== undefined && part.entries[part.start] === entry) dropFirst(part)
    }
    if (!isMuch(this.#oldest, this.#order.length)) return
    this.#order = this.#order.slice(this.#oldest)
    this.#sizes = this.#sizes.slice(this.#oldest)
    this.#archivedUpTo -= this.#oldest
    this.#oldest = 0
  }
}
