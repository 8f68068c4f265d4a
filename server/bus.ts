// Passing things between processes, over Redis pub/sub: never in the log, and nobody misses them who was away.
import type { Redis } from './redis.ts'
import type { NoteEvent, ReadEvent, ThreadEvent } from './protocol/events.ts'
import type { Person } from './protocol/people.ts'

export type Signal =
  | { kind: 'typing'; room: string; user: Person; thread?: number }
  /** Somebody has read a room up to here; told to their own connections. */
  | ({ kind: 'read'; user: string } & Omit<ReadEvent, 'type'>)
  /** Somebody has saved a message, or not any more; told to their own connections. */
  | { kind: 'saved'; user: string; room: string; seq: number; on: boolean }
  /** How somebody stands to a thread; told to their own connections. */
  | { kind: 'thread'; user: string; thread: ThreadEvent }
  /** For somebody alone, on all their connections. */
  | { kind: 'note'; user: string; note: NoteEvent }
  /** A session has ended; its connections are closed. */
  | { kind: 'signed-out'; session: string }
  /** Who is connected at `process` with the rooms they are in: everybody when `whole`, else who came and went. */
  | {
      kind: 'presence'
      process: string
      whole: boolean
      here: [user: string, rooms: string[]][]
      away: string[]
    }
  /** A new process asks the others who is here. */
  | { kind: 'presence-asked' }
  /** The archive of a shard reaches this stream id. */
  | { kind: 'archived'; shard: number; id: string }

export interface Bus {
  /** Tells every process, this one included. Lost when Redis is away. */
  publish(signal: Signal): void
  /** Returns how to stop listening. */
  subscribe(listener: (signal: Signal) => void): () => void
}

const channel = 'brook:passing'

/**
 * Listens on every connection that `subscriber` makes.
 * Trap: ioredis's own autoResubscribe leaves its promise alone, and a connection that is cut before the answer would end
 * the process with an unhandled rejection.
 */
function listenOn(subscriber: Redis, onBad: (error: unknown) => void): void {
  const listen = (): void => {
    subscriber.subscribe(channel).catch((error: unknown) => {
      onBad(error)
      // Connected and deaf would be worse than away.
      if (subscriber.status === 'ready') subscriber.disconnect(true)
    })
  }
  subscriber.on('ready', listen)
  if (subscriber.status === 'ready') listen()
}

/** Without a `subscriber` (see subscriberOptions) the bus only tells. */
export function openBus(
  publisher: Redis,
  subscriber?: Redis,
  onBad: (error: unknown) => void = () => undefined,
): Bus {
  const listeners = new Set<(signal: Signal) => void>()
  subscriber?.on('message', (_channel, text) => {
    try {
      const signal = JSON.parse(text) as Signal
      for (const listener of listeners) listener(signal)
    } catch (error) {
      onBad(error)
    }
  })
  if (subscriber !== undefined) listenOn(subscriber, onBad)
  return {
    publish: (signal) => {
      publisher.publish(channel, JSON.stringify(signal)).catch(() => undefined)
    },
    subscribe: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
