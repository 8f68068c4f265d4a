// What this tab knows of threads, kept up to date by the events of the feed.
import { computed, shallowReactive } from 'vue'
import type { Message } from '../../../server/protocol/http.ts'
import { placeKey } from '../../../server/protocol/place-key.ts'
import type { ThreadMarksAnswer } from '../../../server/protocol/threads.ts'
import { isNamed, isSpoken } from '../../../server/protocol/timeline.ts'
import type { FeedEvent } from '../../wire/feed-events.ts'
import { countedMark, deletedMark, newMark, readMark, toldMark, unreadCount, type Mark } from './mark.ts'

/** `unsure`: only the server can tell what a change does to what it has counted. */
export function useMarks(own: () => string | undefined, unsure: () => void) {
  const known = shallowReactive(new Map<string, Mark>())
  const markOf = (room: string, thread: number): Mark =>
    known.get(placeKey(room, thread)) ?? newMark(room, thread)
  const put = (mark: Mark): void => void known.set(placeKey(mark.room, mark.thread), mark)

  function said(room: string, messages: readonly Message[]): void {
    for (const message of messages) {
      if (!isSpoken(message) || message.thread === undefined) continue
      const { seq, thread, user, deletedAt } = message
      if (user.id === own()) put(toldMark(markOf(room, thread), { read: seq, last: seq }))
      else if (!known.has(placeKey(room, thread))) continue
      else if (deletedAt !== null) deleted(room, seq)
      else put(toldMark(markOf(room, thread), { last: seq }))
    }
  }

  function deleted(room: string, seq: number): void {
    for (const mark of known.values()) {
      if (mark.room !== room) continue
      const next = deletedMark(mark, seq)
      if (next === undefined) unsure()
      else if (next !== mark) put(next)
    }
  }

  function show({ threads }: ThreadMarksAnswer): void {
    const followed = new Set(threads.map(({ room, thread }) => placeKey(room, thread)))
    for (const [key, one] of known) if (!followed.has(key)) known.set(key, { ...one, following: false })
    for (const mark of threads) put(countedMark(markOf(mark.room, mark.thread), mark))
  }

  function apply(event: FeedEvent): void {
    if (event.type === 'entries') {
      said(event.room, event.messages)
      for (const one of event.changes)
        if (one.type === 'deleted') deleted(event.room, one.target)
        // Whose replies are counted is not known here. An edit: it may be a reply that names them now, which makes them follow its thread.
        else if (one.type === 'erased') unsure()
        else if (one.type === 'edited' && isNamed(one.mentions, own() ?? '')) unsure()
    } else if (event.type === 'thread') {
      const before = markOf(event.room, event.thread)
      const mark = toldMark(before, event)
      put(mark)
      // Replies may have come before it was known to be followed; or it was read elsewhere, into what only the server
      // has counted.
      const isNew = mark.following && !before.following
      if (isNew || (event.read !== undefined && mark.counted > 0)) unsure()
    } else if (event.type === 'gone')
      for (const [key, one] of known) if (one.room === event.room) known.delete(key)
  }

  return {
    /** Followed threads with unread replies. */
    fresh: computed(() => [...known.values()].filter((mark) => unreadCount(mark) > 0)),
    isFollowing: (room: string, thread: number): boolean => markOf(room, thread).following,
    readUpTo: (room: string, thread: number): number => markOf(room, thread).read,
    /** Unread replies; undefined for a thread that this tab has no mark of, as the oldest of very many. */
    unreadIn: (room: string, thread: number): number | undefined => {
      const mark = known.get(placeKey(room, thread))
      return mark && unreadCount(mark)
    },
    readTo: (room: string, thread: number, seq: number): void => put(readMark(markOf(room, thread), seq)),
    show,
    apply,
    clear: () => known.clear(),
  }
}
