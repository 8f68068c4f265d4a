// Who is online, on any process: a bus without Redis, and clocks that the test controls.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Bus, Signal } from '../../server/bus.ts'
import type { PresenceEvent } from '../../server/protocol/events.ts'
import { Presence } from '../../server/socket/presence.ts'

class FakeBus implements Pick<Bus, 'publish' | 'subscribe'> {
  readonly signals: Signal[] = []
  readonly #listeners = new Set<(signal: Signal) => void>()

  publish(signal: Signal): void {
    this.signals.push(signal)
    const text = JSON.stringify(signal)
    for (const listener of this.#listeners) listener(JSON.parse(text) as Signal)
  }

  subscribe(listener: (signal: Signal) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** A process on a bus; what it tells its rooms is recorded as "+person" and "-person". */
class Process {
  readonly told: PresenceEvent[] = []
  readonly presence: Presence
  /** Its connection to the others; cut: it sends nothing more, as if it had been killed. */
  isCut = false

  constructor(bus: FakeBus, name: string) {
    const line: Pick<Bus, 'publish' | 'subscribe'> = {
      publish: (signal) => {
        if (!this.isCut) bus.publish(signal)
      },
      subscribe: (listener) =>
        bus.subscribe((signal) => {
          if (!this.isCut) listener(signal)
        }),
    }
    this.presence = new Presence({
      bus: line,
      process: name,
      log: { isShedding: false },
      rooms: { announce: (event) => this.told.push(event as PresenceEvent), sizeOf: () => 1 },
    })
  }

  /** What its rooms were told since the last time, by room. */
  news(): Record<string, string[]> {
    const news: Record<string, string[]> = {}
    for (const { room, here, away } of this.told.splice(0))
      (news[room] ??= []).push(...here.map((user) => `+${user}`), ...away.map((user) => `-${user}`))
    return news
  }
}

let bus: FakeBus
let one: Process
let two: Process
beforeEach(() => {
  vi.useFakeTimers()
  bus = new FakeBus()
  one = new Process(bus, 'one')
  two = new Process(bus, 'two')
})
afterEach(() => void vi.useRealTimers())

const toldMs = 500
const awayMs = 5_000
const wholeMs = 10_000

describe('somebody who comes', () => {
  test('is online on every process at once, and their rooms are told within half a second', () => {
    one.presence.came('ann', ['7', '8'])
    expect([one.presence.isHere('ann'), two.presence.isHere('ann')]).toEqual([true, true])
    expect(two.news()).toEqual({})
    vi.advanceTimersByTime(toldMs)
    expect(one.news()).toEqual({ 7: ['+ann'], 8: ['+ann'] })
    expect(two.news()).toEqual({ 7: ['+ann'], 8: ['+ann'] })
  })

  test('is announced together with others who came meanwhile', () => {
    one.presence.came('ann', ['7'])
    two.presence.came('bob', ['7'])
    vi.advanceTimersByTime(toldMs)
    expect(one.told).toEqual([{ type: 'presence', room: '7', here: ['ann', 'bob'], away: [] }])
  })

  test('is announced once, however often they come', () => {
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(toldMs)
    one.news()
    one.presence.came('ann', ['7'])
    two.presence.came('ann', ['7'])
    vi.advanceTimersByTime(3 * wholeMs)
    expect(one.news()).toEqual({})
    expect(two.news()).toEqual({ 7: ['+ann'] })
  })

  test('to one more room is announced there, and nowhere again', () => {
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(toldMs)
    expect([one.news(), two.news()]).toEqual([{ 7: ['+ann'] }, { 7: ['+ann'] }])
    one.presence.came('ann', ['7', '9'])
    vi.advanceTimersByTime(toldMs)
    expect([one.news(), two.news()]).toEqual([{ 9: ['+ann'] }, { 9: ['+ann'] }])
  })
})

describe('somebody who goes', () => {
  beforeEach(() => {
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(toldMs)
    one.news()
    two.news()
  })

  test('is away after a moment, on every process', () => {
    one.presence.went('ann')
    vi.advanceTimersByTime(awayMs - 1)
    expect([one.presence.isHere('ann'), two.presence.isHere('ann')]).toEqual([true, true])
    vi.advanceTimersByTime(1)
    expect([one.presence.isHere('ann'), two.presence.isHere('ann')]).toEqual([false, false])
    vi.advanceTimersByTime(toldMs)
    expect([one.news(), two.news()]).toEqual([{ 7: ['-ann'] }, { 7: ['-ann'] }])
  })

  test('and comes back within it, has only reloaded: nobody is told', () => {
    one.presence.went('ann')
    vi.advanceTimersByTime(awayMs - 1)
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(3 * wholeMs)
    expect([one.news(), two.news()]).toEqual([{}, {}])
    expect(two.presence.isHere('ann')).toBe(true)
  })

  test('and comes back to another process, has only moved: nobody is told', () => {
    one.presence.went('ann')
    two.presence.came('ann', ['7'])
    vi.advanceTimersByTime(3 * wholeMs)
    expect([one.news(), two.news()]).toEqual([{}, {}])
    expect(one.presence.isHere('ann')).toBe(true)
  })

  test('from one device while connected with another, stays', () => {
    two.presence.came('ann', ['7'])
    one.presence.went('ann')
    vi.advanceTimersByTime(awayMs + toldMs)
    expect([one.presence.isHere('ann'), two.presence.isHere('ann')]).toEqual([true, true])
    two.presence.went('ann')
    vi.advanceTimersByTime(awayMs + toldMs)
    expect([one.news(), two.news()]).toEqual([{ 7: ['-ann'] }, { 7: ['-ann'] }])
  })

  test('and came in the same half second, is announced by how it ended', () => {
    one.presence.went('ann')
    vi.advanceTimersByTime(awayMs)
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(toldMs)
    expect(two.told).toEqual([{ type: 'presence', room: '7', here: ['ann'], away: [] }])
  })
})

test('who has left a room does not go away from it later', () => {
  one.presence.came('ann', ['7', '9'])
  one.presence.came('ann', ['7'])
  vi.advanceTimersByTime(toldMs)
  two.news()
  one.presence.went('ann')
  vi.advanceTimersByTime(awayMs + toldMs)
  expect(two.news()).toEqual({ 7: ['-ann'] })
})

describe('a process', () => {
  test('that is new knows at once who is online', () => {
    one.presence.came('ann', ['7'])
    const three = new Process(bus, 'three')
    expect(three.presence.isHere('ann')).toBe(true)
  })

  test('announces who came and went, and everybody only at intervals', () => {
    one.presence.came('ann', ['7'])
    one.presence.came('bob', ['8'])
    bus.signals.length = 0
    one.presence.came('cho', ['7'])
    expect(bus.signals).toEqual([
      { kind: 'presence', process: 'one', whole: false, here: [['cho', ['7']]], away: [] },
    ])
    vi.advanceTimersByTime(wholeMs)
    const whole = bus.signals.filter(
      (signal) => signal.kind === 'presence' && signal.process === 'one' && signal.whole,
    )
    expect(whole).toEqual([
      {
        kind: 'presence',
        process: 'one',
        whole: true,
        away: [],
        here: [
          ['ann', ['7']],
          ['bob', ['8']],
          ['cho', ['7']],
        ],
      },
    ])
  })

  test('that missed an arrival gets it with the next full announcement, and a departure too', () => {
    two.isCut = true
    one.presence.came('ann', ['7'])
    two.isCut = false
    expect(two.presence.isHere('ann')).toBe(false)
    vi.advanceTimersByTime(wholeMs)
    expect(two.presence.isHere('ann')).toBe(true)

    one.presence.went('ann')
    two.isCut = true
    vi.advanceTimersByTime(awayMs)
    two.isCut = false
    expect(two.presence.isHere('ann')).toBe(true)
    vi.advanceTimersByTime(wholeMs)
    expect(two.presence.isHere('ann')).toBe(false)
  })

  test('that falls silent takes its people with it, but not those who are elsewhere', () => {
    one.presence.came('ann', ['7'])
    one.presence.came('bob', ['7'])
    two.presence.came('bob', ['7'])
    vi.advanceTimersByTime(toldMs)
    two.news()
    one.isCut = true
    vi.advanceTimersByTime(2 * wholeMs)
    expect(two.presence.isHere('ann'), 'a word may be lost').toBe(true)
    vi.advanceTimersByTime(2 * wholeMs + toldMs)
    expect(two.presence.isHere('ann')).toBe(false)
    expect(two.presence.isHere('bob')).toBe(true)
    expect(two.news()).toEqual({ 7: ['-ann'] })
  })

  test('that was silent and is back brings its people back', () => {
    one.presence.came('ann', ['7'])
    one.isCut = true
    vi.advanceTimersByTime(5 * wholeMs)
    expect(two.presence.isHere('ann')).toBe(false)
    two.news()
    one.isCut = false
    vi.advanceTimersByTime(wholeMs + toldMs)
    expect(two.presence.isHere('ann')).toBe(true)
    expect(two.news()).toEqual({ 7: ['+ann'] })
  })

  test('does not forget its own people, however long nothing happens', () => {
    one.presence.came('ann', ['7'])
    vi.advanceTimersByTime(100 * wholeMs)
    expect([one.presence.isHere('ann'), two.presence.isHere('ann')]).toEqual([true, true])
  })

  test('that stops says so: its people are away at once for the others, and it has no timer left', () => {
    const before = vi.getTimerCount()
    const three = new Process(bus, 'three')
    three.presence.came('ann', ['7'])
    three.presence.came('bob', ['7'])
    three.presence.went('bob')
    expect(two.presence.isHere('ann')).toBe(true)
    three.presence.close()
    expect(two.presence.isHere('ann')).toBe(false)
    expect(vi.getTimerCount()).toBe(before)
  })
})
