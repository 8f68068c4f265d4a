import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import {
  deletedIn,
  fromSummary,
  heardOf,
  mayHaveCounted,
  merged,
  positionIn,
  readUpTo,
  applyRead,
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

describe('unread messages', () => {
  it('are those of others, not own ones, and not notices', () => {
    const heard = heardOf(at(10, 10, 0), [message(11), message(12, { user: ann }), notice(13)], 13, ann.id)
    expect(unreadCount(heard)).toBe(1)
    expect(heard.head).toBe(13)
  })

  it('count a number once, however often and in whatever order it arrives', () => {
    const order = fc.array(fc.integer({ min: 5, max: 30 }), { minLength: 1 })
    fc.assert(
      fc.property(order, (seqs) => {
        const heard = seqs.reduce((unread, seq) => hears(unread, seq), at(10, 8, 2))
        expect(unreadCount(heard)).toBe(2 + new Set(seqs.filter((seq) => seq > 10)).size)
      }),
    )
  })

  it('equal the slow way of counting, after any mixture of receiving and reading', () => {
    const hear = fc.record({ hear: fc.integer({ min: 11, max: 30 }) })
    const read = fc.record({ read: fc.integer({ min: 10, max: 30 }) })
    fc.assert(
      fc.property(fc.array(fc.oneof(hear, read)), (steps) => {
        let unread = at(10, 10, 0)
        let marker = 10
        const heard = new Set<number>()
        for (const step of steps) {
          if ('hear' in step) {
            // A number is received before it is read past: nobody reads what has not arrived.
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

  it('are not those that are deleted, live or before they arrived', () => {
    const heard = hears(at(10, 8, 2), 11, 12)
    expect(unreadCount(deletedIn(heard, 11))).toBe(3)
    expect(unreadCount(heardOf(heard, [message(12, { deletedAt: 1 })], 13, ann.id))).toBe(3)
    expect([7, 9, 11].map((seq) => mayHaveCounted(heard, seq))).toEqual([false, true, false])
  })

  it('stop at what a badge shows', () => {
    expect(unreadCount(hears(at(10, 10, 0), ...numbers(11, 3_000)))).toBe(limits.maxUnread)
    expect(unreadCount(hears(at(10, 0, 999), 11, 12))).toBe(limits.maxUnread)
  })
})

describe('reading', () => {
  it('never goes back', () => {
    expect(readUpTo(at(10, 8, 2), 5)).toEqual(at(10, 8, 2))
  })

  it('leaves what came after it', () => {
    expect(unreadCount(readUpTo(hears(at(10, 5, 5), 11, 12, 13), 11))).toBe(2)
  })

  it('into what only the server has counted waits for its report', () => {
    const halfway = readUpTo(hears(at(10, 5, 5), 11), 7)
    expect(unreadCount(halfway)).toBe(6)
    expect(unreadCount(readUpTo(halfway, 7, 3, 11))).toBe(3)
    expect(unreadCount(readUpTo(halfway, 7, 2, 10))).toBe(3)
  })

  it('on another device clears the badge here', () => {
    expect(unreadCount(readUpTo(hears(at(10, 5, 5), 11), 11, 0))).toBe(0)
  })
})

describe('a new summary', () => {
  it('is used if it is newer', () => {
    expect(unreadCount(merged(hears(at(10, 10, 0), 11), { head: 20, read: 10, unread: 9 }))).toBe(9)
  })

  it('of a server that is behind removes nothing', () => {
    const heard = hears(at(10, 10, 0), 11, 12)
    expect(unreadCount(merged(heard, { head: 11, read: 10, unread: 1 }))).toBe(2)
  })

  it('that does not include what was read here does not bring it back', () => {
    const read = readUpTo(hears(at(10, 10, 0), 11, 12), 12)
    expect(unreadCount(merged(read, { head: 12, read: 10, unread: 2 }))).toBe(0)
    expect(merged(read, { head: 12, read: 10, unread: 2 }).read).toBe(12)
  })

  it('after which entries are repeated counts none twice', () => {
    const summary = merged(hears(at(10, 10, 0), 11), { head: 13, read: 10, unread: 3 })
    expect(unreadCount(hears(summary, 11, 12, 13, 14))).toBe(4)
  })

  it('does not count own messages', () => {
    expect(unreadCount(heardOf(at(10, 10, 0), [message(11, { user: bob })], 11, bob.id))).toBe(0)
  })
})

describe('a room marked unread', () => {
  const turned = (generation: number, seq: number, left: number, head: number) =>
    applyRead(hears(at(10, 10, 0), 11, 12), { generation, seq }, left, head)

  it('has what the server counts after the mark, and what is known here beyond that', () => {
    expect(unreadCount(turned(1, 4, 7, 12))).toBe(7)
    expect(unreadCount(turned(1, 4, 6, 11))).toBe(7)
    expect(unreadCount(hears(turned(1, 4, 7, 12), 12, 13))).toBe(8)
  })

  it('is read again from there, only in its own generation', () => {
    const marked = turned(5, 4, 7, 12)
    expect(applyRead(marked, { generation: 0, seq: 12 }, 0, 12)).toBe(marked)
    expect(unreadCount(readUpTo(marked, 12))).toBe(0)
    expect(unreadCount(applyRead(marked, { generation: 5, seq: 9 }, 3, 12))).toBe(3)
  })

  it('stays so over a reconnect, whichever side knows the later generation', () => {
    const marked = turned(5, 4, 7, 12)
    expect(merged(marked, { head: 12, read: 12, unread: 0 })).toBe(marked)
    const back = merged(at(12, 12, 0), { head: 14, read: 4, turn: 5, unread: 9 })
    expect([unreadCount(back), positionIn(back)]).toEqual([9, { generation: 5, seq: 4 }])
    expect(unreadCount(merged(marked, { head: 14, read: 13, turn: 5, unread: 1 }))).toBe(1)
  })
})
