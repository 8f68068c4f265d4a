// How far a bot has read, over all its rooms, as one word that it can keep: made and read here. Pure.
import { deflateRawSync, inflateRawSync } from 'node:zlib'

/** A bot's place in one room: everything up to `seq` was told. */
export interface Place {
  seq: number
  /** It is being told what MySQL keeps, which is a message's last state and not each change; see feed.ts. */
  isBehind: boolean
}

export interface Cursor {
  /** The log's epoch when this was made: another one may have given numbers again. */
  epoch: string
  /** When it was made, in milliseconds since 1970. */
  at: number
  places: ReadonlyMap<string, Place>
}

export const noCursor: Cursor = { epoch: '', at: 0, places: new Map() }

const version = 'c1.'
/** A thousand rooms with the longest numbers; more is no cursor of ours. */
const mostBytes = 64 * 1024
const shape = /^([A-Za-z0-9_-]*);(\d{1,15});((?:[1-9]\d{0,18}:\d{1,16}b?(?:,|$))*)$/

export function formatCursor({ epoch, at, places }: Cursor): string {
  const rooms = [...places].map(([room, { seq, isBehind }]) => `${room}:${seq}${isBehind ? 'b' : ''}`)
  return version + deflateRawSync(`${epoch};${at};${rooms.join(',')}`).toString('base64url')
}

/** The cursor of a word, or undefined when it is none of ours. */
export function parseCursor(word: string): Cursor | undefined {
  const [, epoch = '', at = '', rooms = ''] = shape.exec(unpack(word)) ?? []
  if (at === '') return undefined
  const places = new Map<string, Place>()
  for (const text of rooms.split(',').filter((part) => part !== '')) {
    const [room = '', seq = ''] = text.split(':')
    const place = { seq: Number.parseInt(seq, 10), isBehind: seq.endsWith('b') }
    if (!Number.isSafeInteger(place.seq)) return undefined
    places.set(room, place)
  }
  return { epoch, at: Number(at), places }
}

/**
 * The further of two cursors in each room, so that two polls at once never take an acknowledgement back. Of two epochs
 * the later cursor counts alone.
 */
export function furthest(a: Cursor, b: Cursor): Cursor {
  const [older, newer] = a.at <= b.at ? [a, b] : [b, a]
  if (older.epoch !== newer.epoch) return newer
  const places = new Map(older.places)
  for (const [room, place] of newer.places) {
    const known = places.get(room)
    // At the same number, who is not behind has been told everything up to it.
    const isFurther =
      known === undefined || place.seq > known.seq || (place.seq === known.seq && !place.isBehind)
    if (isFurther) places.set(room, place)
  }
  return { ...newer, places }
}

function unpack(word: string): string {
  if (!word.startsWith(version)) return ''
  try {
    const packed = Buffer.from(word.slice(version.length), 'base64url')
    return inflateRawSync(packed, { maxOutputLength: mostBytes }).toString('ascii')
  } catch {
    // Cut short, or more than any cursor of ours.
    return ''
  }
}
