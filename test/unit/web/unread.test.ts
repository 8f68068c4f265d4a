import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import {
  fromSummary,
  heardOf,
  merged,
  positionIn,
  readUpTo,
  toldRead,
  unreadCount,
} from '../../../web/rooms/unread.ts'
import { ann, bob, message, notice, numbers } from './said.ts'

const at = (head: number, read: number, unread: number) => fromSummary({ head, read, unread })
const hears = (unread: ReturnType<typeof at>, ...seqs: number[]) =>
  heardOf(
    unread,
    seqs.map((seq) => message(seq)),
    Math.max(...seqs),
    ann.id,
  )

describe('what is unread', () => {
  it('is what others say, not what one says oneself, and no notice', () => {
    const heard = heardOf(at(10, 10, 0), [message(11), message(12, { user: ann }), notice(13)], 13, ann.id)
    expect(unreadCount(heard)).toBe(1)
    expect(heard.head).toBe(13)
  })

  it('counts a number once, however often and in whatever order it is told', () => {
    const order = fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 1 })
    fc.assert(
      fc.property(order, (seqs) => {
        const heard = seqs.reduce((unread, seq) => hears(unread, seq), at(10, 8, 2))
        expect(unreadCount(heard)).toBe(2 + new Set(seqs.filter((seq) => seq > 10)).size)
      }),
    )
  })

  it('is what the slow way of counting gives, after any mixture of hearing and reading', () => {
    const hear = fc.record({ hear: fc.integer({ min: 11, max: 30 }) })
    const read = fc.record({ read: fc.integer({ min: 10, max: 30 }) })
    fc.assert(
      fc.property(fc.array(fc.oneof(hear, read)), (steps) => {
        let unread = at(10, 10, 0)
        let marker = 10
        const heard = new Set<number>()
        for (const step of steps) {
          if ('hear' in step) {
            // The number is heard before it is read past: nobody reads what was not heard.
            if (step.hear <= marker) continue
            unread = hears(unread, step.hear)
            heard.add(step.hear)
          } else {
            unread = readUpTo(unread, step.read)
            marker = Math.max(marker, step.read)
          }
          expect(unreadCount(unread)).toBe([...heard].filter((seq) => seq > marker).length)
        }
      }),
    )
  })

  it('stops at what a badge shows', () => {
    expect(unreadCount(hears(at(10, 10, 0), ...numbers(11, 3_000)))).toBe(limits.unreadMost)
    expect(unreadCount(hears(at(10, 0, 999), 11, 12))).toBe(limits.unreadMost)
  })
})

describe('reading', () => {
  it('never goes back', () => {
    expect(readUpTo(at(10, 8, 2), 5)).toEqual(at(10, 8, 2))
  })

  it('leaves what came after it', () => {
    expect(unreadCount(readUpTo(hears(at(10, 5, 5), 11, 12, 13), 11))).toBe(2)
  })

  it('into what only the server has counted waits for its word', () => {
    const halfway = readUpTo(hears(at(10, 5, 5), 11), 7)
    expect(unreadCount(halfway)).toBe(6)
    expect(unreadCount(readUpTo(halfway, 7, 3))).toBe(3)
  })

  it('on another device clears the badge here', () => {
    expect(unreadCount(readUpTo(hears(at(10, 5, 5), 11), 11, 0))).toBe(0)
  })
})

describe('a summary that comes', () => {
  it('is believed when it is newer', () => {
    expect(unreadCount(merged(hears(at(10, 10, 0), 11), { head: 20, read: 10, unread: 9 }))).toBe(9)
  })

  it('of a server that is behind takes nothing away', () => {
    const heard = hears(at(10, 10, 0), 11, 12)
    expect(merged(heard, { head: 11, read: 10, unread: 1 })).toEqual(heard)
  })

  it('that has not heard of what was read here does not bring it back', () => {
    const read = readUpTo(hears(at(10, 10, 0), 11, 12), 12)
    expect(unreadCount(merged(read, { head: 12, read: 10, unread: 2 }))).toBe(0)
    expect(merged(read, { head: 12, read: 10, unread: 2 }).read).toBe(12)
  })

  it('after which entries come again counts none twice', () => {
    const summary = merged(hears(at(10, 10, 0), 11), { head: 13, read: 10, unread: 3 })
    expect(unreadCount(hears(summary, 11, 12, 13, 14))).toBe(4)
  })

  it('says nothing of own words', () => {
    expect(unreadCount(heardOf(at(10, 10, 0), [message(11, { user: bob })], 11, bob.id))).toBe(0)
  })
})

describe('what is marked unread', () => {
  const turned = (turn: number, seq: number, left: number, head: number) =>
    toldRead(hears(at(10, 10, 0), 11, 12), { turn, seq }, left, head)

  it('is what the server counts after it, and what is known here beyond that', () => {
    expect(unreadCount(turned(1, 4, 7, 12))).toBe(7)
    expect(unreadCount(turned(1, 4, 6, 11))).toBe(7)
    expect(unreadCount(hears(turned(1, 4, 7, 12), 12, 13))).toBe(8)
  })

  it('is read again from there, in its own turn alone', () => {
    const marked = turned(5, 4, 7, 12)
    expect(toldRead(marked, { turn: 0, seq: 12 }, 0, 12)).toBe(marked)
    expect(unreadCount(readUpTo(marked, 12))).toBe(0)
    expect(unreadCount(toldRead(marked, { turn: 5, seq: 9 }, 3, 12))).toBe(3)
  })

  it('stays so over a return, whichever of the two knows the later turn', () => {
    const marked = turned(5, 4, 7, 12)
    expect(merged(marked, { head: 12, read: 12, unread: 0 })).toBe(marked)
    const back = merged(at(12, 12, 0), { head: 14, read: 4, turn: 5, unread: 9 })
    expect([unreadCount(back), positionIn(back)]).toEqual([9, { turn: 5, seq: 4 }])
    expect(unreadCount(merged(marked, { head: 14, read: 13, turn: 5, unread: 1 }))).toBe(1)
  })
})
