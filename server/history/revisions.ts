// Earlier versions of a message: its first text and the text of each edit, from memory and from MySQL. A deleted
// message has none. Callers check who may read them (protocol/rights.ts).
import { unlessAway, type Db, type Queryable } from '../db.ts'
import type { Log } from '../log/log.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Revision, RevisionsAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { personNow, type NameOf } from '../protocol/present-names.ts'
import { isSpoken } from '../protocol/timeline.ts'
import { firstWords } from './as-of.ts'
import type { History } from './history.ts'
import { firstMessages } from './sql/messages.ts'

export interface RevisionsDeps {
  db: Db
  log: Pick<Log, 'tail'>
  history: Pick<History, 'find'>
  nameOf: NameOf
}

export class Revisions {
  readonly #deps: RevisionsDeps

  constructor(deps: RevisionsDeps) {
    this.#deps = deps
  }

  /** Oldest first, today's text last; only the newest if there are more than limits.revisions. */
  async of(room: string, seq: number): Promise<RevisionsAnswer | Refusal> {
    const { db, log, history, nameOf } = this.#deps
    const message = await history.find(room, seq)
    const tail = log.tail(room)
    if (message === undefined || tail === undefined) return { code: 'no_such_message' }
    if ('code' in message) return message
    if (message.deletedAt !== null) return { code: 'message_deleted' }
    // Memory first, MySQL second, as everywhere.
    const fresh = tail.changesOf(room, seq).flatMap((change): Revision[] => {
      const { seq: number, at, user } = change
      return change.type === 'edited' ? [{ seq: number, at, user, text: change.text }] : []
    })
    const born = firstWords(tail, room, message)
    return unlessAway(async (): Promise<RevisionsAnswer | Refusal> => {
      const first = born ?? (await firstMessages(db, room, [seq]))[0]
      const kept = await keptEdits(db, room, seq)
      // Deleted while this was being read: the result is discarded.
      if (tail.isDeleted(room, seq)) return { code: 'message_deleted' }
      const start: Revision[] =
        first !== undefined && isSpoken(first) && first.deletedAt === null
          ? [{ seq, at: message.at, user: message.user, text: first.text }]
          : []
      const bySeq = new Map([...start, ...kept, ...fresh].map((one) => [one.seq, one]))
      const all = [...bySeq.values()]
        .sort((a, b) => a.seq - b.seq)
        .map((one) => ({ ...one, user: personNow(one.user, nameOf) }))
      return { revisions: all.slice(-limits.revisions), more: all.length > limits.revisions }
    })
  }
}

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
    seq,
    at: log_ms,
    text,
    user: { id: String(user_id), name: user_name },
  }))
}
