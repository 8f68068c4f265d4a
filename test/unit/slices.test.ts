// Long computations are done in slices, one at a time, with pauses between them.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Slices } from '../../server/channel/slices.ts'

// Trap: on a faked clock an immediate takes a millisecond.
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A computation of so many steps of 1 ms each; `done` says who did a step when, in ms. */
async function computes(name: string, steps: number, slices: Slices, done: string[]): Promise<void> {
  const rest = slices.begin()
  for (let step = 0; step < steps; step += 1) {
    done.push(`${name} ${Math.round(performance.now() - start)}`)
    clock += 1
    await rest()
  }
}

let start = 0
let clock = 0
beforeEach(() => {
  start = performance.now()
  clock = 0
})

test('a computation that is shorter than a slice never waits', async () => {
  const slices = new Slices({ sliceMs: 3, restTimes: 2, now: () => clock })
  const rest = slices.begin()
  clock = 2
  expect(rest()).toBeUndefined()
  clock = 3
  expect(rest()).toBeInstanceOf(Promise)
})

test('two that compute have one slice at a time between them, and pauses after it', async () => {
  const slices = new Slices({ sliceMs: 2, restTimes: 2, now: () => clock })
  const done: string[] = []
  const both = Promise.all([computes('a', 4, slices, done), computes('b', 4, slices, done)])
  await vi.advanceTimersByTimeAsync(50)
  await both
  expect(done).toEqual(['a 0', 'b 0', 'a 0', 'b 0', 'a 4', 'a 4', 'b 9', 'b 9'])
})

test('what cannot be divided is done alone, and has a longer pause after it', async () => {
  const slices = new Slices({ sliceMs: 2, restTimes: 2, now: () => clock })
  const done: number[] = []
  for (let i = 0; i < 3; i += 1)
    void slices.next().then(() => {
      done.push(Math.round(performance.now() - start))
      clock += 10
    })
  await vi.advanceTimersByTimeAsync(100)
  expect(done).toEqual([4, 25, 46])
})
