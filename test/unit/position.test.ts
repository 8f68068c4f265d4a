// How far somebody has read, in an order that late and repeated marks cannot break.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLater, later, turnAfter, type Position } from '../../server/protocol/position.ts'

const position = fc.record({ turn: fc.integer({ min: 0, max: 3 }), seq: fc.integer({ min: 0, max: 9 }) })
const last = (marks: readonly Position[]): Position | undefined =>
  marks.reduce<Position | undefined>((known, mark) => later(mark, known), undefined)

describe('a position', () => {
  it('grows within its turn, and a later turn leads anywhere', () => {
    expect(isLater({ turn: 1, seq: 5 }, { turn: 1, seq: 4 })).toBe(true)
    expect(isLater({ turn: 1, seq: 4 }, { turn: 1, seq: 4 })).toBe(false)
    expect(isLater({ turn: 2, seq: 0 }, { turn: 1, seq: 9 })).toBe(true)
    expect(isLater({ turn: 1, seq: 9 }, { turn: 2, seq: 0 })).toBe(false)
  })

  it('is the same after the same marks, in any order and however often', () => {
    const shuffled = fc
      .array(position, { minLength: 1 })
      .chain((marks) =>
        fc.tuple(
          fc.constant(marks),
          fc.shuffledSubarray([...marks, ...marks], { minLength: 2 * marks.length }),
        ),
      )
    fc.assert(
      fc.property(shuffled, ([marks, again]) => {
        expect(last(again)).toEqual(last(marks))
      }),
    )
  })

  it('has a later turn after any, also where the clock has gone back', () => {
    expect(turnAfter(0, 1_700)).toBe(1_700)
    expect(turnAfter(1_700, 1_600)).toBe(1_701)
  })
})
