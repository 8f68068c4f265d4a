// The HTTP requests and answers about followed threads.
import { Type, type Static } from 'typebox'
import { SpokenMessage } from './http.ts'
import { limits } from './limits.ts'
import { Closed, Id, Limit, NextQuery, Nullable, Seq } from './schema.ts'

export const ThreadReadBody = Closed({ seq: Seq })
export const ThreadsQuery = Closed({
  before: NextQuery('^[01]-[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$'),
  limit: Limit(limits.page.default, limits.page.max),
})
/**
 * `read`: how far the person has read it; `unread`: replies of others after that, up to limits.maxUnread; `last`: its
 * newest.
 */
export const FollowedThread = Closed({
  room: Id,
  root: SpokenMessage,
  read: Seq,
  unread: Type.Integer({ minimum: 0 }),
  /** Its newest reply in its current state; null before the first. */
  last: Nullable(SpokenMessage),
})
/** Those with unread replies first, then by their newest reply; `next` is null on the last page. */
export const ThreadsAnswer = Closed({ threads: Type.Array(FollowedThread), next: Nullable(Type.String()) })
/**
 * All followed threads, at most limits.threads.known, the newest. `unread`: replies of others above `read`, up to
 * limits.maxUnread; a deleted one does not count. `upTo`: the newest number of the room when they were counted.
 */
export const ThreadMark = Closed({
  room: Id,
  thread: Seq,
  read: Seq,
  last: Seq,
  unread: Type.Integer({ minimum: 0 }),
  upTo: Seq,
})
export const ThreadMarksAnswer = Closed({ threads: Type.Array(ThreadMark) })

export type FollowedThread = Static<typeof FollowedThread>
export type ThreadsAnswer = Static<typeof ThreadsAnswer>
export type ThreadMark = Static<typeof ThreadMark>
export type ThreadMarksAnswer = Static<typeof ThreadMarksAnswer>
