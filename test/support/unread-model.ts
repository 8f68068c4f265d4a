// What is unread to one person in one room, counted from nothing: the plain model that the product is compared with.
import { limits } from '../../server/protocol/limits.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'

export interface Said {
  seq: number
  thread?: number
  isOwn: boolean
  names: boolean
  isDeleted: boolean
}

export class UnreadModel {
  readonly said: Said[] = []
  head = 1
  read = 1
  /** How far each followed thread is read. */
  readonly threads = new Map<number, number>()

  count(): Pick<RoomSummary, 'head' | 'read' | 'unread' | 'mentions' | 'threadMentions'> {
    const standing = this.said.filter(({ isOwn, isDeleted }) => !isOwn && !isDeleted)
    const inRoom = standing.filter(({ thread, seq }) => thread === undefined && seq > this.read)
    const inThreads = standing.filter(
      ({ thread, seq, names }) => names && thread !== undefined && seq > (this.threads.get(thread) ?? 0),
    )
    const named = inRoom.filter(({ names }) => names).length
    return {
      head: this.head,
      read: this.read,
      unread: Math.min(inRoom.length, limits.maxUnread),
      mentions: named + inThreads.length,
      threadMentions: inThreads.length,
    }
  }

  /** Root messages that stand. */
  get roots(): Said[] {
    return this.said.filter(({ thread, isDeleted }) => thread === undefined && !isDeleted)
  }

  says(said: Said): void {
    this.said.push(said)
    this.head = Math.max(this.head, said.seq)
    const { thread, seq } = said
    if (thread === undefined) return
    // The author of a root, whoever replies, and whoever is named follows.
    const read = this.threads.get(thread)
    if (said.isOwn) this.threads.set(thread, seq)
    else if (said.names) this.threads.set(thread, read ?? seq - 1)
    else if (this.#isOwn(thread)) this.threads.set(thread, read ?? thread)
  }

  /** Somebody edits a message so that it names this person, or no longer does. */
  edits(said: Said, names: boolean): void {
    said.names = names
    const { thread, seq } = said
    if (names && thread !== undefined) this.threads.set(thread, this.threads.get(thread) ?? seq - 1)
  }

  #isOwn(seq: number): boolean {
    return this.said.some((said) => said.seq === seq && said.isOwn)
  }

  /** Unread replies of others by followed thread, of those that have any. */
  unreadThreads(): Map<number, number> {
    const counts = [...this.threads].map(([root, read]) => {
      const unread = this.said.filter(
        ({ thread, seq, isOwn, isDeleted }) => thread === root && seq > read && !isOwn && !isDeleted,
      )
      return [root, Math.min(unread.length, limits.maxUnread)] as const
    })
    return new Map(counts.filter(([, unread]) => unread > 0))
  }
}
