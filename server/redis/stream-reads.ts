// What XREAD and XREADGROUP bring, past ioredis's decoder, which takes three times as long for it. Connecting, signing in,
// TLS, reconnecting and every other reply stay ioredis's: it is given a number in place of the entries.
import type { Redis } from 'ioredis'
import { ReplyCutter, type RawEntry } from './reply-cutter.ts'

export type { RawEntry } from './reply-cutter.ts'

/** Replies that nobody has asked for: those of reads that were given up. One read at a time waits, or two. */
const maxUntaken = 4

interface Cut {
  untaken: Map<number, RawEntry[]>
  last: number
}

const cuts = new WeakMap<Redis, Cut>()

/** From the next connect on, reads of this connection are answered for `entriesOf`. To be called before it connects. */
export function cutStreamReads(redis: Redis): void {
  const cut: Cut = { untaken: new Map(), last: 0 }
  cuts.set(redis, cut)
  // Trap: `connect` comes before ioredis has asked Redis anything, so that nothing is read past the cutter.
  redis.on('connect', () => {
    cut.untaken.clear()
    const cutter = new ReplyCutter((entries) => {
      cut.last += 1
      cut.untaken.set(cut.last, entries)
      if (cut.untaken.size > maxUntaken) cut.untaken.delete(cut.last - maxUntaken)
      return `:${cut.last}\r\n`
    })
    divert(redis.stream, (chunk) => cutter.cut(chunk))
  })
}

/** Listeners to what the stream reads are given what `cut` leaves of it; an error of it ends the connection. */
function divert(stream: Redis['stream'], cut: (chunk: Buffer) => Buffer[]): void {
  const emit = stream.emit.bind(stream) as (event: string, ...words: unknown[]) => boolean
  stream.emit = (event: string, ...words: unknown[]): boolean => {
    if (event !== 'data') return emit(event, ...words)
    try {
      for (const piece of cut(words[0] as Buffer)) emit('data', piece)
    } catch (error) {
      stream.destroy(error as Error)
    }
    return true
  }
}

/** The entries of a read of one stream, whatever connection it was asked on. */
export function entriesOf(redis: Redis, answer: unknown): RawEntry[] {
  if (typeof answer !== 'number') {
    const [stream] = (answer ?? []) as [key: string, entries: EntryArray[]][]
    return (stream?.[1] ?? []).map(rawEntry)
  }
  const untaken = cuts.get(redis)?.untaken
  const entries = untaken?.get(answer)
  if (entries === undefined) throw new Error('the entries of this read were let go')
  untaken?.delete(answer)
  return entries
}

/** An entry as ioredis gives it. */
export type EntryArray = [id: string, fields: string[] | null]

export const rawEntry = ([id, fields]: EntryArray): RawEntry => ({
  id,
  fields,
  size: (fields ?? []).reduce((sum, field) => sum + 3 * field.length, 0),
})
