// The fill level of the backlog decides what is shed and what is refused.
import { expect, test } from 'vitest'
import { fullness, pressureOf } from '../../server/log/pressure.ts'
import { limits } from '../../server/protocol/limits.ts'

const { backlog } = limits
const entries = (share: number) => ({ entries: backlog.entries * share, bytes: 0, redis: 0 })

test.each([
  [0, 'calm'],
  [0.49, 'calm'],
  [0.5, 'warn'],
  [0.65, 'shed'],
  [0.74, 'shed'],
  [0.75, 'refuse'],
  [2, 'refuse'],
] as const)('a backlog filled to %s is %s', (share, word) => {
  expect(pressureOf(entries(share))).toBe(word)
})

test('the highest of entries, bytes and Redis counts', () => {
  expect(fullness({ entries: 0, bytes: backlog.bytes * 0.6, redis: 0.7 })).toBeCloseTo(0.7)
  expect(fullness({ entries: backlog.entries, bytes: backlog.bytes * 0.6, redis: 0.7 })).toBe(1)
  expect(pressureOf({ entries: 0, bytes: backlog.bytes * 0.75, redis: 0 })).toBe('refuse')
})
