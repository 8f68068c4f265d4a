// What a person reads of a sync that is held.
import { expect, test } from 'vitest'
import { openTroubles } from '../../server/history/sync/troubles.ts'

test('a trouble is said when it begins, each minute it lasts, and when it is over', () => {
  const said: string[] = []
  let now = 0
  const troubles = openTroubles(
    (line) => said.push(line),
    () => now,
  )
  for (; now <= 125_000; now += 1_000) troubles.tell(new Error('Redis is away'))
  expect(troubles.last()).toBe('Redis is away')
  troubles.tell(new Error('MySQL is away'))
  troubles.over()
  troubles.over()
  expect(troubles.last()).toBeNull()
  troubles.tell(new Error('MySQL is away'))
  expect(said).toEqual([
    'sync: held, nothing is lost: Redis is away',
    'sync: still held after 60 s: Redis is away',
    'sync: still held after 120 s: Redis is away',
    'sync: held, nothing is lost: MySQL is away',
    'sync: goes on',
    'sync: held, nothing is lost: MySQL is away',
  ])
})
