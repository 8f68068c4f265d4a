// Everything of one person as JSON lines, from MySQL: who they are, what features keep of them (own-data/tables.ts), and what they
// have said, with what it said before: page by page, so that no memory holds it. SQL that only reads.
import type { Db, Queryable } from '../db.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import { ms } from '../own-data/own-table.ts'
import { ownTables } from '../own-data/tables.ts'
import { limits } from '../protocol/limits.ts'

/** How a page is made: the export of a server waits for its turn, the command line does not. */
export type Step = <T>(work: () => Promise<T>) => Promise<T>

export interface OwnExport {
  db: Db
  userId: string
  step: Step
}

/** The form of the lines. It is raised when a field changes its meaning; fields are added without. */
const version = 1

const line = (kind: string, fields: object): string => `${JSON.stringify({ kind, ...fields })}\n`

/** The last line counts the messages: without it, the file is not whole. */
export async function* ownExport({ db, userId, step }: OwnExport): AsyncGenerator<string, void, undefined> {
  const id = BigInt(userId)
  yield line('export', { version, at: Date.now() })
  yield await step(() => aboutPerson(db, id))
  yield await step(() => ownRows(db, id))
  let messages = 0
  for (let after: Buffer = Buffer.alloc(0); ;) {
    const page = await step(() => messagesAfter(db, id, after))
    messages += page.lines.length
    if (page.lines.length > 0) yield page.lines.join('')
    if (page.last === undefined) break
    after = page.last
  }
  yield line('end', { messages })
}

/** One row: `users` is what all the rest hangs on. */
async function aboutPerson(db: Queryable, id: bigint): Promise<string> {
  const people = await db.rows<{
    name: string
    created_at: Date
    is_admin: number
    guest: number
    factor: number
    writers: string
  }>(
    `SELECT name, created_at, is_admin, writers, (password_hash IS NULL AND is_provided = 0) AS guest,
       (EXISTS (SELECT 1 FROM second_factors f WHERE f.user_id = users.id)
        OR EXISTS (SELECT 1 FROM passkeys k WHERE k.user_id = users.id)) AS factor FROM users WHERE id = ?`,
    [id],
  )
  return people
    .map(({ name, created_at, is_admin, guest, factor, writers }) =>
      line('person', {
        id: String(id),
        name,
        createdAt: ms(created_at),
        guest: guest === 1,
        admin: is_admin === 1,
        twoStep: factor === 1,
        writers,
      }),
    )
    .join('')
}

/** What features keep of them. */
async function ownRows(db: Queryable, id: bigint): Promise<string> {
  const made = await Promise.all(ownTables.map(({ lines }) => lines?.(db, id) ?? []))
  return made
    .flat()
    .map(({ kind, ...fields }) => line(kind, fields))
    .join('')
}

interface MessageRow {
  room_id: number
  seq: number
  kind: string
  cid: Buffer
  at: number
  text: string | null
  first_text: string | null
  edited_ms: number | null
  reply_to: number | null
  thread: number | null
  body: string | null
}

interface EditRow {
  room_id: number
  target: number
  seq: number
  text: string
  log_ms: number
}

/** By their cids, for which there is an index. What is deleted has no words left, and is not among them. */
async function messagesAfter(
  db: Queryable,
  id: bigint,
  after: Buffer,
): Promise<{ lines: string[]; last: Buffer | undefined }> {
  const rows = await db.rows<MessageRow>(
    `SELECT room_id, seq, kind, cid, COALESCE(said_ms, log_ms) AS at, text, first_text, edited_ms, reply_to, thread, body
     FROM messages WHERE user_id = ? AND cid > ? AND deleted_ms IS NULL AND ${isSpokenRow}
       AND room_id NOT IN (SELECT id FROM rooms WHERE deleted_at IS NOT NULL) ORDER BY cid LIMIT ?`,
    [id, after, limits.page.max],
  )
  const edited = rows.filter(({ edited_ms }) => edited_ms !== null)
  const edits = edited.length === 0 ? [] : await editsOf(db, edited)
  const lines = rows.map((row) => {
    const revisions = edits
      .filter(({ room_id, target }) => room_id === row.room_id && target === row.seq)
      .map(({ seq, text, log_ms }) => ({ seq, at: Number(log_ms), text }))
    const { first_text: first } = row
    return line('message', {
      room: String(row.room_id),
      seq: row.seq,
      type: row.kind,
      at: Number(row.at),
      text: row.text ?? '',
      ...(row.reply_to === null ? {} : { replyTo: row.reply_to }),
      ...(row.thread === null ? {} : { thread: row.thread }),
      ...(row.body === null ? {} : (JSON.parse(row.body) as object)),
      ...(row.edited_ms === null ? {} : { editedAt: Number(row.edited_ms) }),
      ...(first === null
        ? {}
        : { revisions: [{ seq: row.seq, at: Number(row.at), text: first }, ...revisions] }),
    })
  })
  return { lines, last: rows.length < limits.page.max ? undefined : rows.at(-1)?.cid }
}

const editsOf = (db: Queryable, messages: readonly MessageRow[]): Promise<EditRow[]> =>
  db.rows<EditRow>(
    `SELECT room_id, target, seq, text, log_ms FROM changes
     WHERE (room_id, target) IN (?) AND kind = 'edited' AND text IS NOT NULL ORDER BY seq`,
    [messages.map(({ room_id, seq }) => [BigInt(room_id), seq])],
  )
