// Catches up with a room. Register first and hold, then read what was missed, then release: the other order loses
// what is sent in between. What memory covers is sent without asking MySQL; anything more becomes a gap to be paged.
import { asTheyStand } from '../log/as-it-stands.ts'
import type { Tail } from '../log/tail.ts'
import type { EntryEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import { eventNow, type NameOf } from '../protocol/present-names.ts'
import type { Connection } from './connection.ts'

/** Bytes that one resume may still take from memory; and what people are called by now. */
export interface Budget {
  bytes: number
  nameOf?: NameOf | undefined
}

/**
 * Sends what the room got after `cursor`, in order, and releases the room. Reading memory does not wait, so nothing
 * can come between reading and releasing.
 */
export function catchUp(
  connection: Connection,
  room: string,
  cursor: number,
  tail: Tail,
  budget: Budget,
): void {
  const head = tail.head(room)
  const missed = missedEvents(tail, room, cursor)
  const lines = missed && linesWithin(missed, budget)
  if (lines === undefined) connection.tell({ type: 'gap', room, from: cursor + 1, to: head })
  else connection.tellLines(lines)
  connection.release(room, Math.max(head, cursor))
}

function missedEvents(tail: Tail, room: string, cursor: number): EntryEvent[] | undefined {
  const missed = tail.since(room, cursor)
  return missed === undefined || missed.length > limits.catchUpEntries
    ? undefined
    : asTheyStand(tail, room, missed)
}

function linesWithin(events: readonly EntryEvent[], budget: Budget): string[] | undefined {
  const { nameOf } = budget
  const named = nameOf === undefined ? events : events.map((event) => eventNow(event, nameOf))
  const lines = named.map((event) => JSON.stringify(event))
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
  if (bytes > budget.bytes) return undefined
  budget.bytes -= bytes
  return lines
}
