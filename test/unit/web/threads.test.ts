// Threads in the web app: what the room counts, where a message is read, and the rows of a thread.
import { describe, expect, test } from 'vitest'
import { addressOf } from '../../../web/room/page/address.ts'
import { emptyWindow, withNews } from '../../../web/conversation/pages/window.ts'
import { fromSummary, heardOf, unreadCount } from '../../../web/rooms/unread.ts'
import { withBeginning } from '../../../web/thread/open/thread-rows.ts'
import type { ReplyEvent } from '../../../server/protocol/events.ts'
import type { SpokenMessage } from '../../../server/protocol/http.ts'
import { toMessage } from '../../../server/protocol/timeline.ts'
import type { Row } from '../../../web/conversation/lines/line.ts'
import { bob, message } from '../../support/entries.ts'

const reply = (seq: number, more: object = {}): ReplyEvent =>
  message(seq, { user: bob, thread: 5, ...more }).event as ReplyEvent
const said = (seq: number, more: object = {}): SpokenMessage => toMessage(reply(seq, more)) as SpokenMessage

describe('a reply', () => {
  test('is unread in its room only if the room shows it', () => {
    const read = fromSummary({ head: 5, read: 5, unread: 0 })
    expect(unreadCount(heardOf(read, [said(6)], 6, '1'))).toBe(0)
    expect(unreadCount(heardOf(read, [said(7, { alsoInRoom: true })], 7, '1'))).toBe(1)
  })

  test('changes its root in the window, once', () => {
    const first = toMessage(message(5).event) as SpokenMessage
    const window = { ...emptyWindow, messages: [first] }
    const news = { messages: [], changes: [reply(6)] }
    const heard = withNews(withNews(window, news), news)
    expect(heard.messages).toMatchObject([{ seq: 5, threaded: { replies: 1, lastSeq: 6 } }])
  })

  test('is read in its thread, and in the room if it is there as well', () => {
    expect(addressOf('7', said(6))).toBe('/rooms/7/thread/5/6')
    expect(addressOf('7', said(6, { alsoInRoom: true }))).toBe('/rooms/7/6')
    expect(addressOf('7', toMessage(message(5).event) as SpokenMessage)).toBe('/rooms/7/5')
  })
})

describe('the rows of a thread', () => {
  const row = (seq: number, head: boolean): Row =>
    ({ kind: 'line', key: String(seq), head, line: { kind: 'message', seq } }) as Row
  const shown = (rows: Row[]) =>
    rows.map((one) => (one.kind === 'line' ? `${one.line.seq}${one.head ? '!' : ''}` : one.kind))

  test('show the number of replies below the root, and name the next author', () => {
    const rows = [row(5, true), row(6, false), row(7, false)]
    expect(shown(withBeginning(rows, 5, 2))).toEqual(['5!', 'replies', '6!', '7'])
    expect(shown(withBeginning([row(5, true)], 5, 0))).toEqual(['5!', 'replies'])
  })

  test('do not show it while the root is further up', () => {
    expect(shown(withBeginning([row(6, true), row(7, false)], 5, 40))).toEqual(['6!', '7'])
  })
})
