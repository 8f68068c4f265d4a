// Sends what is due, as its author would at that moment. Several servers look; whoever marks a row sends it, and everybody may
// go on with it after limits.scheduled.leaseMs: the cid makes it one message, wherever the first one was killed.
import { isRefusal } from '../answer.ts'
import type { Db } from '../db.ts'
import { cidBytes } from '../history/sql/insert.ts'
import type { Log } from '../log/log.ts'
import { postAction, type Gate } from '../posting/gate.ts'
import type { Say } from '../posting/say.ts'
import { errors, type ErrorCode, type Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { SentBody } from '../protocol/message.ts'
import type { Actor } from '../protocol/people.ts'
import type { Scheduled } from '../protocol/scheduled.ts'
import { shownOne, type ScheduledRow } from './scheduled.ts'

export interface DueDeps {
  db: Db
  log: Pick<Log, 'tail'>
  gate: Pick<Gate, 'pass'>
  say: Pick<Say, 'say'>
  /** Tells its author; null: it was sent. */
  tell: (user: string, id: string, scheduled: Scheduled | null) => void
  now?: (() => number) | undefined
}

interface DueRow extends ScheduledRow {
  user_id: number
  name: string
  guest: number
  is_admin: number
  is_bot: number
  created_at: Date
}

/** No message can be sent now, whoever it is by: the others wait for the next look. */
const forAll: ReadonlySet<ErrorCode> = new Set([
  'log_unavailable',
  'log_unknown',
  'overloaded',
  'unavailable',
])

const { batch, leaseMs, retryMs, lateMs } = limits.scheduled

/** @throws a lost connection: what was marked is tried again once its lease is over */
export async function sendDue(deps: DueDeps): Promise<void> {
  const { db, now = Date.now } = deps
  const due = await db.rows<DueRow>(
    `SELECT s.id, s.room_id, s.cid, s.said, s.due_ms, s.state, s.refusal, s.user_id, u.name,
       (u.password_hash IS NULL AND u.is_provided = 0) AS guest, u.is_admin, u.is_bot, u.created_at
     FROM scheduled_messages s JOIN users u ON u.id = s.user_id AND u.ended_at IS NULL
     WHERE s.state IN ('waiting', 'sending') AND s.due_ms <= ? AND s.rests_ms <= ? ORDER BY s.due_ms, s.id LIMIT ?`,
    [now(), now(), batch],
  )
  for (const row of due) {
    const outcome = (await claim(db, row, now())) ? await send(deps, row, now()) : undefined
    if (isRefusal(outcome) && forAll.has(outcome.code)) return
  }
}

/** False: somebody else has it, or its author has changed it. */
async function claim(db: Db, { id, state, due_ms }: DueRow, now: number): Promise<boolean> {
  const { affectedRows } = await db.run(
    `UPDATE scheduled_messages SET state = 'sending', rests_ms = ?
     WHERE id = ? AND state = ? AND due_ms = ? AND rests_ms <= ?`,
    [now + leaseMs, id, state, due_ms, now],
  )
  return affectedRows > 0
}

async function send(deps: DueDeps, row: DueRow, now: number): Promise<Refusal | undefined> {
  const { db, tell } = deps
  const user = String(row.user_id)
  // The words may have changed between the look and the mark.
  const [{ said } = row] = await db.rows<{ said: string }>(
    'SELECT said FROM scheduled_messages WHERE id = ?',
    [row.id],
  )
  const refusal = await attempt(deps, { ...row, said }, now)
  // What waits for moderators was said: its author hears what becomes of it.
  if (refusal === undefined || refusal.code === 'held_for_review') {
    await db.run("UPDATE scheduled_messages SET state = 'sent', done_ms = ? WHERE id = ?", [now, row.id])
    tell(user, String(row.id), null)
    return undefined
  }
  const { code, retryAfterMs = retryMs } = refusal
  if (errors[code].retry) {
    // Whoever may have sent it before, or may have now, leaves it as it is: it can no longer be changed.
    const mayBeSent = row.state === 'sending' || code === 'log_unknown'
    await db.run('UPDATE scheduled_messages SET state = ?, rests_ms = ? WHERE id = ?', [
      mayBeSent ? 'sending' : 'waiting',
      // What holds it back may end sooner, as slow mode does when it is turned off.
      now + Math.min(retryAfterMs, leaseMs),
      row.id,
    ])
    return refusal
  }
  await db.run("UPDATE scheduled_messages SET state = 'refused', refusal = ? WHERE id = ?", [code, row.id])
  tell(user, String(row.id), await shownOne(db, { ...row, said, state: 'refused', refusal: code }))
  return refusal
}

/** Undefined: it is in the log. */
async function attempt(deps: DueDeps, row: DueRow, now: number): Promise<Refusal | undefined> {
  const { gate, say } = deps
  const said = JSON.parse(row.said) as SentBody
  const room = String(row.room_id)
  const by = await gate.pass({ actor: actorOf(row), action: postAction(said), room, cid: row.cid })
  // Somebody who was killed right after may have sent it while its author still was in the room.
  if (isRefusal(by)) return row.state === 'sending' && (await isSent(deps, row)) ? undefined : by
  const late = now - row.due_ms > lateMs ? { dueAt: Number(row.due_ms) } : {}
  const answer = await say.say(by, { ...said, ...late, room, cid: row.cid })
  if (!isRefusal(answer)) return undefined
  return !errors[answer.code].retry && row.state === 'sending' && (await isSent(deps, row))
    ? undefined
    : answer
}

async function isSent({ db, log }: DueDeps, { user_id, room_id, cid }: DueRow): Promise<boolean> {
  const [room, tail] = [String(room_id), log.tail(String(room_id))]
  const remembered = tail?.since(room, tail.first(room) - 1) ?? []
  const own = String(user_id)
  if (remembered.some(({ cid: one, event }) => one === cid && 'user' in event && event.user.id === own))
    return true
  const sql = 'SELECT 1 FROM messages WHERE user_id = ? AND cid = ?'
  return (await db.rows(sql, [BigInt(user_id), cidBytes(cid)])).length > 0
}

const actorOf = ({ user_id, name, is_admin, is_bot, guest, created_at }: DueRow): Actor => ({
  id: String(user_id),
  name,
  admin: is_admin === 1,
  since: created_at.getTime(),
  ...(is_bot === 1 ? { guest: false, bot: true } : { guest: guest === 1 }),
})
