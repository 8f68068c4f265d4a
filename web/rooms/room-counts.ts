// The unread messages of each room, and how many of them mention this person: two counts per room, updated together.
import type { EffectEvent, ReadEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Position } from '../../server/protocol/position.ts'
import { isErasure, isSpoken } from '../../server/protocol/timeline.ts'
import type { EntriesEvent } from '../wire/feed-events.ts'
import {
  changedNamed,
  heardNamed,
  mergedNamed,
  namedCount,
  readNamed,
  readThread,
  applyNamedRead,
  beginNamedGeneration,
  type NamedCount,
} from './named.ts'
import {
  deletedIn,
  fromSummary,
  heardOf,
  mayHaveCounted,
  merged,
  positionIn,
  readUpTo,
  applyRead,
  beginGeneration,
  unreadCount,
  type Unread,
} from './unread.ts'

interface Counts {
  unread: Unread
  named: NamedCount
}

const isOwnReply = (message: Message, own: string): message is SpokenMessage & { thread: number } =>
  isSpoken(message) && message.thread !== undefined && message.user.id === own

export class RoomCounts {
  readonly #counts = new Map<string, Counts>()

  /** The counts that a room shows; undefined if nothing is counted. */
  shown(room: string) {
    const counts = this.#counts.get(room)
    if (counts === undefined) return undefined
    const { head, read, generation } = counts.unread
    return {
      head,
      read,
      turn: generation,
      unread: unreadCount(counts.unread),
      mentions: namedCount(counts.named),
    }
  }

  /** How far the room has been read, as far as is known here. */
  position(room: string): Position | undefined {
    const counts = this.#counts.get(room)
    return counts && positionIn(counts.unread)
  }

  /**
   * A summary has arrived. For a room that the person was not in, no events were received, so the summary is complete.
   */
  take(summary: RoomSummary, wasJoined: boolean): void {
    const known = this.#counts.get(summary.id)
    this.#counts.set(summary.id, {
      unread: known === undefined || !wasJoined ? fromSummary(summary) : merged(known.unread, summary),
      named: mergedNamed(wasJoined ? known?.named : undefined, summary),
    })
  }

  /** Returns false if only the server can tell what a change does to what it has counted. */
  hear({ room, messages, changes, head }: EntriesEvent, own: string): boolean {
    this.#change(room, ({ unread, named }) => ({
      unread: heardOf(unread, messages, head, own),
      named: heardNamed(named, messages, own),
    }))
    // Who replies has read what they reply to.
    const isRead = messages.map((one) => !isOwnReply(one, own) || this.readThread(room, one.thread, one.seq))
    const isChanged = changes.map((change) => this.#changed(room, change, own))
    return [...isRead, ...isChanged].every((isSure) => isSure)
  }

  #changed(room: string, change: EffectEvent, own: string): boolean {
    const counts = this.#counts.get(room)
    if (counts === undefined) return true
    // Whose messages are counted is not known here.
    if (isErasure(change)) return false
    const isDeleted = change.type === 'deleted'
    const named = changedNamed(counts.named, change, own)
    const isSure = named !== undefined && !(isDeleted && mayHaveCounted(counts.unread, change.target))
    const unread = isDeleted ? deletedIn(counts.unread, change.target) : counts.unread
    this.#counts.set(room, { unread, named: named ?? counts.named })
    return isSure
  }

  /** Read on any device. An older server sends no `turn`: then it is the current generation. */
  applyRead({ room, seq, turn, unread: left, mentions, threadMentions, head }: ReadEvent): void {
    this.#change(room, ({ unread, named }) => {
      const position = { generation: turn ?? unread.generation, seq }
      const report = { mentions, threadMentions, head: head ?? unread.head }
      return {
        unread: applyRead(unread, position, left, head),
        named: applyNamedRead(named, position, report),
      }
    })
  }

  /** A thread of the room is read up to `seq`. Returns false if only the server can tell what that leaves. */
  readThread(room: string, thread: number, seq: number): boolean {
    this.#change(room, ({ unread, named }) => ({ unread, named: readThread(named, thread, seq) }))
    return (this.#counts.get(room)?.named.threads.counted ?? 0) === 0
  }

  readTo(room: string, seq: number): void {
    this.#change(room, ({ unread, named }) => ({
      unread: readUpTo(unread, seq),
      named: readNamed(named, seq),
    }))
  }

  /** A later generation begins at `to`; `left`: as far as is known here. */
  beginGeneration(room: string, to: Position, left: { unread: number; mentions: number }): void {
    this.#change(room, ({ unread, named }) => ({
      unread: beginGeneration(unread, to, left.unread, unread.head),
      named: beginNamedGeneration(named, to, left.mentions, unread.head),
    }))
  }

  forget(room: string): void {
    this.#counts.delete(room)
  }

  clear(): void {
    this.#counts.clear()
  }

  #change(room: string, next: (counts: Counts) => Counts): void {
    const counts = this.#counts.get(room)
    if (counts !== undefined) this.#counts.set(room, next(counts))
  }
}
