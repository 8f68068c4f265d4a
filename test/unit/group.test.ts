// Bounded parallel work that ends together.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { group } from '../../server/channel/group.ts'

const settle = () => new Promise((resolve) => setImmediate(resolve))

test('each item is worked on once, and never more than the width at a time', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 30 }),
      fc.integer({ min: 1, max: 6 }),
      async (turns, width) => {
        const done: number[] = []
        let underWay = 0
        let max = 0
        await group(turns.keys(), width, async (item) => {
          underWay += 1
          max = Math.max(max, underWay)
          for (let turn = turns[item] ?? 0; turn > 0; turn -= 1) await settle()
          underWay -= 1
          done.push(item)
        })
        expect(done.sort((a, b) => a - b)).toEqual([...turns.keys()])
        expect(max).toBeLessThanOrEqual(width)
        if (turns.length >= width) expect(max).toBe(width)
      },
    ),
    { numRuns: 50 },
  )
})

test('the first error cancels the rest, and is thrown when all have ended', async () => {
  const told: string[] = []
  const work = async (item: number, signal: AbortSignal): Promise<void> => {
    told.push(`began ${item}`)
    await settle()
    if (item === 2) throw new Error('no such room')
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
    await settle()
    told.push(`ended ${item}`)
    throw new Error('a later error')
  }
  await expect(group([1, 2, 3, 4, 5], 3, work)).rejects.toThrow('no such room')
  expect(told).toEqual(['began 1', 'began 2', 'began 3', 'ended 1', 'ended 3'])
})

test('an abort from outside reaches the work, and no more is begun', async () => {
  const stop = new AbortController()
  const begun: number[] = []
  const running = group(
    [1, 2, 3],
    1,
    async (item, signal) => {
      begun.push(item)
      await settle()
      expect(signal.aborted).toBe(true)
    },
    stop.signal,
  )
  stop.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  expect(begun).toEqual([1])
})

test('an iterable is read no further than the work has progressed, and is closed', async () => {
  let read = 0
  let isClosed = false
  const endless = function* (): Generator<number> {
    try {
      for (;;) yield (read += 1)
    } finally {
      isClosed = true
    }
  }
  const work = async (item: number): Promise<void> => {
    if (item === 4) throw new Error('enough')
  }
  await expect(group(endless(), 2, work)).rejects.toThrow('enough')
  expect(read).toBeLessThanOrEqual(5)
  expect(isClosed).toBe(true)
})

test('a width below 1 is refused', async () => {
  await expect(group([1], 0, () => Promise.resolve())).rejects.toThrow(RangeError)
})
