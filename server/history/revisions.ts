// What a message said before it was edited: its first words and the text of each edit, from memory and from MySQL. Of a
// deleted message none is left. Who may read them is asked before (protocol/rights.ts).
import { isConnectionLost, type Db, type Queryable } from '../db.ts'
import type { Tail } from '../log/tail.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Revision, RevisionsAnswer, SpokenMessage } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { firstTexts, firstWords } from './as-of.ts'

export interface RevisionsParts {
  db: Db
  tailOf: (room: string) => Tail | undefined
  /** The message as it is. */
  find: (room: string, seq: number) => Promise<SpokenMessage | Refusal | undefined>
}

export class Revisions {
  readonly #parts: RevisionsParts

  constructor(parts: RevisionsParts) {
    this.#parts = parts
  }

  /** Oldest first, the text of today last; the newest of them where there are more than limits.revisions. */
  async of(room: string, seq: number): Promise<RevisionsAnswer | Refusal> {
    const { db, tailOf, find } = this.#parts
    const message = await find(room, seq)
    const tail = tailOf(room)
    if (message === undefined || tail === undefined) return { code: 'no_such_message' }
    if ('code' in message) return message
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    // Memory first, MySQL second, as everywhere.
    const fresh = tail.changesOf(room, seq).flatMap((change): Revision[] => {
      const { seq: number, at, user } = change
      return change.type === 'edited' ? [{ seq: number, at, user, text: change.text }] : []
    })
    const born = firstWords(tail, room, message)
    try {
      const first = born === undefined ? (await firstTexts(db, room, [seq])).get(seq)?.text : wordsOf(born)
      const kept = await keptEdits(db, room, seq)
      // Deleted while this was read: what was found is not told any more.
      if (tail.isDeleted(room, seq)) return { code: 'message_deleted' }
      const start: Revision[] =
        first === undefined || first === null
          ? []
          : [{ seq, at: message.at, user: message.user, text: first }]
      const bySeq = new Map([...start, ...kept, ...fresh].map((one) => [one.seq, one]))
      const all = [...bySeq.values()].sort((a, b) => a.seq - b.seq)
      return { revisions: all.slice(-limits.revisions), more: all.length > limits.revisions }
    } catch (error) {
      if (isConnectionLost(error)) return { code: 'history_unavailable', retryAfterMs: 3_000 }
      throw error
    }
  }
}

const wordsOf = (message: ReturnType<typeof firstWords>): string | undefined =>
  message?.kind === 'message' ? message.text : undefined

interface EditRow {
  seq: number
  user_id: number | string
  user_name: string
  text: string
  log_ms: number
}

async function keptEdits(db: Queryable, room: string, target: number): Promise<Revision[]> {
  const rows = await db.rows<EditRow>(
    `SELECT seq, user_id, user_name, text, log_ms FROM changes
     WHERE room_id = ? AND target = ? AND kind = 'edited' AND text IS NOT NULL ORDER BY seq DESC LIMIT ?`,
    [BigInt(room), target, limits.revisions + 1],
  )
  return rows.map(({ seq, user_id, user_name, text, log_ms }) => ({
    ...{ seq, at: log_ms, text, user: { id: String(user_id), name: user_name } },
  }))
}
