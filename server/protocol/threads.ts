// What HTTP takes and answers about the threads that somebody follows.
import { Type, type Static } from 'typebox'
import { SpokenMessage } from './http.ts'
import { limits } from './limits.ts'
import { Closed, Id, Nullable, Seq } from './schema.ts'

export const ThreadReadBody = Closed({ seq: Seq })
export const ThreadsQuery = Closed({
  /** The `next` of the page before. */
  before: Type.Optional(Type.String({ pattern: '^[01]-[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
})
/** `read`: how far one has read it; `unread`: replies of others after that, up to limits.unreadMost; `last`: its newest. */
export const FollowedThread = Closed({
  ...{ room: Id, root: SpokenMessage, read: Seq, unread: Type.Integer({ minimum: 0 }) },
  /** Its newest reply, as it is; null before the first. */
  last: Nullable(SpokenMessage),
})
/** Those with something new first, then by their newest reply; `next` is null on the last page. */
export const ThreadsAnswer = Closed({ threads: Type.Array(FollowedThread), next: Nullable(Type.String()) })
/** All threads one follows, at most limits.threads.known, the newest: there is something new where `last` is above `read`. */
export const ThreadMark = Closed({ room: Id, thread: Seq, read: Seq, last: Seq })
export const ThreadMarksAnswer = Closed({ threads: Type.Array(ThreadMark) })

export type FollowedThread = Static<typeof FollowedThread>
export type ThreadsAnswer = Static<typeof ThreadsAnswer>
export type ThreadMark = Static<typeof ThreadMark>
export type ThreadMarksAnswer = Static<typeof ThreadMarksAnswer>
