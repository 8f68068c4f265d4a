import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useReading } from '../../../web/conversation/pages/reading.ts'
import { ann, message, notice, numbers } from './said.ts'

let atEnd: boolean[]
let read: number[]
/** The pointer, here and elsewhere. */
let pointer: number
let isLooking = true
/** Numbers of others' messages that are in the room. */
let unread: number[]
let reading: ReturnType<typeof useReading>

/** One message on screen, or those from `from` on. */
const sees = (seq: number, from = seq): void => reading.seenTo(seq, from)

beforeEach(() => {
  vi.useFakeTimers()
  atEnd = []
  read = []
  pointer = 0
  isLooking = true
  unread = []
  reading = useReading({
    own: ann.id,
    atEnd: (is) => atEnd.push(is),
    isLooking: () => isLooking,
    readUpTo: () => pointer,
    isUnreadBetween: (after, from) => unread.some((seq) => seq > after && seq < from),
    read: (seq) => {
      read.push(seq)
      pointer = Math.max(pointer, seq)
    },
  })
  reading.open(10, undefined)
})
afterEach(() => vi.useRealTimers())

describe('a reader', () => {
  it('at the end misses nothing that arrives while it is being drawn', () => {
    sees(10)
    reading.hear([message(11)])
    expect(reading.unseen.value).toBe(0)
    vi.advanceTimersByTime(100)
    sees(11)
    vi.advanceTimersByTime(10_000)
    expect(atEnd).toEqual([true])
    expect(read).toEqual([10, 11])
  })

  it('stays at the end in a stream that is never entirely drawn', () => {
    sees(10)
    for (let seq = 11; seq < 300; seq += 1) {
      reading.hear([message(seq)])
      vi.advanceTimersByTime(10)
      if (seq > 15) sees(seq - 5)
    }
    expect(atEnd).toEqual([true])
    expect(reading.unseen.value).toBe(0)
  })

  it('who does not see what arrived is no longer at the end', () => {
    sees(10)
    reading.hear([message(11), message(12)])
    vi.advanceTimersByTime(500)
    expect(atEnd).toEqual([true, false])
    expect(reading.unseen.value).toBe(2)
  })

  it('who scrolls up is not at the end, and new messages are unseen until they are back', () => {
    sees(10)
    sees(6)
    expect(atEnd).toEqual([true, false])
    reading.hear([message(11), message(12, { user: ann }), notice(13), message(14)])
    expect(reading.unseen.value).toBe(2)
    vi.advanceTimersByTime(1_000)
    sees(12)
    expect(reading.unseen.value).toBe(1)
    sees(14)
    expect(reading.unseen.value).toBe(0)
    expect(atEnd).toEqual([true, false, true])
  })

  it('who looks away is not at the end', () => {
    sees(10)
    reading.leave()
    reading.hear([message(11)])
    expect(atEnd).toEqual([true, false])
    expect(reading.unseen.value).toBe(1)
  })

  it('does not count a repeated message again', () => {
    reading.hear([message(11)])
    reading.hear([message(11), message(9)])
    expect(reading.unseen.value).toBe(1)
  })

  it('who was elsewhere finds the line above the first new message, once everything before it was read', () => {
    sees(10)
    isLooking = false
    reading.hear([message(11, { user: ann }), message(12)])
    reading.hear([message(13)])
    expect(reading.firstUnread.value).toBe(12)
    sees(13)
    isLooking = true
    reading.hear([message(14)])
    expect(reading.firstUnread.value).toBe(12)
    isLooking = false
    reading.hear([message(15)])
    expect(reading.firstUnread.value).toBe(14)
    sees(15)
    reading.hear([message(16)])
    expect(reading.firstUnread.value).toBe(16)
  })

  it('whose machine slept finds it above what they had not read on another one', () => {
    sees(10)
    reading.returned(14)
    pointer = 12
    reading.hear([11, 12, 13, 14].map((seq) => message(seq)))
    expect(reading.firstUnread.value).toBe(13)
  })

  it('does not read what they marked unread by having it on screen, until they open the room again or continue', () => {
    const markUnread = (): void => {
      pointer = 6
      reading.hold(6)
    }
    sees(10)
    markUnread()
    expect([atEnd, reading.firstUnread.value]).toEqual([[true, false], 7])
    sees(10)
    expect(read).toEqual([10])
    reading.open(10, 7)
    sees(10)
    expect(read).toEqual([10, 10])
    markUnread()
    reading.goOn()
    sees(10)
    expect(read).toEqual([10, 10, 10])
  })

  it('continues once what they marked unread is read on another device', () => {
    sees(10)
    pointer = 6
    reading.hold(6)
    sees(10)
    pointer = 9
    reading.readElsewhere()
    expect(read).toEqual([10, 10])
  })

  it('finds the line above what arrived while it was held, in whatever order the events came', () => {
    for (const order of ['messages first', 'reading first']) {
      pointer = 0
      reading.open(10, undefined)
      sees(10)
      pointer = 6
      reading.hold(6)
      reading.returned(13)
      const come = (): void => reading.hear([11, 12, 13].map((seq) => message(seq)))
      if (order === 'messages first') come()
      pointer = 11
      reading.readElsewhere()
      if (order === 'reading first') come()
      expect([order, reading.firstUnread.value]).toEqual([order, 12])
      sees(13)
      expect([order, read.at(-1)]).toEqual([order, 13])
    }
  })

  it('does not read what they jump over, until they go there or mark it as read', () => {
    unread = [11, 12, 40, 41]
    sees(10)
    sees(41, 40)
    expect([read.at(-1), atEnd, reading.isSkipping.value]).toEqual([10, [true, false], true])
    // What comes then, on screen or not, is not read either: there is one pointer.
    reading.hear([message(42)])
    sees(42, 41)
    expect(read.at(-1)).toBe(10)
    reading.goBack()
    expect(reading.firstUnread.value).toBe(11)
    sees(30, 11)
    sees(42, 30)
    expect([read.at(-1), atEnd.at(-1), reading.isSkipping.value]).toEqual([42, true, false])
    unread.push(50, 60)
    sees(60, 60)
    expect(read.at(-1)).toBe(42)
    pointer = 60
    reading.readElsewhere()
    expect([read.at(-1), reading.isSkipping.value]).toEqual([60, false])
  })

  it('who looks on while more arrives than fits has it all before them', () => {
    sees(10)
    unread = numbers(11, 40)
    reading.hear(unread.map((seq) => message(seq)))
    sees(40, 35)
    expect([read.at(-1), reading.isSkipping.value]).toEqual([40, false])
    isLooking = false
    unread = numbers(41, 70)
    reading.hear(unread.map((seq) => message(seq)))
    isLooking = true
    sees(70, 65)
    expect([read.at(-1), reading.isSkipping.value]).toEqual([40, true])
  })
})
