// Replies in threads: which message a thread may begin with. Limit: a reply and the deletion of what it answers, made at
// once, are each allowed as things stood before either; the reply is then the last of its thread.
import type { Appended } from '../log/entry.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Mention, SpokenMessage } from '../protocol/http.ts'
import type { Person } from '../protocol/people.ts'
import type { ChangesParts } from './changes.ts'

export interface Threads {
  find: ChangesParts['find']
  findChange: ChangesParts['findChange']
  /** A reply is in the log. It must not throw. */
  replied: (reply: Replied) => void
}

export interface Replied {
  place: { room: string; thread: number }
  root: SpokenMessage
  /** Of the reply. */
  seq: number
  user: Person
  mentions: readonly Mention[]
}

export interface Reply {
  room: string
  cid: string
  thread: number
}

/** The message that a reply answers; else what is to be answered to who says it. */
export async function rootOf(
  { find, findChange }: Threads,
  user: Person,
  { room, cid, thread }: Reply,
): Promise<{ root: SpokenMessage } | { answer: Appended | Refusal }> {
  const root = await find(room, thread)
  if (root !== undefined && 'code' in root) return { answer: root }
  if (root === undefined || root.thread !== undefined) return { answer: { code: 'bad_thread' } }
  if (root.deletedAt === null) return { root }
  // A reply whose answer was lost is asked again, and may find its thread ended: the same cid, the same number.
  const said = await findChange(user.id, { room, seq: thread, cid })
  return { answer: said ?? { code: 'message_deleted' } }
}
