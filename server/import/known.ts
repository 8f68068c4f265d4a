// What MySQL has of a page that is about to be imported: one statement for its messages, one for their reactions.
import type { Param, Queryable } from '../db.ts'

/** A message that was imported before, as it stands here. */
export interface KnownMessage {
  seq: number
  text: string
  /** Milliseconds since 1970. */
  editedAt: number | undefined
  isDeleted: boolean
  /** Those that are on it, by `reactionKey`. */
  reactions: Map<string, KnownReaction>
}

export interface KnownReaction {
  emoji: string
  userId: string
  userName: string
  /** Of somebody who came from the same source. */
  isImported: boolean
}

export const reactionKey = (emoji: string, userId: string): string => `${emoji} ${userId}`

interface Row {
  cid: Buffer
  seq: number
  text: string | null
  edited_ms: number | null
  deleted_ms: number | null
  is_reacted: number
}

/** The messages of a room under these cids, by cid. A cid is looked up together with whose it is, as the index has it. */
export async function findKnown(
  db: Queryable,
  source: string,
  room: string,
  wanted: readonly { userId: string; cid: string }[],
): Promise<Map<string, KnownMessage>> {
  const byUser = new Map<string, Buffer[]>()
  for (const { userId, cid } of wanted)
    byUser.set(userId, [...(byUser.get(userId) ?? []), Buffer.from(cid.replaceAll('-', ''), 'hex')])
  if (byUser.size === 0) return new Map()
  // Trap: (user_id, cid) IN ((?, ?), ...) reads the whole index on MariaDB; this reads ranges on both.
  const where = [...byUser].map(() => '(user_id = ? AND cid IN (?))').join(' OR ')
  const rows = await db.rows<Row>(
    `SELECT cid, seq, text, edited_ms, deleted_ms, is_reacted FROM messages WHERE ${where}`,
    [...byUser].flatMap(([userId, cids]): Param[] => [BigInt(userId), cids]),
  )
  const reacted = rows.filter((row) => row.is_reacted === 1).map(({ seq }) => seq)
  const reactions = await findReactions(db, source, room, reacted)
  return new Map(
    rows.map((row) => [
      row.cid.toString('hex'),
      {
        ...{ seq: row.seq, text: row.text ?? '', editedAt: row.edited_ms ?? undefined },
        ...{ isDeleted: row.deleted_ms !== null, reactions: reactions.get(row.seq) ?? new Map() },
      },
    ]),
  )
}

interface ReactionRow {
  target: number
  emoji: string
  user_id: number | string
  user_name: string
  isImported: number
}

async function findReactions(
  db: Queryable,
  source: string,
  room: string,
  targets: readonly number[],
): Promise<Map<number, Map<string, KnownReaction>>> {
  const found = new Map<number, Map<string, KnownReaction>>()
  if (targets.length === 0) return found
  const rows = await db.rows<ReactionRow>(
    `SELECT r.target, r.emoji, r.user_id, r.user_name, EXISTS (
       SELECT 1 FROM imported i WHERE i.kind = 'person' AND i.id = r.user_id AND i.source = ?) AS isImported
     FROM reactions r WHERE r.room_id = ? AND r.target IN (?) AND r.is_on = 1`,
    [source, BigInt(room), [...targets]],
  )
  for (const { target, emoji, user_id, user_name, isImported } of rows) {
    const userId = String(user_id)
    const known = found.get(target) ?? new Map<string, KnownReaction>()
    found.set(target, known)
    known.set(reactionKey(emoji, userId), {
      ...{ emoji, userId, userName: user_name, isImported: isImported === 1 },
    })
  }
  return found
}
