// Which of the messages in memory are rows of the list: a span of numbers that moves with the reader. A room may have
// 100,000 messages in memory; the cost of each change depends on the span alone. Pure.
import { placeOf, type Window } from './window.ts'

/**
 * From the first of these numbers to the last, both included. 0 and Infinity: to the end of the memory, and growing
 * with it.
 */
export interface Span {
  readonly from: number
  readonly to: number
}

export const whole: Span = { from: 0, to: Infinity }

/**
 * `step`: this many rows are added at an edge that the reader approaches, six tall screens. `max`: then the far edge is
 * trimmed to this many; it must be far above a step and two screens, or the trimmed part is still near the reader.
 */
export const spanned = { step: 200, max: 600 } as const

/** The rows' part of the window, as a window: there is more on a side if the memory or the room has more there. */
export function spannedOf(window: Window, { from, to }: Span): Window {
  const { messages } = window
  const first = placeOf(messages, from)
  const end = placeOf(messages, to + 1)
  if (first === 0 && end === messages.length) return window
  return {
    ...window,
    messages: messages.slice(first, end),
    hasBefore: first > 0 || window.hasBefore,
    hasAfter: end < messages.length || window.hasAfter,
  }
}

/** One step more of the memory above; undefined: the memory ends there. */
export function stepUp(window: Window, span: Span): Span | undefined {
  const first = placeOf(window.messages, span.from)
  return first === 0
    ? undefined
    : keepUpper(window, { ...span, from: fromPlace(window, first - spanned.step) })
}

/** One step more of the memory below; undefined: the memory ends there. */
export function stepDown(window: Window, span: Span): Span | undefined {
  const end = placeOf(window.messages, span.to + 1)
  if (end === window.messages.length) return undefined
  return keepLower(window, { ...span, to: toPlace(window, end + spanned.step) })
}

/** Trims a long span below: the reader is above, and what arrives below is not shown. */
export function keepUpper({ messages }: Window, span: Span): Span {
  const first = placeOf(messages, span.from)
  const end = placeOf(messages, span.to + 1)
  return isLong(end - first) ? { from: span.from, to: toPlace({ messages }, first + spanned.max) } : span
}

/** Trims a long span above: the reader is below. */
export function keepLower({ messages }: Window, span: Span): Span {
  const first = placeOf(messages, span.from)
  const end = placeOf(messages, span.to + 1)
  return isLong(end - first) ? { from: fromPlace({ messages }, end - spanned.max), to: span.to } : span
}

/** The newest in memory, and what arrives. */
export const atEnd = (window: Window): Span => ({
  from: fromPlace(window, window.messages.length - spanned.max),
  to: Infinity,
})

/** The span and at most `count` messages around it, as a window. */
export function boundedAround(window: Window, { from, to }: Span, count: number): Window {
  const { messages } = window
  const first = Math.max(0, placeOf(messages, from) - count / 2)
  const end = Math.min(messages.length, placeOf(messages, to + 1) + count / 2)
  return {
    ...window,
    messages: messages.slice(first, end),
    hasBefore: first > 0 || window.hasBefore,
    hasAfter: end < messages.length || window.hasAfter,
  }
}

/** With `seq` well inside. */
export function around(window: Window, span: Span, seq: number): Span {
  const at = placeOf(window.messages, seq)
  const half = spanned.max / 2
  const first = placeOf(window.messages, span.from)
  const end = placeOf(window.messages, span.to + 1)
  if (at - first >= half / 2 && end - at >= half / 2 && !isLong(end - first)) return span
  return { from: fromPlace(window, at - half), to: toPlace(window, at + half) }
}

/** Too long by a whole step: so it is trimmed once for many messages, not for each. */
const isLong = (length: number): boolean => length > spanned.max + spanned.step

type Held = Pick<Window, 'messages'>
const fromPlace = ({ messages }: Held, place: number): number =>
  place <= 0 ? 0 : (messages[place]?.seq ?? 0)
const toPlace = ({ messages }: Held, place: number): number =>
  place >= messages.length ? Infinity : (messages[place - 1]?.seq ?? Infinity)
