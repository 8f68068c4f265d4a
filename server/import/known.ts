// What MySQL already has of a page to be imported: one statement for its messages, one for their reactions.
import type { Param, Queryable } from '../db.ts'
import type { FoldedState } from '../history/entries/spoken.ts'

/** A message that was imported before, in its current state here. */
export interface KnownMessage {
  seq: number
  text: string
  /** Milliseconds since 1970. */
  editedAt: number | undefined
  isDeleted: boolean
  /** The reactions on it, by `reactionKey`. */
  reactions: Map<string, KnownReaction>
  /** The last that was said of its pin; undefined if it was never pinned. */
  pin: KnownPin | undefined
  /** Of a poll. */
  voters: Set<string>
  isClosed: boolean
}

export interface KnownReaction {
  emoji: string
  userId: string
  userName: string
  /** By somebody from the same source. */
  isImported: boolean
}

export interface KnownPin {
  isOn: boolean
  userId: string
  userName: string
  /** By somebody from the same source. */
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
  is_pinned: number
  state: string | null
}

/** The messages of a room with these cids, by cid. A cid is looked up with its author, as in the index. */
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
  // Trap: (user_id, cid) IN ((?, ?), ...) reads the whole index on MariaDB; this form reads ranges on both.
  const where = [...byUser].map(() => '(user_id = ? AND cid IN (?))').join(' OR ')
  const rows = await db.rows<Row>(
    `SELECT cid, seq, text, edited_ms, deleted_ms, is_reacted, is_pinned, state FROM messages WHERE ${where}`,
    [...byUser].flatMap(([userId, cids]): Param[] => [BigInt(userId), cids]),
  )
  const marked = (mark: 'is_reacted' | 'is_pinned') =>
    rows.filter((row) => row[mark] === 1).map(({ seq }) => seq)
  const reactions = await findReactions(db, source, room, marked('is_reacted'))
  const pins = await findPins(db, source, room, marked('is_pinned'))
  return new Map(
    rows.map((row) => [
      row.cid.toString('hex'),
      {
        seq: row.seq,
        text: row.text ?? '',
        editedAt: row.edited_ms ?? undefined,
        isDeleted: row.deleted_ms !== null,
        reactions: reactions.get(row.seq) ?? new Map(),
        pin: pins.get(row.seq),
        ...pollIn(row.state),
      },
    ]),
  )
}

function pollIn(state: string | null): Pick<KnownMessage, 'voters' | 'isClosed'> {
  const { fields = {} } = (state === null ? {} : JSON.parse(state)) as Partial<FoldedState>
  return {
    voters: new Set(fields.votes?.map(({ voter }) => voter)),
    isClosed: fields.closedAt !== undefined,
  }
}

const byImported = (table: string): string =>
  `EXISTS (SELECT 1 FROM imported i WHERE i.kind = 'person' AND i.id = ${table}.user_id AND i.source = ?) AS isImported`

async function findPins(
  db: Queryable,
  source: string,
  room: string,
  targets: readonly number[],
): Promise<Map<number, KnownPin>> {
  if (targets.length === 0) return new Map()
  const rows = await db.rows<Omit<ReactionRow, 'emoji'> & { is_on: number }>(
    `SELECT p.target, p.is_on, p.user_id, p.user_name, ${byImported('p')}
     FROM pins p WHERE p.room_id = ? AND p.target IN (?)`,
    [source, BigInt(room), [...targets]],
  )
  return new Map(
    rows.map(({ target, is_on: on, user_id, user_name, isImported }) => [
      target,
      { isOn: on === 1, userId: String(user_id), userName: user_name, isImported: isImported === 1 },
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
    `SELECT r.target, r.emoji, r.user_id, r.user_name, ${byImported('r')}
     FROM reactions r WHERE r.room_id = ? AND r.target IN (?) AND r.is_on = 1`,
    [source, BigInt(room), [...targets]],
  )
  for (const { target, emoji, user_id, user_name, isImported } of rows) {
    const userId = String(user_id)
    const known = found.get(target) ?? new Map<string, KnownReaction>()
    found.set(target, known)
    known.set(reactionKey(emoji, userId), {
      emoji,
      userId,
      userName: user_name,
      isImported: isImported === 1,
    })
  }
  return found
}
