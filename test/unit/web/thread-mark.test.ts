// One thread's unread replies: what the server has counted, and what is told between two counts.
import { expect, test } from 'vitest'
import type { ThreadMark } from '../../../server/protocol/threads.ts'
import {
  countedMark,
  deletedMark,
  newMark,
  readMark,
  toldMark,
  unreadCount,
} from '../../../web/thread/followed/mark.ts'

/** The server's count of thread 2 in room 1, of which nothing is read. */
const count = (last: number, unread: number, upTo: number): ThreadMark => ({
  ...{ room: '1', thread: 2, read: 2 },
  ...{ last, unread, upTo },
})
const counted = countedMark(newMark('1', 2), count(9, 2, 12))

test('the newest reply that the server counted is deleted: its next count stands, though it ends earlier', () => {
  expect(unreadCount(counted)).toBe(2)
  expect(deletedMark(counted, 9)).toBeUndefined()
  expect(unreadCount(countedMark(counted, count(5, 1, 13)))).toBe(1)
})

test('a server that lags behind is not believed', () => {
  const told = toldMark(counted, { last: 14 })
  expect(unreadCount(told)).toBe(3)
  expect(unreadCount(countedMark(told, count(9, 2, 12)))).toBe(3)
  expect(unreadCount(countedMark(told, count(14, 3, 14)))).toBe(3)
  expect(unreadCount(countedMark(counted, count(5, 1, 11)))).toBe(2)
})

test('a reply is not counted twice, whoever hears of it first', () => {
  expect(unreadCount(toldMark(counted, { last: 9 }))).toBe(2)
  expect(unreadCount(toldMark(toldMark(counted, { last: 13 }), { last: 13 }))).toBe(3)
})

test('what is not a reply is between the newest reply and the end of the count: neither reading nor deleting it matters', () => {
  expect(unreadCount(readMark(counted, 9))).toBe(0)
  expect(deletedMark(counted, 11)).toBe(counted)
})
