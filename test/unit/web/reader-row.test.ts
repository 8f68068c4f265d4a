// Which row of the list stays in place.
import { expect, test } from 'vitest'
import { readersRow } from '../../../web/conversation/list/scroll/reader-row.ts'

/** Twenty rows of 100 px, of which 400 px are on screen. */
const screen = (offset: number, heights: number[] = Array.from({ length: 20 }, () => 100)) => {
  const starts = heights.map((_height, at) => heights.slice(0, at).reduce((sum, one) => sum + one, 0))
  return { count: heights.length, startOf: (at: number) => starts[at] ?? 0, offset, height: 400 }
}

test('the row of a reader who was led nowhere is the first that begins on screen', () => {
  expect(readersRow(screen(0))).toBe(0)
  expect(readersRow(screen(300))).toBe(3)
  expect(readersRow(screen(310))).toBe(4)
})

test('a row stays theirs while it begins in the upper half of the list', () => {
  expect(readersRow(screen(300), 3)).toBe(3)
  expect(readersRow(screen(300), 5)).toBe(5)
})

test('a reader who scrolls up keeps a row that has been on screen for a while: the last one of the upper half', () => {
  expect(readersRow(screen(290), 5)).toBe(4)
  expect(readersRow(screen(0), 15)).toBe(1)
})

test('a reader who scrolls down gets the first that begins on screen', () => {
  expect(readersRow(screen(610), 3)).toBe(7)
})

test('a row that fills the list is theirs', () => {
  expect(readersRow(screen(310, [200, 2_000, 100]))).toBe(1)
  expect(readersRow(screen(310, [200, 2_000]), 0)).toBe(1)
})

test('an empty list has none, and a removed row is not asked for', () => {
  expect(readersRow(screen(0, []))).toBe(-1)
  expect(readersRow(screen(0, []), 3)).toBe(-1)
  expect(readersRow(screen(0, [100, 100]), 7)).toBe(0)
})
