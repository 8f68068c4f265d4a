// The part of a room's history that is in memory: messages without a hole between them, by number. Pure.
// Invariant: every message between the first and the last is here; what cannot be joined to them stays out.
import type { ChangeEvent } from '../../server/protocol/events.ts'
import type { Message, PageAnswer } from '../../server/protocol/http.ts'
import { later, withChange } from '../../server/protocol/timeline.ts'

export interface Window {
  /** Ascending by seq. */
  readonly messages: readonly Message[]
  /** There is more above, or below. */
  readonly hasBefore: boolean
  readonly hasAfter: boolean
}

export const emptyWindow: Window = { messages: [], hasBefore: false, hasAfter: false }

/** What the feed tells: messages as they are, then changes of messages in their order. */
export interface News {
  readonly messages: readonly Message[]
  readonly changes: readonly ChangeEvent[]
}

/** A page, with what was told while it was on its way. */
export const fromPage = ({ messages, hasBefore, hasAfter }: PageAnswer, live: readonly News[]): Window =>
  live.reduce(withNews, { messages, hasBefore, hasAfter })

export const withNews = (window: Window, { messages, changes }: News): Window =>
  withChanges(withEntries(window, messages), changes)

/** With what was done to messages inside it; the others say themselves how they are when they are read. */
function withChanges(window: Window, changes: readonly ChangeEvent[]): Window {
  const targets = new Map<number, ChangeEvent[]>()
  for (const change of changes) targets.set(change.target, [...(targets.get(change.target) ?? []), change])
  if (!window.messages.some(({ seq }) => targets.has(seq))) return window
  const changed = (message: Message): Message =>
    (targets.get(message.seq) ?? []).reduce<Message>(withChange, message)
  return { ...window, messages: window.messages.map(changed) }
}

/** With the page before it. */
export const withOlder = (window: Window, { messages, hasBefore }: PageAnswer): Window => ({
  ...window,
  messages: merge(messages, window.messages),
  hasBefore,
})

/** With the page after it. */
export const withNewer = (window: Window, { messages, hasAfter }: PageAnswer): Window => ({
  ...window,
  messages: merge(window.messages, messages),
  hasAfter,
})

/** With entries that were told: those inside it are changed or added; new ones only where it reaches the end. */
export function withEntries(window: Window, entries: readonly Message[]): Window {
  const first = window.hasBefore ? (window.messages[0]?.seq ?? Infinity) : 0
  const last = window.hasAfter ? (window.messages.at(-1)?.seq ?? 0) : Infinity
  const fitting = entries.filter(({ seq }) => seq >= first && seq <= last)
  return fitting.length === 0 ? window : { ...window, messages: merge(window.messages, fitting) }
}

/** Only the newest `count` messages, for a room that nobody looks at. */
export function newestOf(window: Window, count: number): Window {
  if (window.hasAfter || window.messages.length <= count) return window
  return { ...window, messages: window.messages.slice(-count), hasBefore: true }
}

/** Both in one order; of two states of a message the later one. */
function merge(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const last = known.at(-1)?.seq ?? 0
  // Live entries come at the end, one after the other: nearly always there is nothing to sort.
  if (more.every(({ seq }, index) => seq > (more[index - 1]?.seq ?? last))) return [...known, ...more]
  const bySeq = new Map<number, Message>()
  for (const message of [...known, ...more]) bySeq.set(message.seq, later(bySeq.get(message.seq), message))
  return [...bySeq.values()].sort((a, b) => a.seq - b.seq)
}
