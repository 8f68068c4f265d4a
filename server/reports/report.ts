// Reporting a message, and what its reporter hears. Whoever can read a message may report it, once; the message is kept with the
// report as it stands at that moment.
import { isRefusal } from '../answer.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { SpokenMessage } from '../protocol/http.ts'
import { withFiles } from '../protocol/file-words.ts'
import type { FileRef } from '../protocol/files.ts'
import { limits } from '../protocol/limits.ts'
import { cleanLine } from '../protocol/names.ts'
import type { Person, User } from '../protocol/people.ts'
import type { OwnAnswer, ReportBody } from '../protocol/reports.ts'
import type { SharedRateLimiter } from '../rate-limiter.ts'
import { actsOf } from './cases.ts'
import { heldFiles } from './held-files.ts'

export interface ReportsDeps {
  db: Db
  history: Pick<History, 'find'>
  memberships: Pick<Memberships, 'find'>
  rate: Pick<SharedRateLimiter, 'take'>
  /** The queue of this room has changed. */
  changed: (room: string) => Promise<void>
}

export interface Place {
  room: string
  seq: number
}

interface AnswerRow {
  case_id: number
  kind: OwnAnswer['kind']
  room_id: number
  room_name: string
  seq: number | null
  author: string
  text: string | null
  said: string | null
  handled_at: Date | null
  acts: string | null
  answer: string
}

/** A line of at most so many characters, '' without one; undefined: it cannot be stored. */
export function cleanText(raw: string | undefined, chars: number): string | undefined {
  const line = (raw ?? '').replace(/\s+/gu, ' ').trim()
  return line === '' ? '' : cleanLine(line, chars)
}

export class Reports {
  readonly #deps: ReportsDeps

  constructor(deps: ReportsDeps) {
    this.#deps = deps
  }

  /** A second report of one message by the same person changes nothing. */
  async report(user: User, { room, seq }: Place, body: ReportBody): Promise<Refusal | undefined> {
    const { db, history, memberships, rate, changed } = this.#deps
    const note = cleanText(body.note, limits.reports.noteChars)
    if (note === undefined)
      return { code: 'bad_request', detail: `a note has up to ${limits.reports.noteChars} characters` }
    if ((await memberships.find(user.id, room)) === undefined) return { code: 'not_found' }
    const message = await history.find(room, seq)
    if (message === undefined) return { code: 'no_such_message' }
    if (isRefusal(message)) return message
    if (message.user.id === user.id) return { code: 'not_allowed' }
    if (await this.#isKnown(user, { room, seq })) return undefined
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    const waitMs = await rate.take(user.id)
    if (waitMs > 0) return { code: 'too_many', retryAfterMs: waitMs }
    const refusal = await db
      .transaction((tx) => insert(tx, user, { room, message }, { reason: body.reason, note }))
      .catch((error: unknown) => {
        // Asked twice at once.
        if (isDuplicate(error)) return undefined
        throw error
      })
    if (refusal === undefined) await changed(room)
    return refusal
  }

  async #isKnown({ id }: User, { room, seq }: Place): Promise<boolean> {
    const sql = 'SELECT 1 FROM reports WHERE room_id = ? AND seq = ? AND reporter_id = ?'
    return (await this.#deps.db.rows(sql, [BigInt(room), seq, BigInt(id)])).length > 0
  }

  /** What became of somebody's reports, and of their messages that were held, until they put it away; the newest first. */
  async answers({ id }: User): Promise<OwnAnswer[]> {
    const rows = await this.#deps.db.rows<AnswerRow>(
      `(SELECT n.case_id, c.kind, n.room_id, r.name AS room_name, n.seq, c.author, NULL AS text, NULL AS said, c.handled_at, c.acts, c.answer
        FROM reports n JOIN review_cases c ON c.id = n.case_id JOIN rooms r ON r.id = n.room_id AND r.deleted_at IS NULL
        WHERE n.reporter_id = ? AND n.is_heard = 0 AND c.handled_at IS NOT NULL
        ORDER BY c.id DESC LIMIT ?)
       UNION ALL
       (SELECT c.id, c.kind, c.room_id, r.name, c.seq, c.author, c.text, c.said, c.handled_at, c.acts, c.answer
        FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL
        WHERE c.author_id = ? AND c.kind = 'held' AND c.is_heard = 0 ORDER BY c.id DESC LIMIT ?)
       ORDER BY case_id DESC LIMIT ?`,
      [BigInt(id), limits.reports.answers, BigInt(id), limits.reports.answers, limits.reports.answers],
    )
    const files = await heldFiles(
      this.#deps.db,
      rows.map(({ case_id, said, seq }) => ({ id: case_id, said, seq })),
    )
    return rows.map((row) => ({
      id: String(row.case_id),
      kind: row.kind,
      room: { id: String(row.room_id), name: row.room_name },
      seq: row.seq,
      author: JSON.parse(row.author) as Person,
      text: row.text,
      ...filesOf(files.get(row.case_id)),
      handledAt: row.handled_at?.getTime() ?? null,
      acts: row.handled_at === null ? [] : actsOf(row.acts),
      answer: row.answer,
    }))
  }

  /** What waits is put away too: what becomes of it is told again. */
  async heard({ id }: User, caseId: string): Promise<void> {
    const which = [BigInt(caseId), BigInt(id)]
    await this.#deps.db.run('UPDATE reports SET is_heard = 1 WHERE case_id = ? AND reporter_id = ?', which)
    await this.#deps.db.run(
      "UPDATE review_cases SET is_heard = 1 WHERE id = ? AND author_id = ? AND kind = 'held'",
      which,
    )
  }

  /** What was said is dropped some days after a case was handled, and later the case. */
  async drop(now = Date.now()): Promise<void> {
    const { db } = this.#deps
    const wordsUntil = new Date(now - limits.reports.wordsKeptMs)
    const until = new Date(now - limits.reports.keptMs)
    await db.run(
      `UPDATE reports n JOIN review_cases c ON c.id = n.case_id SET n.note = '' WHERE c.handled_at < ? AND n.note <> ''`,
      [wordsUntil],
    )
    await db.run(
      'UPDATE review_cases SET text = NULL, said = NULL WHERE handled_at < ? AND text IS NOT NULL',
      [wordsUntil],
    )
    await db.run('DELETE n FROM reports n JOIN review_cases c ON c.id = n.case_id WHERE c.handled_at < ?', [
      until,
    ])
    await db.run('DELETE FROM review_cases WHERE handled_at < ?', [until])
  }
}

const filesOf = (files: FileRef[] | undefined) => (files === undefined ? {} : { files })

/** Into the open case of the message, or a new one. */
async function insert(
  tx: Queryable,
  user: User,
  { room, message }: { room: string; message: SpokenMessage },
  { reason, note }: { reason: string; note: string },
): Promise<Refusal | undefined> {
  const now = new Date()
  const [waiting] = await tx.rows<{ n: number }>(
    'SELECT COUNT(*) AS n FROM review_cases WHERE handled_at IS NULL',
  )
  const columns = 'kind, room_id, seq, open_seq, thread, author_id, author, text, said_at, created_at'
  const { seq, thread, user: author, text, at } = message
  const values = [
    'report',
    BigInt(room),
    seq,
    seq,
    thread ?? null,
    BigInt(author.id),
    JSON.stringify(author),
    withFiles(text, message.files),
  ]
  const isFull = Number(waiting?.n) >= limits.reports.open
  if (!isFull)
    // The case that is there already stays as it is, and is locked: it is not handled in between.
    await tx.run(
      `INSERT INTO review_cases (${columns}) VALUES (?) ON DUPLICATE KEY UPDATE open_seq = open_seq`,
      [[...values, new Date(at), now]],
    )
  const [found] = await tx.rows<{ id: number }>(
    'SELECT id FROM review_cases WHERE room_id = ? AND open_seq = ? FOR UPDATE',
    [BigInt(room), seq],
  )
  if (found === undefined) return { code: 'too_many', retryAfterMs: 60_000 }
  const [of] = await tx.rows<{ n: number }>('SELECT COUNT(*) AS n FROM reports WHERE case_id = ?', [found.id])
  if (Number(of?.n) >= limits.reports.ofOne) return undefined
  await tx.run(
    'INSERT INTO reports (room_id, seq, reporter_id, case_id, reason, note, created_at) VALUES (?)',
    [[BigInt(room), seq, BigInt(user.id), found.id, reason, note, now]],
  )
  return undefined
}
