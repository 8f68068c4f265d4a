// That something is away is told once, and once that it is back.
import { expect, test } from 'vitest'
import { openOutages } from '../../server/logging/outages.ts'

function open() {
  const told: string[] = []
  let now = 0
  const outages = openOutages(
    (line) => told.push(line),
    () => now,
  )
  return { told, outages, at: (ms: number) => (now = ms) }
}

test('one failure is no outage; the second is told, and the return with its length', () => {
  const { told, outages, at } = open()
  outages.failed('MySQL', 'EPIPE')
  expect(told).toEqual([])
  at(1_000)
  outages.failed('MySQL', 'ECONNREFUSED')
  outages.failed('MySQL', 'ECONNREFUSED')
  at(2_500)
  outages.works('MySQL')
  outages.works('MySQL')
  expect(told).toEqual(['MySQL is away: ECONNREFUSED', 'MySQL is back after 2.5 s'])
})

test('the late answer to what was asked before a failure is no return', () => {
  const { told, outages, at } = open()
  at(100)
  for (const why of ['EPIPE', 'ECONNREFUSED']) outages.failed('MySQL', why)
  at(200)
  outages.works('MySQL', 50)
  outages.failed('MySQL', 'ECONNREFUSED')
  at(300)
  outages.works('MySQL', 150)
  expect(told).toHaveLength(1)
  outages.works('MySQL', 250)
  expect(told).toEqual(['MySQL is away: ECONNREFUSED', 'MySQL is back after 0.2 s'])
})
