// What memory has of one room: a contiguous end of its entries, and where in it what changes messages stands.
import { covers, holding, manyMessages, type ErasedEvent } from '../protocol/entries/erased.ts'
import { blanked, endsMessage } from '../protocol/entries/index.ts'
import type { Person } from '../protocol/people.ts'
import { isChange, isEffect, isErasure, isSpokenEvent, targetOf } from '../protocol/timeline.ts'
import type { Entry } from './entry.ts'

export interface RoomPart {
  head: number
  headAt: number | null
  /** Contiguous numbers, ending at head. Entries before `start` are let go. */
  entries: Entry[]
  start: number
  /** Of these entries those that change a message (replies in its thread too), by its number, in their order. */
  changes: Map<number, Entry[]>
  /** ... of those messages the ones that somebody pinned or unpinned. */
  pins: Set<number>
  /** ... and the ones that somebody deleted. */
  ended: Set<number>
  /** Of these entries the messages that name somebody, in their order. */
  naming: Entry[]
}

export const emptyPart = (head: number, headAt: number | null): RoomPart => ({
  head,
  headAt,
  entries: [],
  start: 0,
  changes: new Map(),
  pins: new Set(),
  ended: new Set(),
  naming: [],
})

/** The entry with this number, where the part has it. */
export function entryAt({ entries, start }: RoomPart, seq: number): Entry | undefined {
  const first = entries[start]?.seq
  return first === undefined || seq < first ? undefined : entries[start + seq - first]
}

const none: readonly ErasedEvent[] = []
const noErasures = { erasures: none, to: 0 }

/** Of the part's entries those that delete everything of somebody, or undo that, in their order. */
export function erasuresOf({ changes }: RoomPart): readonly ErasedEvent[] {
  const found = changes.get(manyMessages)
  return found === undefined ? none : found.map(({ event }) => event).filter(isErasure)
}

interface Holding {
  first: Entry | undefined
  last: Entry | undefined
  erasures: readonly ErasedEvent[]
  /** The highest number that they delete. */
  to: number
}

/** By the entries that they are of: a room that deletes what is old may have thousands, and is asked for each message. */
const kept = new WeakMap<readonly Entry[], Holding>()

/** Of the part's erasures those that hold. */
function holdingOf(part: RoomPart): Pick<Holding, 'erasures' | 'to'> {
  const changes = part.changes.get(manyMessages)
  if (changes === undefined) return noErasures
  const [first, last] = [changes[0], changes.at(-1)]
  const found = kept.get(changes)
  if (found !== undefined && found.first === first && found.last === last) return found
  const erasures = holding(erasuresOf(part))
  const made = { first, last, erasures, to: Math.max(0, ...erasures.map(({ to }) => to)) }
  kept.set(changes, made)
  return made
}

/** One of them deletes this message of this person, and is not undone. */
export function isErased(part: RoomPart, message: { seq: number; user: Person }): boolean {
  const { erasures, to } = holdingOf(part)
  return message.seq <= to && erasures.some((erasure) => covers(erasure, message))
}

/** Takes note of what an entry that was just added does. */
export function noteEntry(part: RoomPart, entry: Entry): void {
  const { event } = entry
  if (isSpokenEvent(event) && event.mentions !== undefined) part.naming.push(entry)
  if (!isEffect(event)) return
  const target = targetOf(event)
  const changes = part.changes.get(target) ?? []
  changes.push(entry)
  part.changes.set(target, changes)
  if (!isChange(event)) return
  if (event.type === 'pinned') part.pins.add(target)
  if (isErasure(event) && event.days !== undefined) forgetOld(part, event)
  if (part.ended.has(target)) blank(entry)
  if (!endsMessage(event)) return
  part.ended.add(target)
  const message = entryAt(part, target)
  if (message !== undefined && isSpokenEvent(message.event)) blank(message)
  // What others have replied is theirs, and stays.
  for (const change of changes) if (isChange(change.event)) blank(change)
}

/**
 * Nothing of a deleted message's text stays in memory; its numbers stay. Another object: a room that is just being told
 * this event keeps the one it has.
 */
function blank(entry: Entry): void {
  entry.event = blanked(entry.event)
}

/** What is too old goes from memory too. */
function forgetOld(part: RoomPart, { from, to }: ErasedEvent): void {
  for (let seq = Math.max(from, part.entries[part.start]?.seq ?? to + 1); seq <= to; seq += 1) {
    const entry = entryAt(part, seq)
    if (entry !== undefined && isSpokenEvent(entry.event)) blank(entry)
    for (const change of part.changes.get(seq) ?? []) if (isChange(change.event)) blank(change)
  }
}

/** A room's part starts again: what is before a jump would not be contiguous with what comes. */
export function forgetPart(part: RoomPart): void {
  part.entries = []
  part.start = 0
  part.changes.clear()
  part.pins.clear()
  part.ended.clear()
  part.naming = []
}

/** Lets go of the oldest entry. */
export function dropFirst(part: RoomPart): void {
  const first = part.entries[part.start]
  if (first !== undefined && part.naming[0] === first) part.naming.shift()
  const event = first?.event
  if (event !== undefined && isEffect(event)) forgetOldestChange(part, targetOf(event))
  part.start += 1
  if (!isMuch(part.start, part.entries.length)) return
  part.entries = part.entries.slice(part.start)
  part.start = 0
}

function forgetOldestChange(part: RoomPart, target: number): void {
  const changes = part.changes.get(target)
  changes?.shift()
  if (changes?.length !== 0) return
  part.changes.delete(target)
  part.pins.delete(target)
  part.ended.delete(target)
}

/**
 * Entries that are let go stay in their array until they are an eighth of it: then they are free, and a copy costs each entry
 * seven moves at most.
 */
export const isMuch = (gone: number, length: number): boolean => gone * 8 >= length

/** Above the number `after`, those that named somebody when they were said, or were changed; in their order. */
export function namingIn(part: RoomPart, after: number): Entry[] {
  const changed = [...part.changes.keys()].flatMap((seq) => entryAt(part, seq) ?? [])
  return [...new Set([...part.naming, ...changed])]
    .filter(({ seq, event }) => seq > after && isSpokenEvent(event))
    .sort((a, b) => a.seq - b.seq)
}
