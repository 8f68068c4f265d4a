// The SQL of who follows which thread: those who began it, replied in it or were named in it, and who asked for it; and
// how far each has read. A marker never goes back. Who does not want to follow is not made to by a later reply.
import type { Db, Queryable } from '../../db.ts'
import type { EditedEvent } from '../../protocol/entries/edited.ts'
import type { ReplyEvent } from '../../protocol/events.ts'
import { placeKey } from '../../protocol/place-key.ts'
import { isReply } from '../../protocol/timeline.ts'
import { idsOf } from './mentions.ts'

export interface ThreadPlace {
  room: string
  thread: number
}

type FollowRow = [user: bigint, room: bigint, thread: number, following: 1, read: number]

/** Rows of one statement. */
const atOnce = 500

/**
 * Those who follow a thread because of these entries, which come in their order: who began it, replied, or is named, by
 * an edit as if the reply had named them at first. Who follows begins behind what there was before.
 */
export async function follow(tx: Queryable, entries: readonly (ReplyEvent | EditedEvent)[]): Promise<void> {
  const replies = entries.filter(isReply)
  const threadOf = await threadsOfEdited(tx, entries)
  const begun = entries.flatMap((entry) => {
    const { room, mentions = [] } = entry
    const [target, thread] = isReply(entry)
      ? [entry.seq, entry.thread]
      : [entry.target, threadOf.get(placeKey(room, entry.target))]
    if (thread === undefined) return []
    const named = idsOf(mentions).map((id) => rowOf(id, { room, thread }, target - 1))
    return isReply(entry) ? [...ownRow(entry), ...named] : named
  })
  await insert(tx, [...(await beginners(tx, replies)), ...begun], 'followed_threads.read_seq')
  // Who replies has read what they reply to.
  await insert(tx, replies.flatMap(ownRow), 'GREATEST(followed_threads.read_seq, VALUES(read_seq))')
}

const ownRow = ({ room, thread, seq, user }: ReplyEvent): FollowRow[] =>
  user.bot === true ? [] : [rowOf(user.id, { room, thread }, seq)]

/** The threads of the replies that these edit so that they name somebody, by "room number". */
async function threadsOfEdited(
  tx: Queryable,
  entries: readonly (ReplyEvent | EditedEvent)[],
): Promise<Map<string, number>> {
  const targets = entries.flatMap((entry) =>
    isReply(entry) || entry.mentions === undefined ? [] : [[BigInt(entry.room), entry.target]],
  )
  if (targets.length === 0) return new Map()
  const rows = await tx.rows<{ room: number | string; seq: number; thread: number }>(
    'SELECT room_id AS room, seq, thread FROM messages WHERE (room_id, seq) IN (?) AND thread IS NOT NULL',
    [targets],
  )
  return new Map(rows.map(({ room, seq, thread }) => [placeKey(room, seq), thread]))
}

const rowOf = (user: string, { room, thread }: ThreadPlace, read: number): FollowRow => [
  ...([BigInt(user), BigInt(room), thread, 1, read] as const),
]

async function insert(tx: Queryable, rows: readonly FollowRow[], read: string): Promise<void> {
  for (let at = 0; at < rows.length; at += atOnce)
    await tx.run(
      `INSERT INTO followed_threads (user_id, room_id, thread, is_following, read_seq) VALUES ?
       ON DUPLICATE KEY UPDATE is_following = COALESCE(followed_threads.is_following, 1), read_seq = ${read}`,
      [rows.slice(at, at + atOnce)],
    )
}

/** Those who said what these threads begin with; a program reads no threads. */
async function beginners(tx: Queryable, replies: readonly ReplyEvent[]): Promise<FollowRow[]> {
  const places = [...new Map(replies.map((reply) => [placeKey(reply.room, reply.thread), reply])).values()]
  const found: FollowRow[] = []
  for (let at = 0; at < places.length; at += atOnce) {
    const some = places.slice(at, at + atOnce)
    const rows = await tx.rows<{ room: number | string; seq: number; user: number | string }>(
      `SELECT room_id AS room, seq, user_id AS user FROM messages
       WHERE user_bot = 0 AND (${some.map(() => '(room_id = ? AND seq = ?)').join(' OR ')})`,
      some.flatMap(({ room, thread }) => [BigInt(room), thread]),
    )
    for (const { room, seq, user } of rows)
      found.push(rowOf(String(user), { room: String(room), thread: seq }, seq))
  }
  return found
}

/** Follows a thread from `read` on, or does not want to: by hand. */
export async function setFollowing(
  db: Db,
  userId: string,
  { room, thread, on, read }: ThreadPlace & { on: boolean; read: number },
): Promise<void> {
  await db.run(
    `INSERT INTO followed_threads (user_id, room_id, thread, is_following, read_seq) VALUES (?)
     ON DUPLICATE KEY UPDATE is_following = VALUES(is_following),
       read_seq = GREATEST(followed_threads.read_seq, VALUES(read_seq))`,
    [[BigInt(userId), BigInt(room), thread, on ? 1 : 0, read]],
  )
}

/** Somebody has read a thread up to `seq`, whether or not they follow it yet. */
export async function markThreadRead(
  db: Db,
  userId: string,
  { room, thread, seq }: ThreadPlace & { seq: number },
): Promise<void> {
  await db.run(
    `INSERT INTO followed_threads (user_id, room_id, thread, is_following, read_seq) VALUES (?)
     ON DUPLICATE KEY UPDATE read_seq = GREATEST(followed_threads.read_seq, VALUES(read_seq))`,
    [[BigInt(userId), BigInt(room), thread, null, seq]],
  )
}
