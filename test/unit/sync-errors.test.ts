// The error messages of a sync that cannot proceed.
import { expect, test } from 'vitest'
import { openSyncErrors } from '../../server/history/sync/sync-errors.ts'

test('an error is reported when it begins, each minute it lasts, and when it is over', () => {
  const said: string[] = []
  let now = 0
  const errors = openSyncErrors(
    (line) => said.push(line),
    () => now,
  )
  for (; now <= 125_000; now += 1_000) errors.tell(new Error('Redis is away'))
  expect(errors.last()).toBe('Redis is away')
  errors.tell(new Error('MySQL is away'))
  errors.over()
  errors.over()
  expect(errors.last()).toBeNull()
  errors.tell(new Error('MySQL is away'))
  expect(said).toEqual([
    'sync: held, nothing is lost: Redis is away',
    'sync: still held after 60 s: Redis is away',
    'sync: still held after 120 s: Redis is away',
    'sync: held, nothing is lost: MySQL is away',
    'sync: goes on',
    'sync: held, nothing is lost: MySQL is away',
  ])
})
