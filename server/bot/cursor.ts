// How far a bot has read, over all its rooms, as one opaque string: encoded and decoded here. Pure.
import { deflateRawSync, inflateRawSync } from 'node:zlib'

export interface Cursor {
  /** The log's epoch when this was made: in another one, numbers may have been assigned again. */
  epoch: string
  /** When it was made, in milliseconds since 1970. */
  at: number
  /** For each room the number up to which everything was sent. */
  places: ReadonlyMap<string, number>
}

export const noCursor: Cursor = { epoch: '', at: 0, places: new Map() }

const version = 'c1.'
/** A thousand rooms with the longest numbers; anything longer is not a cursor of ours. */
const maxBytes = 64 * 1024
/** Trap: cursors of earlier versions have a `b` after some numbers. */
const shape = /^([A-Za-z0-9_-]*);(\d{1,15});((?:[1-9]\d{0,18}:\d{1,16}b?(?:,|$))*)$/

export function formatCursor({ epoch, at, places }: Cursor): string {
  const rooms = [...places].map(([room, seq]) => `${room}:${seq}`)
  return version + deflateRawSync(`${epoch};${at};${rooms.join(',')}`).toString('base64url')
}

/** Decodes a cursor; undefined if it is not one of ours. */
export function parseCursor(word: string): Cursor | undefined {
  const [, epoch = '', at = '', rooms = ''] = shape.exec(unpack(word)) ?? []
  if (at === '') return undefined
  const places = new Map<string, number>()
  for (const text of rooms.split(',').filter((part) => part !== '')) {
    const [room = '', number = ''] = text.split(':')
    const seq = Number.parseInt(number, 10)
    if (!Number.isSafeInteger(seq)) return undefined
    places.set(room, seq)
  }
  return { epoch, at: Number(at), places }
}

/**
 * The further of two cursors in each room, so that two polls at once never undo an acknowledgement. Of two epochs
 * only the later cursor counts.
 */
export function furthest(a: Cursor, b: Cursor): Cursor {
  const [older, newer] = a.at <= b.at ? [a, b] : [b, a]
  if (older.epoch !== newer.epoch) return newer
  const places = new Map(older.places)
  for (const [room, seq] of newer.places) places.set(room, Math.max(seq, places.get(room) ?? 0))
  return { ...newer, places }
}

function unpack(word: string): string {
  if (!word.startsWith(version)) return ''
  try {
    const packed = Buffer.from(word.slice(version.length), 'base64url')
    return inflateRawSync(packed, { maxOutputLength: maxBytes }).toString('ascii')
  } catch {
    // Truncated, or longer than any cursor of ours.
    return ''
  }
}
