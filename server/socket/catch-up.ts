// Catches up with a room. Register first and hold, then read what was missed, then release: the other order loses
// what is sent in between. What memory covers is sent without asking MySQL; anything more becomes a gap to be paged.
import { asTheyStand } from '../log/as-it-stands.ts'
import type { Tail } from '../log/tail.ts'
import { limits } from '../protocol/limits.ts'
import type { Connection } from './connection.ts'

/** Bytes that one resume may still take from memory. */
export interface Budget {
  bytes: number
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
  const lines = missedLines(tail, room, cursor, budget)
  if (lines === undefined) connection.tell({ type: 'gap', room, from: cursor + 1, to: head })
  else connection.tellLines(lines)
  connection.release(room, Math.max(head, cursor))
}

function missedLines(tail: Tail, room: string, cursor: number, budget: Budget): string[] | undefined {
  const missed = tail.since(room, cursor)
  if (missed === undefined || missed.length > limits.catchUpEntries) return undefined
  const lines = asTheyStand(tail, room, missed).map((event) => JSON.stringify(event))
  const bytes = lines.reduce((sum, line) => sum + Buffer.byteLength(line), 0)
  if (bytes > budget.bytes) return undefined
  budget.bytes -= bytes
  return lines
}
