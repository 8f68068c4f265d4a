// Handling a case: what is done about the message and its author, by those who may, and the answer to those who reported it.
// What is done comes first, so a case that is handled was dealt with; of two moderators at once, the first is named.
import { isRefusal } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Db } from '../db.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Bans } from '../moderation/bans.ts'
import type { Changes } from '../posting/change.ts'
import { newCid } from '../protocol/cid.ts'
import type { ErrorCode, Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Person, type User } from '../protocol/people.ts'
import { caseActs, type CaseAct, type HandleBody } from '../protocol/reports.ts'
import { actsFor, type CaseRow, type Cases } from './cases.ts'
import { cleanText } from './report.ts'

export interface HandlingDeps {
  db: Db
  cases: Pick<Cases, 'find'>
  changes: Pick<Changes, 'change'>
  memberships: Pick<Memberships, 'roles' | 'bans'>
  workspaceBans: Pick<Bans, 'make'>
  /** Posts what was held. */
  post: (id: number) => Promise<object | Refusal>
  /** The queue of this room has changed. */
  changed: (room: string) => Promise<void>
  /** Those whom it concerns can read what became of it. */
  answered: (people: readonly string[]) => void
}

/** Who handles a case, and from where. */
export interface Handler {
  user: User
  address: string
}

interface Cleaned {
  reason: string
  answer: string
  expiresInMs: number | undefined
  deleteSinceMs: number | undefined
}

/** What comes to the same: it was done already. */
const done: ReadonlySet<ErrorCode> = new Set(['message_deleted', 'no_such_message', 'no_such_member'])

export class Handling {
  readonly #deps: HandlingDeps

  constructor(deps: HandlingDeps) {
    this.#deps = deps
  }

  async handle(by: Handler, id: string, body: HandleBody): Promise<Refusal | undefined> {
    const reason = cleanText(body.reason, limits.bans.reasonChars)
    const answer = cleanText(body.answer, limits.reports.answerChars)
    if (reason === undefined) return { code: 'bad_reason' }
    if (answer === undefined)
      return { code: 'bad_request', detail: `an answer has up to ${limits.reports.answerChars} characters` }
    const found = await this.#deps.cases.find(by.user, id)
    if (found === undefined) return { code: 'not_found' }
    if (found.handled_at !== null) return { code: 'already_handled' }
    const allowed = actsFor(by.user, found)
    const acts = caseActs.filter((act) => body.acts.includes(act))
    if (acts.some((act) => !allowed.includes(act))) return { code: 'not_allowed' }
    if (acts.includes('post'))
      return acts.length > 1
        ? { code: 'bad_request', detail: 'post stands alone' }
        : this.#post(by, found, answer)
    const { expiresInMs, deleteSinceMs } = body
    if (deleteSinceMs !== undefined && !acts.includes('ban_workspace'))
      return { code: 'bad_request', detail: 'deleteSinceMs is of ban_workspace' }
    for (const act of acts) {
      if (act === 'post') continue
      const refusal = await this.#act(by, found, act, { reason, answer, expiresInMs, deleteSinceMs })
      if (refusal !== undefined && !done.has(refusal.code)) return refusal
    }
    return this.#close(by, found, acts, answer)
  }

  async #act(
    { user, address }: Handler,
    { room_id, seq, author_id }: CaseRow,
    act: Exclude<CaseAct, 'post'>,
    { reason, expiresInMs, deleteSinceMs }: Cleaned,
  ): Promise<Refusal | undefined> {
    const { changes, memberships, workspaceBans } = this.#deps
    const room = String(room_id)
    const author = String(author_id)
    switch (act) {
      case 'delete': {
        if (seq === null) return undefined
        const which = { room, seq, cid: newCid() }
        const passed = { person: personOf(user), admin: user.admin }
        const outcome = await changes.change(passed, which, () => ({ type: 'deleted', target: seq }))
        return isRefusal(outcome) ? outcome : undefined
      }
      case 'remove':
        return memberships.roles.remove(user, room, author, address)
      case 'ban': {
        const expiresAt = expiresInMs === undefined ? null : new Date(Date.now() + expiresInMs)
        return memberships.bans.put(user, { room, person: author, reason, expiresAt }, address)
      }
      case 'ban_workspace': {
        const made = await workspaceBans.make(
          { by: personOf(user), address },
          {
            user: author,
            reason,
            ...(expiresInMs === undefined ? {} : { expiresInMs }),
            ...(deleteSinceMs === undefined ? {} : { deleteSinceMs }),
          },
        )
        return isRefusal(made) ? made : undefined
      }
    }
  }

  /**
   * Phases: 1. marked as being posted, so that nobody drops it; 2. posted; 3. closed. Whoever is interrupted begins again: it has
   * one cid, and is posted once.
   */
  async #post(by: Handler, found: CaseRow, answer: string): Promise<Refusal | undefined> {
    const { db, post } = this.#deps
    // A transaction, which is tried again: its author may be taking it back at this moment.
    const { affectedRows } = await db.transaction((tx) =>
      tx.run("UPDATE review_cases SET acts = 'post' WHERE id = ? AND handled_at IS NULL", [found.id]),
    )
    if (affectedRows === 0) return { code: 'already_handled' }
    const outcome = await post(found.id)
    if (!isRefusal(outcome)) return this.#close(by, found, ['post'], answer)
    // What Redis may have is posted again, and never dropped.
    if (outcome.code !== 'log_unknown')
      await db.run('UPDATE review_cases SET acts = NULL WHERE id = ? AND handled_at IS NULL', [found.id])
    return outcome
  }

  async #close(
    { user, address }: Handler,
    { id, kind, room_id, room_name, author, author_id }: CaseRow,
    acts: readonly CaseAct[],
    answer: string,
  ): Promise<Refusal | undefined> {
    const { db, changed, answered } = this.#deps
    const isFirst = await db.transaction(async (tx) => {
      const { affectedRows } = await tx.run(
        `UPDATE review_cases SET handled_at = ?, handled_by = ?, acts = ?, answer = ?, open_seq = NULL, is_heard = 0
         WHERE id = ? AND handled_at IS NULL AND (acts IS NULL OR acts = ?)`,
        [new Date(), BigInt(user.id), acts.join(','), answer, id, acts.join(',')],
      )
      if (affectedRows === 0) return false
      await noteAudit(tx, {
        kind: kind === 'held' ? 'held_handled' : 'report_handled',
        by: personOf(user),
        address,
        about: {
          person: JSON.parse(author) as Person,
          room: { id: String(room_id), name: room_name },
          id: String(id),
          changed: { acts: acts.length === 0 ? 'dismissed' : acts.join(', ') },
        },
      })
      return true
    })
    if (!isFirst) return { code: 'already_handled' }
    const reporters = await db.rows<{ id: number }>(
      'SELECT reporter_id AS id FROM reports WHERE case_id = ?',
      [id],
    )
    answered(kind === 'held' ? [String(author_id)] : reporters.map((one) => String(one.id)))
    await changed(String(room_id))
    return undefined
  }
}
