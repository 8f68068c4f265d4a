// What the server itself says in a push message: no page of the web app is open there.
import type { PushLanguage } from '../protocol/push.ts'

interface PushWords {
  /** What was said, where. */
  said: (who: string, room: string) => string
  direct: (who: string) => string
  /** Without its words. */
  newIn: (room: string) => string
  newFrom: (who: string) => string
  more: (count: number) => string
  ended: (room: string) => string
  reminder: (room: string) => string
  report: (room: string) => string
  summary: string
  /** A line of a summary. */
  messages: (room: string, count: number, toYou: number) => string
  rooms: (count: number) => string
  test: string
  testBody: string
}

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many)

const en: PushWords = {
  said: (who, room) => `${who} in #${room}`,
  direct: (who) => who,
  newIn: (room) => `New message in #${room}`,
  newFrom: (who) => `New message from ${who}`,
  more: (count) => `and ${count} more`,
  ended: (room) => `A poll in #${room} has ended`,
  reminder: (room) => `Reminder of #${room}`,
  report: (room) => `A report in #${room}`,
  summary: 'While you were away',
  messages: (room, count, toYou) =>
    `${room}: ${count} ${plural(count, 'message', 'messages')}` +
    (toYou === 0 ? '' : `, ${toYou} ${plural(toYou, 'mentions', 'mention')} you`),
  rooms: (count) => `and ${count} more ${plural(count, 'room', 'rooms')}`,
  test: 'Notifications work on this device',
  testBody: 'This is how a message will look.',
}

const zh: PushWords = {
  said: (who, room) => `${who} · #${room}`,
  direct: (who) => who,
  newIn: (room) => `#${room} 有新消息`,
  newFrom: (who) => `${who} 发来新消息`,
  more: (count) => `还有 ${count} 条`,
  ended: (room) => `#${room} 的投票已结束`,
  reminder: (room) => `#${room} 的提醒`,
  report: (room) => `#${room} 有举报`,
  summary: '你不在时',
  messages: (room, count, toYou) =>
    `${room}：${count} 条消息${toYou === 0 ? '' : `，其中 ${toYou} 条提到你`}`,
  rooms: (count) => `还有 ${count} 个房间`,
  test: '此设备可以收到通知',
  testBody: '收到的消息会这样显示。',
}

export const pushWords: Readonly<Record<PushLanguage, PushWords>> = { en, zh }
