import { describe, expect, it } from 'vitest'
import type { Line, Row } from '../../../web/conversation/lines/line.ts'
import { toRows, type RowOptions } from '../../../web/conversation/lines/rows.ts'
import { ann, bob } from './said.ts'

const minute = 60_000
const day = 24 * 60 * minute
const dayOf = (at: number) => String(Math.floor(at / day))

const spoken = (seq: number, changes: Partial<Line> = {}): Line =>
  ({
    kind: 'message',
    key: `k${seq}`,
    seq,
    user: bob,
    at: seq * 1_000,
    own: false,
    cid: `k${seq}`,
    text: '',
    replyTo: null,
    standing: undefined,
    ...changes,
  }) as Line
const noticed = (seq: number): Line => ({
  kind: 'notice',
  key: String(seq),
  seq,
  user: bob,
  at: seq * 1_000,
  own: false,
  notice: { kind: 'joined' },
})

const rows = (lines: Line[], options: Partial<RowOptions> = {}) =>
  toRows(lines, { firstUnread: undefined, began: false, dayOf, ...options })
/** Short for a row: its kind, and for a line its number, with * if the person is named. */
const short = (row: Row) => (row.kind === 'line' ? `${row.line.seq ?? '-'}${row.head ? '*' : ''}` : row.kind)
const shorts = (lines: Line[], options: Partial<RowOptions> = {}) => rows(lines, options).map(short).join(' ')

describe('rows', () => {
  it('name a person once per run', () => {
    expect(shorts([spoken(1), spoken(2), spoken(3, { user: ann }), spoken(4)])).toBe('day 1* 2 3* 4*')
  })

  it('gather joins and leaves in a row into one line, of the newest, with a key that stays', () => {
    const left = { ...noticed(3), notice: { kind: 'left' } } as Line
    const created = { ...noticed(1), notice: { kind: 'created' } } as Line
    const lines = [created, noticed(2), left, noticed(4), spoken(5), noticed(6)]
    expect(shorts(lines)).toBe('day 1* 4* 5* 6*')
    const gathered = rows(lines)[2]
    expect(gathered).toMatchObject({ key: '2', before: [{ seq: 2 }, { seq: 3 }], line: { seq: 4 } })
    expect(rows(lines)[2], 'unchanged, it is not drawn again').toBe(gathered)
    expect(rows(lines.toSpliced(4, 0, noticed(4.5)))[2]).toMatchObject({ key: '2', line: { seq: 4.5 } })
    expect(shorts([noticed(2), noticed(3)], { firstUnread: 3 })).toBe('day 2* new 3*')
  })

  it('show a gap between history and own messages that are on their way', () => {
    const waiting = { ...spoken(4, { user: bob }), seq: undefined } as unknown as Line
    expect(shorts([spoken(1), spoken(2), waiting], { loadedUpTo: 2 })).toBe('day 1* 2 gap -*')
    expect(shorts([spoken(1), spoken(2), spoken(9)], { loadedUpTo: 2 })).toBe('day 1* 2 gap 9*')
    expect(shorts([spoken(1), spoken(2), waiting])).toBe('day 1* 2 -')
    expect(shorts([spoken(1), spoken(2)], { loadedUpTo: 2 })).toBe('day 1* 2')
  })

  it('name a person again after five minutes of silence', () => {
    const lines = [
      spoken(1, { at: 0 }),
      spoken(2, { at: 5 * minute - 1 }),
      spoken(3, { at: 10 * minute - 1 }),
    ]
    expect(shorts(lines)).toBe('day 1* 2 3*')
  })

  it('name a person again after a notice', () => {
    expect(shorts([spoken(1), noticed(2), spoken(3)])).toBe('day 1* 2* 3*')
  })

  it('begin each day, and name people again in it', () => {
    expect(shorts([spoken(1, { at: day - 1 }), spoken(2, { at: day })])).toBe('day 1* day 2*')
  })

  it('show where the room began, and only there', () => {
    expect(shorts([spoken(1)], { began: true })).toBe('began day 1*')
    expect(shorts([], { began: true })).toBe('began')
  })

  it('put the new line before the first unread, whose author is named', () => {
    expect(shorts([spoken(1), spoken(2), spoken(3)], { firstUnread: 2 })).toBe('day 1* new 2* 3')
  })

  it('put the new line after the day it falls on', () => {
    expect(shorts([spoken(1, { at: 0 }), spoken(2, { at: day })], { firstUnread: 2 })).toBe(
      'day 1* day new 2*',
    )
  })

  it('put the new line before the next one if the first unread is not a message here', () => {
    expect(shorts([spoken(1), spoken(5)], { firstUnread: 3 })).toBe('day 1* new 5*')
  })

  it('draw no new line above a page that begins after the first unread: it would be wrong', () => {
    expect(shorts([spoken(8), spoken(9)], { firstUnread: 5 })).toBe('day 8* 9')
    expect(shorts([spoken(5), spoken(9)], { firstUnread: 5 })).toBe('day new 5* 9')
    expect(shorts([spoken(8)], { firstUnread: 5, began: true })).toBe('began day new 8*')
  })

  it('draw no new line before what is still being sent', () => {
    expect(shorts([spoken(1), spoken(0, { seq: undefined, own: true })], { firstUnread: 2 })).toBe('day 1* -')
  })

  it('have keys of their own that stay', () => {
    const lines = [spoken(1, { at: day - 1 }), spoken(2, { at: day }), noticed(3)]
    const keys = rows(lines, { firstUnread: 2, began: true }).map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    const later = rows([...lines, spoken(4)], { firstUnread: 2, began: true }).map(({ key }) => key)
    expect(later.slice(0, keys.length)).toEqual(keys)
  })
})
