import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  accept,
  acceptUpTo,
  has,
  healAfterMs,
  healAt,
  know,
  returned,
  startAt,
  type Cursor,
} from '../../../web/wire/cursors.ts'

const hearAll = (start: Cursor, seqs: number[], now = 0): Cursor =>
  seqs.reduce((cursor, seq) => accept(cursor, seq, now), start)

/** What a cursor must say after these numbers, computed the slow way. */
function contiguous(start: number, seqs: number[]): number {
  let upTo = start
  while (seqs.includes(upTo + 1)) upTo += 1
  return upTo
}

const start = fc.nat(20)
const heard = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 })

describe('a cursor', () => {
  it('moves only over contiguous numbers, in whatever order and however often they come', () => {
    fc.assert(
      fc.property(start, heard, (from, seqs) => {
        expect(hearAll(startAt(from), seqs).upTo).toBe(contiguous(from, seqs))
      }),
    )
  })

  it('reaches the same place in every order', () => {
    const shuffles = fc
      .uniqueArray(fc.integer({ min: 1, max: 40 }))
      .chain((seqs) => fc.tuple(fc.constant(seqs), fc.shuffledSubarray(seqs, { minLength: seqs.length })))
    fc.assert(
      fc.property(shuffles, ([seqs, shuffled]) => {
        expect(hearAll(startAt(5), shuffled)).toEqual(hearAll(startAt(5), seqs))
      }),
    )
  })

  it('remembers what is above a hole, and nothing else', () => {
    fc.assert(
      fc.property(start, heard, (from, seqs) => {
        const cursor = hearAll(startAt(from), seqs)
        for (let seq = 1; seq <= 61; seq += 1)
          expect(has(cursor, seq)).toBe(seq <= from || seqs.includes(seq))
      }),
    )
  })

  it('keeps what is above as ascending ranges that do not touch', () => {
    fc.assert(
      fc.property(start, heard, (from, seqs) => {
        const { upTo, above } = hearAll(startAt(from), seqs)
        let end = upTo
        for (const range of above) {
          expect(range.from).toBeGreaterThan(end + 1)
          expect(range.to).toBeGreaterThanOrEqual(range.from)
          end = range.to
        }
      }),
    )
  })

  it('has a hole exactly when a number below the highest known one is missing', () => {
    fc.assert(
      fc.property(start, heard, fc.nat(80), (from, seqs, head) => {
        const cursor = know(hearAll(startAt(from), seqs), head, 0)
        expect(healAt(cursor) !== undefined).toBe(cursor.upTo < Math.max(from, head, ...seqs))
      }),
    )
  })

  it('reaches what changes have brought, and joins it to what is above', () => {
    fc.assert(
      fc.property(start, heard, fc.nat(80), (from, seqs, healed) => {
        const all = [...seqs, ...Array.from({ length: healed }, (_, index) => index + 1)]
        expect(acceptUpTo(hearAll(startAt(from), seqs), healed, 0).upTo).toBe(contiguous(from, all))
      }),
    )
  })

  it('wants its oldest hole healed a second after it was seen', () => {
    const holed = accept(startAt(3), 5, 10_000)
    expect(healAt(holed)).toBe(10_000 + healAfterMs)
    expect(healAt(accept(holed, 8, 10_900))).toBe(10_000 + healAfterMs)
  })

  it('heals early rather than late when one of two holes has closed', () => {
    const two = accept(accept(startAt(3), 5, 10_000), 8, 10_900)
    expect(healAt(accept(two, 4, 10_950))).toBe(10_000 + healAfterMs)
  })

  it('is whole again when the hole closes by itself', () => {
    expect(healAt(accept(accept(startAt(3), 5, 0), 4, 500))).toBeUndefined()
  })

  it('allows time from the reconnect on for what was missed while away', () => {
    const away = accept(startAt(3), 5, 1_000)
    expect(healAt(returned(away, 20, 60_000))).toBe(60_000 + healAfterMs)
    expect(healAt(returned(startAt(20), 20, 60_000))).toBeUndefined()
  })
})
