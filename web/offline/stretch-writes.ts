// What a stretch of a room becomes on the disk, step by step, each within the transaction of its caller (room-copies.ts).
import type { EntryEvent } from '../../server/protocol/events.ts'
import type { Message } from '../../server/protocol/http.ts'
import {
  isEffect,
  isErasure,
  later,
  targetOf,
  toMessage,
  withChange,
} from '../../server/protocol/timeline.ts'
import type { CachedRoom, Reading, Stretch, Writing } from './disk.ts'

/** What stays of each room. */
export const messagesOfRoom = 1_000

/** So many more are trimmed at once, and not one by one. */
const slack = 200

/** About how many bytes a message takes on the disk. */
export const sizeOf = (message: Message): number => 2 * JSON.stringify(message).length

export const rangeOf = (room: string, from = 0, to = Infinity): IDBKeyRange =>
  IDBKeyRange.bound([room, from], [room, to])

export const empty = (room: string): CachedRoom => ({ room, usedAt: 0, bytes: 0 })

export async function within(
  reading: Reading,
  room: string,
  numbers: readonly number[],
  { from, to }: { from: number; to: number },
): Promise<Message[]> {
  const [first, last] = [numbers[from], numbers[to - 1]]
  if (from >= to || first === undefined || last === undefined) return []
  return reading.objectStore('messages').getAll(rangeOf(room, first, last))
}

export async function put(writing: Writing, room: string, messages: readonly Message[]): Promise<number> {
  const store = writing.objectStore('messages')
  let bytes = 0
  for (const message of messages) {
    bytes += sizeOf(message)
    await store.put(message, [room, message.seq])
  }
  return bytes
}

export async function cleared(writing: Writing, { room, usedAt }: CachedRoom): Promise<CachedRoom> {
  await writing.objectStore('messages').delete(rangeOf(room))
  return { ...empty(room), usedAt }
}

/** With the next entries of its log. Returns by how many bytes it has grown. */
export async function fold(
  writing: Writing,
  { room }: CachedRoom,
  { from }: Stretch,
  entries: readonly EntryEvent[],
): Promise<number> {
  const store = writing.objectStore('messages')
  const changed = new Map<number, Message>()
  const before = new Map<number, Message | undefined>()
  const read = async (seq: number): Promise<Message | undefined> => {
    if (!before.has(seq)) before.set(seq, seq < from ? undefined : await store.get([room, seq]))
    return changed.get(seq) ?? before.get(seq)
  }
  for (const entry of entries) {
    const message = toMessage(entry)
    if (message !== undefined) changed.set(message.seq, later(await read(message.seq), message))
    if (!isEffect(entry)) continue
    if (isErasure(entry)) for (const { seq } of await store.getAll(rangeOf(room))) await read(seq)
    const targets = isErasure(entry) ? [...before.keys(), ...changed.keys()] : [targetOf(entry)]
    for (const seq of targets) {
      const target = await read(seq)
      const after = target && withChange(target, entry)
      if (after !== undefined && after !== target) changed.set(seq, after)
    }
  }
  let grown = 0
  for (const [seq, message] of changed) {
    const was = before.get(seq)
    grown += sizeOf(message) - (was === undefined ? 0 : sizeOf(was))
    await store.put(message, [room, seq])
  }
  return grown
}

/** Without the oldest, if there are too many. */
export async function trimmed(writing: Writing, record: CachedRoom): Promise<CachedRoom> {
  const { room, stretch } = record
  const store = writing.objectStore('messages')
  if (stretch === undefined || (await store.count(rangeOf(room))) <= messagesOfRoom + slack) return record
  const keys = await store.getAllKeys(rangeOf(room))
  const from = keys.at(-messagesOfRoom)?.[1] ?? stretch.from
  const bytes = Math.round((record.bytes * messagesOfRoom) / keys.length)
  await store.delete(rangeOf(room, 0, from - 1))
  return { ...record, bytes, stretch: { ...stretch, from, repliesFrom: Math.max(from, stretch.repliesFrom) } }
}
