// How far somebody has read, in an order that late and repeated marks cannot break.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLater, later, generationAfter, type Position } from '../../server/protocol/position.ts'

const position = fc.record({
  generation: fc.integer({ min: 0, max: 3 }),
  seq: fc.integer({ min: 0, max: 9 }),
})
const last = (marks: readonly Position[]): Position | undefined =>
  marks.reduce<Position | undefined>((known, mark) => later(mark, known), undefined)

describe('a position', () => {
  it('grows within its generation, and a later generation moves it anywhere', () => {
    expect(isLater({ generation: 1, seq: 5 }, { generation: 1, seq: 4 })).toBe(true)
    expect(isLater({ generation: 1, seq: 4 }, { generation: 1, seq: 4 })).toBe(false)
    expect(isLater({ generation: 2, seq: 0 }, { generation: 1, seq: 9 })).toBe(true)
    expect(isLater({ generation: 1, seq: 9 }, { generation: 2, seq: 0 })).toBe(false)
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

  it('has a later generation after any, even if the clock has gone back', () => {
    expect(generationAfter(0, 1_700)).toBe(1_700)
    expect(generationAfter(1_700, 1_600)).toBe(1_701)
  })
})
