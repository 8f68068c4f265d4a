// Deletes everything that somebody has said, through the log as they would: one entry for each message, so many a second. Durable:
// what is not deleted yet is looked for again, and each deletion has a cid of its own that the message gives it.
// Not by an entry for each room, as erasing/ deletes: that one is undone for a day, so the words stay in the tables until then, and
// whoever ends an account wants them gone now. A deletion takes them out with the transaction that archives it. Limit:
// limits.ending.atOnce in limits.ending.pauseMs, so that somebody's ten thousand messages, which every reader's browser is told of
// one by one, take a minute or two and delay nobody.
import { createHash } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../db.ts'
import { derivedCid } from '../derived-cid.ts'
import { isSpokenRow } from '../history/entries/kind.ts'
import type { Log } from '../log/log.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'

export interface DeletingDeps {
  db: Db
  log: Pick<Log, 'append' | 'waitingSince'>
  /** Ends it between two messages; the next call goes on. */
  signal: AbortSignal
}

/** What was under way when the account ended is in the log by then. */
const settleMs = 2 * limits.sendAnsweredMs

interface Row {
  room_id: number
  seq: number
  cid: Buffer
}

/**
 * True once all of them are deleted in MySQL too. Messages that MySQL does not have yet are waited for: the caller asks again.
 * `since`: when they stopped talking, in ms since 1970. @throws a lost connection, or what the log says
 */
export async function deleteMessagesOf(deps: DeletingDeps, user: Person, since: number): Promise<boolean> {
  const { db, log, signal } = deps
  // Before MySQL is asked: what it has then is all there is.
  const isArchived = Date.now() > since + settleMs && (log.waitingSince ?? Infinity) > since + settleMs
  const { atOnce, pauseMs } = limits.ending
  let isDone = true
  // By their cids, for which there is an index. Also what is only hidden: it could be restored.
  for (let after: Buffer = Buffer.alloc(0); ;) {
    const rows = await db.rows<Row>(
      `SELECT room_id, seq, cid FROM messages
       WHERE user_id = ? AND cid > ? AND (deleted_ms IS NULL OR erased_seq IS NOT NULL) AND ${isSpokenRow} ORDER BY cid LIMIT ?`,
      [BigInt(user.id), after, atOnce],
    )
    for (const row of rows) {
      if (signal.aborted) return false
      isDone = false
      await deleteOne(deps, user, row, since)
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < atOnce) return isDone && isArchived
    after = last.cid
    await pause(pauseMs, undefined, { signal }).catch(() => undefined)
  }
}

async function deleteOne(
  { log }: DeletingDeps,
  user: Person,
  { room_id, seq }: Row,
  since: number,
): Promise<void> {
  const room = String(room_id)
  const digest = createHash('sha256').update(`ended ${user.id} ${room} ${seq}`).digest()
  const answer = await log.append({
    room,
    user,
    cid: derivedCid(since, digest),
    body: { type: 'deleted', target: seq },
  })
  if (!('seq' in answer)) throw new Error(`a message of an ended account stays for now: ${answer.code}`)
}
