// What is said on a device, from what waits for it: what is new in a room as one message, a summary, or what was read elsewhere.
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import type { History } from '../history/history.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import type { NotifyCause } from '../protocol/notify-causes.ts'
import type { NotifySettings } from '../protocol/notify-settings.ts'
import { limits } from '../protocol/limits.ts'
import { placeKey } from '../protocol/place-key.ts'
import type { PushLanguage } from '../protocol/push.ts'
import { summaryTag, tagOfRoom, type ShownPush } from '../protocol/push-payload.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { cut, inBrief } from './in-brief.ts'
import type { Letter } from './post.ts'
import type { Told } from './queue.ts'
import { pushWords } from './words.ts'

export interface ComposeDeps {
  db: Db
  history: Pick<History, 'messages'>
}

export interface Room {
  name: string
  isDirect: boolean
}

/** What is needed to say something of notifications. */
export interface Material {
  rooms: ReadonlyMap<string, Room>
  /** By placeKey of the room and the number. */
  messages: ReadonlyMap<string, SpokenMessage>
}

/** Those that are about somebody themselves. */
const toYou: ReadonlySet<NotifyCause> = new Set(['mention', 'group', 'direct', 'keyword'])
/** What a device is woken for. */
const urgent: ReadonlySet<NotifyCause> = new Set(['mention', 'group', 'direct', 'keyword', 'reminder'])

/** @throws if MySQL is away */
export async function materialOf(
  { db, history }: ComposeDeps,
  told: readonly Told[],
  withMessages: readonly Told[] = told,
): Promise<Material> {
  const ids = [...new Set(told.map(({ room }) => room))]
  if (ids.length === 0) return { rooms: new Map(), messages: new Map() }
  const rows = await db.rows<{ id: number; name: string; kind: string }>(
    'SELECT id, name, kind FROM rooms WHERE id IN (?)',
    [ids.map(BigInt)],
  )
  const rooms = new Map(
    rows.map(({ id, name, kind }): [string, Room] => [String(id), { name, isDirect: kind === 'direct' }]),
  )
  const messages = new Map<string, SpokenMessage>()
  for (const room of new Set(withMessages.map((one) => one.room))) {
    const seqs = withMessages.filter((one) => one.room === room).map(({ seq }) => seq)
    const found = await history.messages(room, [...new Set(seqs)])
    if (isRefusal(found)) throw new Error(`the messages of room ${room} cannot be read: ${found.code}`)
    for (const message of found.filter(isSpoken)) messages.set(placeKey(room, message.seq), message)
  }
  return { rooms, messages }
}

export interface Reader {
  language: PushLanguage
  previews: boolean
}

/** What is new in one room, oldest first; undefined: nothing is left of it. */
export function newInRoom(told: readonly Told[], material: Material, reader: Reader): Letter | undefined {
  const left = told.filter(({ room, seq }) => {
    const message = material.messages.get(placeKey(room, seq))
    return message !== undefined && message.deletedAt === null
  })
  const newest = left.at(-1)
  const room = newest && material.rooms.get(newest.room)
  const message = newest && material.messages.get(placeKey(newest.room, newest.seq))
  if (newest === undefined || room === undefined || message === undefined) return undefined
  const words = pushWords[reader.language]
  const { thread } = newest
  const others = left.length - 1
  const said = reader.previews ? inBrief(message) : ''
  const body = [...(said === '' ? [] : [said]), ...(others === 0 ? [] : [words.more(others)])].join('\n')
  const path = thread === undefined ? `${newest.seq}` : `thread/${thread}/${newest.seq}`
  const payload: ShownPush = {
    type: 'show',
    id: newest.id,
    tag: tagOfRoom(newest.room),
    title: titleOf(newest, { room, message, reader }),
    body,
    link: `/rooms/${newest.room}/${path}`,
    at: newest.at,
    room: newest.room,
    roomName: room.isDirect ? message.user.name : room.name,
    seq: newest.seq,
    ...(thread === undefined ? {} : { thread }),
  }
  const urgency = left.some(({ cause }) => urgent.has(cause)) ? 'high' : 'normal'
  return { payload, ttlMs: 0, urgency, topic: payload.tag }
}

function titleOf(
  { event, cause }: Told,
  { room, message, reader }: { room: Room; message: SpokenMessage; reader: Reader },
): string {
  const words = pushWords[reader.language]
  const name = cut(room.name, 64)
  if (event === 'ended') return words.ended(name)
  if (event.startsWith('case')) return words.report(name)
  if (cause === 'reminder') return words.reminder(name)
  const who = message.user.name
  if (!reader.previews) return room.isDirect ? words.newFrom(who) : words.newIn(name)
  return room.isDirect ? words.direct(who) : words.said(who, name)
}

/** Of all that came while somebody was left alone; undefined: nothing. */
export function summaryOf(
  told: readonly Told[],
  { rooms, messages }: Material,
  { language }: Reader,
): Letter | undefined {
  const words = pushWords[language]
  const [newest] = told
  if (newest === undefined) return undefined
  const ofRooms = new Map<string, Told[]>()
  for (const one of told) ofRooms.set(one.room, [...(ofRooms.get(one.room) ?? []), one])
  const counted = [...ofRooms]
    .map(([room, all]) => ({ room, all, toYou: all.filter(({ cause }) => toYou.has(cause)).length }))
    .sort((a, b) => b.toYou - a.toYou || b.all.length - a.all.length)
  const nameOf = ({ room, all }: { room: string; all: readonly Told[] }): string => {
    const known = rooms.get(room)
    if (known?.isDirect !== true) return `#${cut(known?.name ?? '', 64)}`
    return messages.get(placeKey(room, all[0]?.seq ?? 0))?.user.name ?? '…'
  }
  const max = limits.push.summary.rooms
  const lines = counted.slice(0, max).map((one) => {
    const isDirect = rooms.get(one.room)?.isDirect === true
    return words.messages(nameOf(one), one.all.length, isDirect ? 0 : one.toYou)
  })
  if (counted.length > max) lines.push(words.rooms(counted.length - max))
  const [first] = counted
  const payload: ShownPush = {
    type: 'show',
    id: newest.id,
    tag: summaryTag,
    title: words.summary,
    body: lines.join('\n'),
    link: counted.length === 1 && first !== undefined ? `/rooms/${first.room}` : '/',
    at: newest.at,
  }
  return { payload, ttlMs: 0, urgency: 'normal', topic: summaryTag }
}

/** Whether it gets through to somebody who is to be left alone. */
export const pierces = ({ pierce }: Pick<NotifySettings, 'pierce'>, { by, room }: Told): boolean =>
  pierce.people.includes(by) || pierce.rooms.includes(room)
