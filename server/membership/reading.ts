// Moves somebody's read position in a room, and reports what is unread after it.
import type { History } from '../history/history.ts'
import type { Entry } from '../log/entry.ts'
import type { Log } from '../log/log.ts'
import type { ReadEvent } from '../protocol/events.ts'
import type { Position } from '../protocol/position.ts'
import type { ReadMarkers } from './read-markers.ts'

export interface ReadingDeps {
  markers: ReadMarkers
  log: Pick<Log, 'head'>
  history: Pick<History, 'unread' | 'mentions' | 'threadMentions'>
}

export class Reading {
  readonly #deps: ReadingDeps

  constructor(deps: ReadingDeps) {
    this.#deps = deps
  }

  /**
   * Moves somebody's read position, never above the head. Returns where it is then (a mark of an earlier generation
   * does not move it) and what is unread after it; with `recount`, in the room's threads too.
   */
  async read(
    user: string,
    room: string,
    to: Position,
    recount: boolean,
  ): Promise<Omit<ReadEvent, 'type' | 'room'>> {
    const { markers, log, history } = this.#deps
    const head = log.head(room)
    const read = Math.min(to.seq, head)
    const { generation, seq } = markers.mark({ user, room, generation: to.generation, seq: read })
    const marks = [{ room, read: seq }]
    const [left, named, replies] = await Promise.all([
      history.unread(user, marks),
      history.mentions(user, marks),
      recount ? history.threadMentions(user, [room]) : undefined,
    ])
    const counted = { unread: left.get(room) ?? 0, mentions: named.get(room) ?? 0, head }
    const inThreads = replies && { threadMentions: replies.get(room) ?? 0 }
    return { turn: generation, seq, ...counted, ...inThreads }
  }
}

/** What a person's devices receive. A process of an older version sends no turn. */
export const readEventOf = ({
  room,
  seq,
  turn,
  unread,
  mentions,
  threadMentions,
  head,
}: Omit<ReadEvent, 'type'>): ReadEvent => ({
  type: 'read',
  room,
  seq,
  unread,
  ...(turn === undefined ? {} : { turn }),
  ...(mentions === undefined ? {} : { mentions }),
  ...(threadMentions === undefined ? {} : { threadMentions }),
  ...(head === undefined ? {} : { head }),
})

/** A person who joins a room reads it from there, whatever was marked when they were in it before. */
export function forgetNewcomers(markers: ReadMarkers, entries: readonly Entry[]): void {
  for (const { room, event } of entries) {
    if (event.type !== 'notice') continue
    if (event.notice.kind === 'joined') markers.forget(event.user.id, room)
    if (event.notice.kind === 'added') markers.forget(event.notice.person.id, room)
  }
}
