// Signals between processes, over Redis pub/sub: never in the log, and lost for a process that is disconnected.
import type { Redis } from './redis/client.ts'
import type { InboxEvent, ReadEvent, ServerEvent } from './protocol/events.ts'
import type { Person } from './protocol/people.ts'

export type Signal =
  | { kind: 'typing'; room: string; user: Person; thread?: number }
  /** Somebody has read a room up to here; sent to their own connections. */
  | ({ kind: 'read'; user: string } & Omit<ReadEvent, 'type'>)
  /** For one person, on all their connections. */
  | { kind: 'event'; user: string; event: ServerEvent }
  /** These people were told of something, or something was taken from their inbox (server/notify). */
  | { kind: 'notified'; users: readonly string[]; event: Omit<InboxEvent, 'type'> }
  /** An import has made this room, or changed who is in it or its topic, without a notice. */
  | { kind: 'imported'; room: string; hasNewTopic?: boolean }
  /** The settings of the workspace have changed. */
  | { kind: 'workspace' }
  /** Somebody is called otherwise now. */
  | { kind: 'names' }
  /** A guest has a password now. */
  | { kind: 'member'; user: string }
  /** Somebody has changed their profile. */
  | { kind: 'profiles' }
  /** Who blocks whom, or who may write to somebody, has changed. */
  | { kind: 'blocks' }
  /** Somebody has closed a direct room, in which `upto` was the newest number; null: it is in their list again. */
  | { kind: 'listed'; user: string; room: string; upto: number | null }
  /** Groups have changed: which there are, or who is in them. */
  | { kind: 'groups' }
  /** The workspace's own emoji have changed. */
  | { kind: 'emoji' }
  /** Who is banned has changed. */
  | { kind: 'bans' }
  /** Somebody has become an administrator, or is one no more. */
  | { kind: 'standing'; user: string }
  /** A session has ended; its connections are closed. */
  | { kind: 'signed-out'; session: string }
  /**
   * Who is connected at `process`, with the rooms they are in: everybody if `whole`, otherwise only who came and
   * went.
   */
  | {
      kind: 'presence'
      process: string
      whole: boolean
      here: [user: string, rooms: string[]][]
      away: string[]
      /** Those of `here` who are idle on all their devices there; nobody if absent. */
      idle?: string[]
    }
  /** A new process asks the others who is here. */
  | { kind: 'presence-asked' }
  /** Another process wants to go on with an upload: whoever writes it lets go. */
  | { kind: 'upload-wanted'; id: string }
  /** The archive of a shard reaches this stream id. */
  | { kind: 'archived'; shard: number; id: string }

export interface Bus {
  /** Sends to every process, this one included. Lost while Redis is down. */
  publish(signal: Signal): void
  /** The same; false: Redis could not be told. */
  deliver(signal: Signal): Promise<boolean>
  /**
   * `onReturn`: heard again after an interruption, in which signals were lost. Returns a function that unsubscribes.
   */
  subscribe(listener: (signal: Signal) => void, onReturn?: () => void): () => void
}

/**
 * Trap: a channel belongs to the whole Redis, not to one of its databases, where another Brook may be. Database 0 has the
 * name that earlier versions use.
 */
const channelIn = (redis: Redis): string => {
  const { db = 0 } = redis.options
  return db === 0 ? 'brook:passing' : `brook:passing:${db}`
}

/**
 * Subscribes on every connection that `subscriber` creates. Trap: nothing handles the promise of ioredis's own
 * autoResubscribe, so a connection that is cut before the answer would end the process with an unhandled rejection.
 */
function listenOn(subscriber: Redis, onBad: (error: unknown) => void, onReturn: () => void): void {
  let isReturn = false
  const listen = (): void => {
    subscriber.subscribe(channelIn(subscriber)).then(
      () => {
        if (isReturn) onReturn()
        isReturn = true
      },
      (error: unknown) => {
        onBad(error)
        // A connection without its subscription would be worse than none.
        if (subscriber.status === 'ready') subscriber.disconnect(true)
      },
    )
  }
  subscriber.on('ready', listen)
  if (subscriber.status === 'ready') listen()
}

/** `subscriber` creates the connection for subscriptions (see subscriberOptions) on the first subscribe. */
export function openBus(
  publisher: Redis,
  subscriber: () => Redis,
  onBad: (error: unknown) => void = () => undefined,
): Bus {
  const listeners = new Set<(signal: Signal) => void>()
  const returns = new Set<() => void>()
  let isListening = false
  const listen = (): void => {
    if (isListening) return
    isListening = true
    const redis = subscriber()
    redis.on('message', (_channel, text) => {
      try {
        const signal = JSON.parse(text) as Signal
        for (const listener of listeners) listener(signal)
      } catch (error) {
        onBad(error)
      }
    })
    listenOn(redis, onBad, () => {
      for (const onReturn of returns) onReturn()
    })
  }
  const deliver = (signal: Signal): Promise<boolean> =>
    publisher.publish(channelIn(publisher), JSON.stringify(signal)).then(
      () => true,
      () => false,
    )
  return {
    publish: (signal) => void deliver(signal),
    deliver,
    subscribe: (listener, onReturn) => {
      listen()
      listeners.add(listener)
      if (onReturn !== undefined) returns.add(onReturn)
      return () => {
        listeners.delete(listener)
        if (onReturn !== undefined) returns.delete(onReturn)
      }
    },
  }
}
