// The part of a room's history that is in memory: messages without a hole between them, by number. Pure. Invariant:
// every message between the first and the last is here; what cannot be joined to them stays out.
import type { EffectEvent } from '../../../server/protocol/events.ts'
import type { Message, PageAnswer, SpokenMessage } from '../../../server/protocol/http.ts'
import { isErasure, isSpoken, later, targetOf, withChange } from '../../../server/protocol/timeline.ts'

export interface Window {
  /** Ascending by seq. */
  readonly messages: readonly Message[]
  /** There is more above, or below. */
  readonly hasBefore: boolean
  readonly hasAfter: boolean
  /** What was before is deleted, because it was older than so many days. */
  readonly expired?: number | undefined
}

export const emptyWindow: Window = { messages: [], hasBefore: false, hasAfter: false }

/** What the feed brings: messages in their current state, then changes of messages in their order. */
export interface News {
  readonly messages: readonly Message[]
  readonly changes: readonly EffectEvent[]
}

/** A page, with what arrived while it was loading. */
export const fromPage = ({ messages, hasBefore, hasAfter }: PageAnswer, live: readonly News[]): Window =>
  live.reduce(withNews, withoutOld({ messages, hasBefore, hasAfter }))

/** Where something is deleted because it was old, so is all before it: the room begins after it. */
function withoutOld(window: Window): Window {
  const at = window.messages.findLastIndex(isOld)
  const last = window.messages[at]
  if (last === undefined || !isOld(last)) return window
  return { ...window, messages: window.messages.slice(at + 1), hasBefore: false, expired: last.expired }
}

const isOld = (message: Message): message is SpokenMessage & { expired: number } =>
  isSpoken(message) && message.expired !== undefined

export const withNews = (window: Window, { messages, changes }: News): Window =>
  withChanges(withEntries(window, messages), changes)

/** With changes of the messages inside it; other messages come in their current state when they are loaded. */
function withChanges(window: Window, changes: readonly EffectEvent[]): Window {
  // Changes of one message must come in their order: where one is about many, all are applied to all.
  if (changes.some(isErasure))
    return withoutOld({
      ...window,
      messages: window.messages.map((message) => changes.reduce<Message>(withChange, message)),
    })
  const targets = new Map<number, EffectEvent[]>()
  for (const change of changes)
    targets.set(targetOf(change), [...(targets.get(targetOf(change)) ?? []), change])
  const here = [...targets].flatMap(([target, done]) => {
    const at = placeOf(window.messages, target)
    const message = window.messages[at]
    return message?.seq === target ? [{ at, after: done.reduce<Message>(withChange, message) }] : []
  })
  if (here.length === 0) return window
  const messages = [...window.messages]
  for (const { at, after } of here) messages[at] = after
  return { ...window, messages }
}

/** The index of number `seq` among ordered messages or, if it is not there, of the next one. */
export function placeOf(messages: readonly { seq: number }[], seq: number): number {
  let low = 0
  let high = messages.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((messages[middle]?.seq ?? Infinity) < seq) low = middle + 1
    else high = middle
  }
  return low
}

/** Where its ends are: `loadedUpTo`, the last number that is loaded, while there are newer ones; `expired`, see Window. */
export const endsOf = ({ messages, hasAfter, expired }: Window) => ({
  loadedUpTo: hasAfter ? (messages.at(-1)?.seq ?? 0) : undefined,
  expired,
})

/** The message with number `seq`, if it is in memory. */
export function messageOf({ messages }: Window, seq: number): Message | undefined {
  const message = messages[placeOf(messages, seq)]
  return message?.seq === seq ? message : undefined
}

/** With the page before it. */
export const withOlder = (window: Window, { messages, hasBefore }: PageAnswer): Window => {
  const next = { ...window, messages: merge(messages, window.messages), hasBefore }
  return messages.some(isOld) ? withoutOld(next) : next
}

/** With the page after it. */
export const withNewer = (window: Window, { messages, hasAfter }: PageAnswer): Window => ({
  ...window,
  messages: merge(window.messages, messages),
  hasAfter,
})

/** With entries from the feed: those inside it are changed or added; new ones only if it reaches the end. */
export function withEntries(window: Window, entries: readonly Message[]): Window {
  const first = window.hasBefore ? (window.messages[0]?.seq ?? Infinity) : 0
  const last = window.hasAfter ? (window.messages.at(-1)?.seq ?? 0) : Infinity
  const fitting = entries.filter(({ seq }) => seq >= first && seq <= last)
  if (fitting.length === 0) return window
  const next = { ...window, messages: merge(window.messages, fitting) }
  return fitting.some(isOld) ? withoutOld(next) : next
}

/** Only the newest `count` messages, for a room that nobody looks at. */
export function newestOf(window: Window, count: number): Window {
  if (window.hasAfter || window.messages.length <= count) return window
  return { ...window, messages: window.messages.slice(-count), hasBefore: true }
}

/** Both in one order; of two states of a message the later one. The first list may be long, the second is a page. */
function merge(known: readonly Message[], more: readonly Message[]): readonly Message[] {
  const [first] = more
  const last = more.at(-1)
  if (first === undefined || last === undefined) return known
  if (more.every(({ seq }, index) => seq > (more[index - 1]?.seq ?? 0))) {
    if (first.seq > (known.at(-1)?.seq ?? 0)) return [...known, ...more]
    if (last.seq < (known[0]?.seq ?? Infinity)) return [...more, ...known]
  }
  const merged = [...known]
  const added = new Map<number, Message>()
  for (const message of more) {
    const at = placeOf(known, message.seq)
    const here = merged[at]
    if (here?.seq === message.seq) merged[at] = later(here, message)
    else added.set(message.seq, later(added.get(message.seq), message))
  }
  return added.size === 0 ? merged : [...merged, ...added.values()].sort((a, b) => a.seq - b.seq)
}
