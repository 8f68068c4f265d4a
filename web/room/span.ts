// Which of the messages in memory are rows of the list: a span of numbers that moves with the reader. A room may have
// 100,000 messages in memory; what each change of it costs the list depends on the span alone. Pure.
import { placeOf, type Window } from './window.ts'

/** From the first of these numbers to the last, both in it. 0 and Infinity: to where the memory ends, and on with it. */
export interface Span {
  readonly from: number
  readonly to: number
}

export const whole: Span = { from: 0, to: Infinity }

/**
 * `step`: so many come in at an edge that the reader nears, six tall screens. `most`: then the far edge is cut to so many;
 * it must be far above a step and two screens, or what is cut is still near the reader.
 */
export const spanned = { step: 200, most: 600 } as const

/** The rows' part of the window, as a window: there is more on a side when the memory or the room has more there. */
export function spannedOf(window: Window, { from, to }: Span): Window {
  const { messages } = window
  const first = placeOf(messages, from)
  const end = placeOf(messages, to + 1)
  if (first === 0 && end === messages.length) return window
  return {
    messages: messages.slice(first, end),
    hasBefore: first > 0 || window.hasBefore,
    hasAfter: end < messages.length || window.hasAfter,
  }
}

/** A step more of the memory above; undefined: the memory ends there. */
export function stepUp(window: Window, span: Span): Span | undefined {
  const first = placeOf(window.messages, span.from)
  return first === 0
    ? undefined
    : keepUpper(window, { ...span, from: fromPlace(window, first - spanned.step) })
}

/** A step more of the memory below; undefined: the memory ends there. */
export function stepDown(window: Window, span: Span): Span | undefined {
  const end = placeOf(window.messages, span.to + 1)
  if (end === window.messages.length) return undefined
  return keepLower(window, { ...span, to: toPlace(window, end + spanned.step) })
}

/** Cut below, where it has grown too long: the reader is above, and what comes below is not shown. */
export function keepUpper({ messages }: Window, span: Span): Span {
  const first = placeOf(messages, span.from)
  const end = placeOf(messages, span.to + 1)
  return isLong(end - first) ? { from: span.from, to: toPlace({ messages }, first + spanned.most) } : span
}

/** Cut above, where it has grown too long: the reader is below. */
export function keepLower({ messages }: Window, span: Span): Span {
  const first = placeOf(messages, span.from)
  const end = placeOf(messages, span.to + 1)
  return isLong(end - first) ? { from: fromPlace({ messages }, end - spanned.most), to: span.to } : span
}

/** The newest that the memory has, and what comes. */
export const atEnd = (window: Window): Span => ({
  from: fromPlace(window, window.messages.length - spanned.most),
  to: Infinity,
})

/** With `seq` well inside. */
export function around(window: Window, span: Span, seq: number): Span {
  const at = placeOf(window.messages, seq)
  const half = spanned.most / 2
  const first = placeOf(window.messages, span.from)
  const end = placeOf(window.messages, span.to + 1)
  if (at - first >= half / 2 && end - at >= half / 2 && !isLong(end - first)) return span
  return { from: fromPlace(window, at - half), to: toPlace(window, at + half) }
}

/** A whole step too long: so it is cut once for many messages, not with each. */
const isLong = (length: number): boolean => length > spanned.most + spanned.step

type Held = Pick<Window, 'messages'>
const fromPlace = ({ messages }: Held, place: number): number =>
  place <= 0 ? 0 : (messages[place]?.seq ?? 0)
const toPlace = ({ messages }: Held, place: number): number =>
  place >= messages.length ? Infinity : (messages[place - 1]?.seq ?? Infinity)
