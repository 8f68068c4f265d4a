import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  around,
  atEnd,
  keepLower,
  keepUpper,
  spanned,
  spannedOf,
  stepDown,
  stepUp,
  whole,
  type Span,
} from '../../../web/conversation/pages/span.ts'
import type { Window } from '../../../web/conversation/pages/window.ts'
import { message, numbers } from './said.ts'

const memory = (from: number, to: number, more: Partial<Window> = {}): Window => ({
  messages: numbers(from, to).map((seq) => message(seq)),
  hasBefore: from > 1,
  hasAfter: false,
  ...more,
})
const ends = (window: Window, span: Span) => {
  const { messages, hasBefore, hasAfter } = spannedOf(window, span)
  return [messages[0]?.seq, messages.at(-1)?.seq, hasBefore, hasAfter]
}
const length = (window: Window, span: Span) => spannedOf(window, span).messages.length
const { step, max } = spanned

describe('the part of a room that is rows of the list', () => {
  it('is all of a short room', () => {
    const window = memory(1, 200)
    expect(spannedOf(window, whole)).toBe(window)
    expect([stepUp(window, whole), stepDown(window, whole)]).toEqual([undefined, undefined])
  })

  it('follows the newest, and drops rows above once for many messages', () => {
    expect(ends(memory(1, max + step), whole)).toEqual([1, max + step, false, false])
    const window = memory(1, max + step + 1)
    const span = keepLower(window, whole)
    expect(ends(window, span)).toEqual([step + 2, max + step + 1, true, false])
    const grown = memory(1, max + step + 9)
    expect(keepLower(grown, span), 'the next few cut nothing').toBe(span)
    expect(ends(grown, span)).toEqual([step + 2, max + step + 9, true, false])
  })

  it('stays with a reader above, and says that there is more below', () => {
    const window = memory(1, max + step + 1)
    expect(ends(window, keepUpper(window, whole))).toEqual([1, max, false, true])
  })

  it('moves up through the memory step by step, and down again', () => {
    const window = memory(1, 5_000)
    let span = atEnd(window)
    expect(ends(window, span)).toEqual([5_000 - max + 1, 5_000, true, false])
    for (let up = stepUp(window, span); up !== undefined; up = stepUp(window, span)) {
      const [first = 0] = ends(window, span)
      expect(ends(window, up)[0]).toBe(Math.max(1, Number(first) - step))
      span = up
      expect(length(window, span)).toBeLessThanOrEqual(max + step)
    }
    expect(ends(window, span)[0]).toBe(1)
    for (let down = stepDown(window, span); down !== undefined; down = stepDown(window, span)) span = down
    expect(ends(window, span)[1]).toBe(5_000)
    expect(span.to, 'and what comes is in it again').toBe(Infinity)
  })

  it('continues above when the memory grows there', () => {
    const span = keepUpper(memory(400, 1_600), { from: 0, to: 900 })
    expect(ends(memory(350, 1_600), span)).toEqual([350, 900, true, true])
  })

  it('has a message that the reader is led to well inside', () => {
    const window = memory(1, 5_000)
    const span = around(window, whole, 2_500)
    expect(ends(window, span)).toEqual([2_500 - max / 2, 2_500 + max / 2 - 1, true, true])
    expect(around(window, span, 2_520), 'which is inside already').toBe(span)
    expect(ends(window, around(window, span, 4_990))[1]).toBe(5_000)
  })

  it('is never too long and has no hole, however the reader moves', () => {
    const acts = fc.constantFrom('up', 'down', 'older', 'news', 'led')
    fc.assert(
      fc.property(fc.array(fc.tuple(acts, fc.nat(3_000)), { maxLength: 30 }), (walked) => {
        let window = memory(1_000, 2_500)
        let span = atEnd(window)
        for (const [act, n] of walked) {
          const [first = { seq: 0 }] = window.messages
          const last = window.messages.at(-1)?.seq ?? 0
          if (act === 'up') span = stepUp(window, span) ?? span
          if (act === 'down') span = stepDown(window, span) ?? span
          if (act === 'led') span = around(window, span, n)
          if (act === 'older') window = memory(Math.max(1, first.seq - 50), last)
          if (act === 'news') window = memory(first.seq, last + (n % 30))
          span = act === 'news' && n % 2 === 0 ? keepLower(window, span) : keepUpper(window, span)
          const { messages } = spannedOf(window, span)
          const from = messages[0]?.seq ?? 0
          expect(messages.length).toBeGreaterThan(0)
          expect(messages.length).toBeLessThanOrEqual(max + step)
          expect(messages.map(({ seq }) => seq)).toEqual(numbers(from, from + messages.length - 1))
        }
      }),
      { numRuns: 40 },
    )
  })
})
