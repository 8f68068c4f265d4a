import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useReading } from '../../../web/room/reading.ts'
import { ann, message, notice } from './said.ts'

let atEnd: boolean[]
let read: number[]
/** The pointer, here and elsewhere. */
let pointer: number
let isLooking = true
let reading: ReturnType<typeof useReading>

beforeEach(() => {
  vi.useFakeTimers()
  atEnd = []
  read = []
  pointer = 0
  isLooking = true
  reading = useReading({
    ...{ own: ann.id, atEnd: (is) => atEnd.push(is), isLooking: () => isLooking },
    readUpTo: () => pointer,
    read: (seq) => {
      read.push(seq)
      pointer = Math.max(pointer, seq)
    },
  })
  reading.open(10, undefined)
})
afterEach(() => vi.useRealTimers())

describe('a reader', () => {
  it('at the end sees nothing unseen come while it is being drawn', () => {
    reading.seenTo(10)
    reading.hear([message(11)])
    expect(reading.unseen.value).toBe(0)
    vi.advanceTimersByTime(100)
    reading.seenTo(11)
    vi.advanceTimersByTime(10_000)
    expect(atEnd).toEqual([true])
    expect(read).toEqual([10, 11])
  })

  it('stays at the end in a stream that is never wholly drawn', () => {
    reading.seenTo(10)
    for (let seq = 11; seq < 300; seq += 1) {
      reading.hear([message(seq)])
      vi.advanceTimersByTime(10)
      if (seq > 15) reading.seenTo(seq - 5)
    }
    expect(atEnd).toEqual([true])
    expect(reading.unseen.value).toBe(0)
  })

  it('who does not see what came is not at the end any more', () => {
    reading.seenTo(10)
    reading.hear([message(11), message(12)])
    vi.advanceTimersByTime(500)
    expect(atEnd).toEqual([true, false])
    expect(reading.unseen.value).toBe(2)
  })

  it('who scrolls up is not at the end, and what comes is unseen until they are back', () => {
    reading.seenTo(10)
    reading.seenTo(6)
    expect(atEnd).toEqual([true, false])
    reading.hear([message(11), message(12, { user: ann }), notice(13), message(14)])
    expect(reading.unseen.value).toBe(2)
    vi.advanceTimersByTime(1_000)
    reading.seenTo(12)
    expect(reading.unseen.value).toBe(1)
    reading.seenTo(14)
    expect(reading.unseen.value).toBe(0)
    expect(atEnd).toEqual([true, false, true])
  })

  it('who looks away is not at the end', () => {
    reading.seenTo(10)
    reading.leave()
    reading.hear([message(11)])
    expect(atEnd).toEqual([true, false])
    expect(reading.unseen.value).toBe(1)
  })

  it('hears of a message again without counting it again', () => {
    reading.hear([message(11)])
    reading.hear([message(11), message(9)])
    expect(reading.unseen.value).toBe(1)
  })

  it('who was elsewhere finds the line above the first that came, once all before it was read', () => {
    reading.seenTo(10)
    isLooking = false
    reading.hear([message(11, { user: ann }), message(12)])
    reading.hear([message(13)])
    expect(reading.firstUnread.value).toBe(12)
    reading.seenTo(13)
    isLooking = true
    reading.hear([message(14)])
    expect(reading.firstUnread.value).toBe(12)
    isLooking = false
    reading.hear([message(15)])
    expect(reading.firstUnread.value).toBe(14)
    reading.seenTo(15)
    reading.hear([message(16)])
    expect(reading.firstUnread.value).toBe(16)
  })

  it('whose machine slept finds it above what they had not read on another one', () => {
    reading.seenTo(10)
    reading.returned(14)
    pointer = 12
    reading.hear([11, 12, 13, 14].map((seq) => message(seq)))
    expect(reading.firstUnread.value).toBe(13)
  })

  it('does not read what they marked unread by having it on screen, until they open the room again or go on', () => {
    const markUnread = (): void => {
      pointer = 6
      reading.hold(6)
    }
    reading.seenTo(10)
    markUnread()
    expect([atEnd, reading.firstUnread.value]).toEqual([[true, false], 7])
    reading.seenTo(10)
    expect(read).toEqual([10])
    reading.open(10, 7)
    reading.seenTo(10)
    expect(read).toEqual([10, 10])
    markUnread()
    reading.goOn()
    reading.seenTo(10)
    expect(read).toEqual([10, 10, 10])
  })

  it('reads on once what they marked unread is read on another device', () => {
    reading.seenTo(10)
    pointer = 6
    reading.hold(6)
    reading.seenTo(10)
    pointer = 9
    reading.readElsewhere()
    expect(read).toEqual([10, 10])
  })

  it('finds the line above what came while it was held, whichever is heard of first: that, or that it is read elsewhere', () => {
    for (const order of ['messages first', 'reading first']) {
      pointer = 0
      reading.open(10, undefined)
      reading.seenTo(10)
      pointer = 6
      reading.hold(6)
      reading.returned(13)
      const come = (): void => reading.hear([11, 12, 13].map((seq) => message(seq)))
      if (order === 'messages first') come()
      pointer = 11
      reading.readElsewhere()
      if (order === 'reading first') come()
      expect([order, reading.firstUnread.value]).toEqual([order, 12])
      reading.seenTo(13)
      expect([order, read.at(-1)]).toEqual([order, 13])
    }
  })
})
