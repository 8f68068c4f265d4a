// What a bulk job may take, on a clock that the test controls.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Share, type Busyness } from '../../server/channel/share.ts'

/** A clock that moves only while somebody sleeps. */
function fakeClock(each: (now: number) => void = () => undefined) {
  let time = 0
  return {
    now: () => time,
    sleep: async (ms: number) => {
      time += ms
      each(time)
    },
  }
}

/** Permits taken per second of `seconds`, in blocks of `block`. */
async function takenPerSecond(busyness: (now: number) => Busyness, seconds: number, block = 10) {
  const clock = fakeClock()
  const share = new Share(1_000, () => busyness(clock.now()), clock)
  const taken = Array<number>(seconds).fill(0)
  for (;;) {
    await share.take(block)
    const second = Math.floor(clock.now() / 1_000)
    if (second >= seconds) return taken
    taken[second] = (taken[second] ?? 0) + block
  }
}

test('a bulk job takes 80 of 100 while nobody else is there', async () => {
  for (const taken of await takenPerSecond(() => 'free', 5)) expect(taken).toBeCloseTo(800, -2)
})

test('it takes 50 of 100 while people post, and 80 again when they have stopped', async () => {
  const taken = await takenPerSecond((now) => (now >= 2_000 && now < 4_000 ? 'busy' : 'free'), 6)
  expect(taken.map((count) => Math.round(count / 100))).toEqual([8, 8, 5, 5, 8, 8])
})

test('it takes nothing while its target must catch up', async () => {
  const taken = await takenPerSecond((now) => (now >= 1_000 && now < 3_000 ? 'full' : 'free'), 5)
  expect(taken[1]).toBe(0)
  expect(taken[2]).toBe(0)
  expect(taken[3]).toBeCloseTo(800, -2)
})

test('over any period it takes no more than its permits and one block', async () => {
  const states = fc.array(fc.constantFrom<Busyness>('free', 'busy', 'full'), { minLength: 1, maxLength: 20 })
  const blocks = fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 5, maxLength: 40 })
  await fc.assert(
    fc.asyncProperty(states, blocks, async (busy, counts) => {
      const clock = fakeClock()
      // The last state lasts, and it is never full, so that every block gets through.
      const stateAt = (ms: number): Busyness => busy[Math.floor(ms / 250)] ?? 'free'
      const share = new Share(1_000, () => stateAt(clock.now()), clock)
      const takes: { at: number; count: number }[] = []
      for (const count of counts) {
        await share.take(count)
        takes.push({ at: clock.now(), count })
      }
      for (const [from, first] of takes.entries()) {
        let sum = 0
        for (const { at, count } of takes.slice(from)) {
          const block = count
          expect(sum).toBeLessThanOrEqual(0.8 * (at - first.at) + Math.max(...counts))
          sum += block
        }
      }
    }),
    { numRuns: 100 },
  )
})

test('a wait for permits can be aborted', async () => {
  const stop = new AbortController()
  const clock = fakeClock((now) => {
    if (now >= 500) stop.abort(new Error('enough'))
  })
  const share = new Share(1_000, () => 'full', clock)
  await expect(share.take(1, stop.signal)).rejects.toThrow('enough')
})
