// Replies in threads: which message a thread may begin with. Limit: a reply and the deletion of its root, made at
// once, are each checked against the state before both; the reply is then the last of its thread.
import type { History } from '../history/history.ts'
import type { Appended } from '../log/entry.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import type { Mention } from '../protocol/message.ts'
import type { Person } from '../protocol/people.ts'

/** Called once a reply is in the log. It must not throw. */
export interface ReplyListener {
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

/** The root message of a reply's thread; otherwise the refusal for its sender. */
export async function rootOf(
  history: Pick<History, 'find' | 'findChange'>,
  user: Person,
  { room, cid, thread }: Reply,
): Promise<{ root: SpokenMessage } | { answer: Appended | Refusal }> {
  const root = await history.find(room, thread)
  if (root !== undefined && 'code' in root) return { answer: root }
  if (root === undefined || root.thread !== undefined) return { answer: { code: 'bad_thread' } }
  if (root.deletedAt === null) return { root }
  // A reply whose answer was lost is repeated, and may find its thread ended: the same cid, the same number.
  const said = await history.findChange(user.id, { room, seq: thread, cid })
  return { answer: said ?? { code: 'message_deleted' } }
}
