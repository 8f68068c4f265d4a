// @vitest-environment happy-dom
// How often a page hears what the socket brings: once a frame, less often while it is slow, once a second while hidden.
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ServerEvent } from '../../../server/protocol/events.ts'
import { GatheredFrames, pauseAfter } from '../../../web/wire/gathered-frames.ts'

const event = (seq: number): ServerEvent => ({ type: 'archived', room: '7', seq })
const seqs = (events: readonly ServerEvent[]) => events.map((one) => ('seq' in one ? one.seq : undefined))
const heard: (number | undefined)[][] = []
let hidden = false
let frames: GatheredFrames

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(document, 'hidden', 'get').mockImplementation(() => hidden)
  hidden = false
  heard.length = 0
  frames = new GatheredFrames((events) => heard.push(seqs(events)))
})
afterEach(() => {
  frames.drop()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

const look = (is: boolean) => {
  hidden = !is
  document.dispatchEvent(new Event('visibilitychange'))
}

it('what comes within a frame is heard at once, in order', async () => {
  for (const seq of [1, 2, 3]) frames.add([event(seq)])
  frames.add([event(4), event(5)])
  expect(heard).toEqual([])
  await vi.advanceTimersByTimeAsync(16)
  expect(heard).toEqual([[1, 2, 3, 4, 5]])
})

it('a hundred messages in a second are heard at most sixty times', async () => {
  for (let seq = 1; seq <= 100; seq += 1) {
    frames.add([event(seq)])
    await vi.advanceTimersByTimeAsync(10)
  }
  await vi.advanceTimersByTimeAsync(16)
  expect(heard.flat()).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
  expect(heard.length).toBeLessThanOrEqual(64)
})

it('a hidden page hears them once a second, and all that waits once somebody looks', async () => {
  look(false)
  for (let seq = 1; seq <= 100; seq += 1) {
    frames.add([event(seq)])
    await vi.advanceTimersByTimeAsync(33)
  }
  expect(heard.length).toBeLessThanOrEqual(4)
  look(true)
  expect(heard.flat()).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
})

it('a visible page that gets no frames hears them all the same', async () => {
  vi.stubGlobal('requestAnimationFrame', () => 1)
  frames.add([event(1)])
  await vi.advanceTimersByTimeAsync(300)
  expect(heard).toEqual([[1]])
  vi.unstubAllGlobals()
})

it('what came is heard before the connection ends, and nothing after the person has left', async () => {
  frames.add([event(1)])
  frames.flush()
  expect(heard).toEqual([[1]])
  frames.add([event(2)])
  frames.drop()
  await vi.advanceTimersByTimeAsync(2_000)
  expect(heard).toEqual([[1]])
})

it.each([
  [5, 0],
  [25, 0],
  [30, 100],
  [50, 150],
  [400, 250],
])('a piece that took %i ms is followed by a pause of %i', (took, pause) =>
  expect(pauseAfter(took)).toBe(pause),
)
