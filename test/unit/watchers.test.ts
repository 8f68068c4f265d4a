// Who is told how people look: only those who look, together, and the more seldom the more look.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import type { LooksEvent } from '../../server/protocol/events.ts'
import type { Presence } from '../../server/protocol/profiles.ts'
import { Watchers } from '../../server/profiles/watchers.ts'

class Browser {
  frames: string[] = []
  tellLines(lines: readonly string[]): void {
    this.frames.push(...lines)
  }

  /** What it was told since the last time. */
  news(): string[] {
    return this.frames
      .splice(0)
      .map((line) => JSON.parse(line) as LooksEvent)
      .map(({ people }) => people.map(({ id, presence }) => `${id} ${presence}`).join(', '))
  }
}

const states = new Map<string, Presence>()
let watchers: Watchers
const become = (id: string, presence: Presence): void => {
  states.set(id, presence)
  watchers.changed([id])
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
  states.clear()
  watchers = new Watchers((id) => ({ id, presence: states.get(id) ?? 'offline' }))
})
afterEach(() => {
  watchers.close()
  vi.useRealTimers()
})

const { tellEveryMs, writesPerSecond } = limits.presence
const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)

test('whoever looks is told at once how it is, and then what changes; nobody else is', async () => {
  const [one, two] = [new Browser(), new Browser()]
  watchers.watch(one, ['1', '2'])
  expect(one.news()).toEqual(['1 offline, 2 offline'])
  watchers.watch(one, ['2', '3'])
  expect(one.news()).toEqual(['3 offline'])
  become('1', 'online')
  become('2', 'online')
  become('3', 'idle')
  become('2', 'dnd')
  await pass(tellEveryMs)
  expect([one.news(), two.news()]).toEqual([['2 dnd, 3 idle'], []])
  watchers.forget(one)
  become('2', 'online')
  await pass(60_000)
  expect(one.news()).toEqual([])
})

test('ten thousand who look at one who comes and goes are told every five seconds', async () => {
  const browsers = Array.from({ length: 10_000 }, () => new Browser())
  for (const one of browsers) watchers.watch(one, ['1'])
  for (const one of browsers) one.news()
  const turns: number[] = []
  const began = performance.now()
  while (performance.now() - began < 20_000) {
    become('1', states.get('1') === 'online' ? 'idle' : 'online')
    await pass(100)
    // They are told in slices.
    await vi.waitFor(() => expect(new Set(browsers.map(({ frames }) => frames.length)).size).toBe(1))
    if (browsers[0]?.frames.length !== turns.length) turns.push(performance.now() - began)
  }
  expect(turns.length).toBeGreaterThan(2)
  const apart = turns.slice(1).map((at, index) => at - (turns[index] ?? 0))
  for (const ms of apart) expect(ms).toBeGreaterThanOrEqual((10_000 / writesPerSecond) * 1_000)
})
