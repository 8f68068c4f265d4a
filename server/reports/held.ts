// Messages that a rule held back: kept whole, in the queue of moderators, and posted by them as if their authors had sent them
// then. Invariant: a message is posted under the cid that it was sent with, so it is posted once, however often it is approved or
// sent again.
import { isRefusal } from '../answer.ts'
import { isDuplicate, unlessAway, type Db, type Queryable } from '../db.ts'
import type { FileRow } from '../files/file-row.ts'
import type { Appended } from '../log/entry.ts'
import type { Memberships } from '../membership/memberships.ts'
import { isThere } from '../membership/standing.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Passed } from '../posting/gate.ts'
import type { Form, Said, Say } from '../posting/say.ts'
import { questionOf } from '../protocol/entries/poll.ts'
import type { Refusal } from '../protocol/errors.ts'
import { withFiles } from '../protocol/file-words.ts'
import type { FileRef } from '../protocol/files.ts'
import { limits } from '../protocol/limits.ts'
import { personOf, type Person } from '../protocol/people.ts'
import type { Case, WithdrawnAnswer } from '../protocol/reports.ts'
import { withdrawn } from './cases.ts'
import { mayReview } from './held-files.ts'
import type { QueueNews } from './queue-news.ts'

export interface HeldDeps {
  db: Db
  news: Pick<QueueNews, 'changed' | 'answered'>
}

export interface PostingOfHeld {
  say: Pick<Say, 'say'>
  memberships: Pick<Memberships, 'standing'>
  bans: Pick<BanList, 'of' | 'isOutOf'>
}

/** What posting it needs; its author is beside it. */
interface Kept {
  said: Said
  form: Form
}

interface WaitingRow {
  kind: Case['kind']
  room_id: number
  author_id: number
  said: string | null
  handled_at: Date | null
  acts: string | null
}

interface KnownRow {
  handled_at: Date | null
  seq: number | null
  acts: string | null
}

export class HeldMessages {
  readonly #deps: HeldDeps

  constructor(deps: HeldDeps) {
    this.#deps = deps
  }

  /**
   * Keeps it for review, and says so. Sent again, it waits still; was posted, and has its number; or was dropped, and is refused.
   */
  async hold(
    { person }: Passed,
    said: Said,
    form: Form,
    files?: readonly FileRef[],
  ): Promise<Appended | Refusal> {
    const { db, news } = this.#deps
    const outcome = await unlessAway(async () => {
      const known = await this.#known(person, said.cid)
      if (known !== undefined) return known
      const refusal = await db
        .transaction((tx) => insert(tx, person, { said, form }, files))
        .catch((error: unknown) => {
          // Sent twice at once.
          if (isDuplicate(error)) return undefined
          throw error
        })
      if (refusal !== undefined) return refusal
      await news.changed(said.room)
      return { code: 'held_for_review' as const }
    })
    const isHeld = isRefusal(outcome) && outcome.code === 'held_for_review'
    if (isHeld && person.bot !== true) news.answered([person.id])
    return outcome
  }

  /**
   * Takes it back for its author, whole, unless somebody has handled it, or is just posting it. Nobody reads it any more; the same
   * cid again is refused.
   */
  async withdraw({ id }: Person, caseId: string): Promise<WithdrawnAnswer | Refusal> {
    const { db, news } = this.#deps
    const taken = await db.transaction(async (tx): Promise<Kept | Refusal> => {
      const [row] = await tx.rows<WaitingRow>(
        'SELECT kind, room_id, author_id, said, handled_at, acts FROM review_cases WHERE id = ? FOR UPDATE',
        [BigInt(caseId)],
      )
      if (row === undefined || row.kind !== 'held' || String(row.author_id) !== id)
        return { code: 'not_found' }
      if (!(await isThere(tx, String(row.room_id)))) return { code: 'not_found' }
      if (row.handled_at !== null || row.acts !== null || row.said === null)
        return { code: 'already_handled' }
      await tx.run(
        `UPDATE review_cases SET handled_at = ?, handled_by = ?, acts = ?, text = NULL, said = NULL, is_heard = 1 WHERE id = ?`,
        [new Date(), BigInt(id), withdrawn, BigInt(caseId)],
      )
      return JSON.parse(row.said) as Kept
    })
    if (isRefusal(taken)) return taken
    const { said, form } = taken
    await news.changed(said.room)
    news.answered([id])
    const { room, thread, text } = said
    const place = { room, ...(thread === undefined ? {} : { thread }) }
    return form.type === 'poll'
      ? { ...place, text: questionOf({ text }), options: form.poll.options }
      : { ...place, text }
  }

  /** Whether somebody may see this file because they may handle the message that holds it. */
  mayReview(userId: string, file: FileRow): Promise<boolean> {
    return mayReview(this.#deps.db, userId, file)
  }

  async #known({ id }: Person, cid: string): Promise<Appended | Refusal | undefined> {
    const [row] = await this.#deps.db.rows<KnownRow>(
      'SELECT handled_at, seq, acts FROM review_cases WHERE author_id = ? AND cid = ?',
      [BigInt(id), cid],
    )
    if (row === undefined) return undefined
    if (row.handled_at === null) return { code: 'held_for_review' }
    return row.seq === null ? { code: 'refused_by_rule' } : { seq: row.seq, at: row.handled_at.getTime() }
  }

  /** Posts it in its author's name, if they could still say it. */
  async post(id: number, { say, memberships, bans }: PostingOfHeld): Promise<Appended | Refusal> {
    const [row] = await this.#deps.db.rows<{ said: string | null; author: string; archived: number }>(
      'SELECT c.said, c.author, r.archived FROM review_cases c JOIN rooms r ON r.id = c.room_id AND r.deleted_at IS NULL WHERE c.id = ?',
      [id],
    )
    if (row === undefined || row.said === null) return { code: 'not_found' }
    const { said, form } = JSON.parse(row.said) as Kept
    const author = JSON.parse(row.author) as Person
    if (row.archived === 1) return { code: 'archived' }
    const hook = author.bot === true ? await this.#hook(author.id) : undefined
    for (const id of [author.id, hook?.maker ?? author.id])
      if (bans.of({ user: { id, admin: false } }) !== undefined || bans.isOutOf(id, said.room))
        return { code: 'person_banned' }
    // A webhook is in no room.
    const isIn =
      hook === undefined
        ? ((await memberships.standing(author.id, said.room))?.role ?? null) !== null
        : !hook.isRemoved
    if (!isIn) return { code: 'no_such_member' }
    const posted = await say.say({ person: author, admin: false }, { ...said, isReviewed: true }, form)
    if (!isRefusal(posted))
      await this.#deps.db.run('UPDATE review_cases SET seq = ? WHERE id = ?', [posted.seq, id])
    return posted
  }

  /** The incoming webhook that speaks as this user; undefined: it is a bot's account. */
  async #hook(id: string): Promise<{ isRemoved: boolean; maker: string | undefined } | undefined> {
    const [row] = await this.#deps.db.rows<{ removed_at: Date | null; created_by: number | null }>(
      'SELECT removed_at, created_by FROM incoming_hooks WHERE user_id = ?',
      [BigInt(id)],
    )
    if (row === undefined) return undefined
    const { removed_at, created_by } = row
    return { isRemoved: removed_at !== null, maker: created_by === null ? undefined : String(created_by) }
  }
}

/** `files`: who looks at it is told that it has them. */
async function insert(
  tx: Queryable,
  author: Person,
  { said, form }: Kept,
  files: readonly FileRef[] | undefined,
): Promise<Refusal | undefined> {
  const [waiting] = await tx.rows<{ n: number; own: number | string | null }>(
    'SELECT COUNT(*) AS n, SUM(kind = ? AND author_id = ?) AS own FROM review_cases WHERE handled_at IS NULL',
    ['held', BigInt(author.id)],
  )
  if (Number(waiting?.n) >= limits.reports.open || Number(waiting?.own ?? 0) >= limits.reports.heldOfOne)
    return { code: 'too_many', retryAfterMs: 60_000 }
  const now = new Date()
  const { icon } = author
  const shown = icon === undefined ? personOf(author) : { ...personOf(author), icon }
  await tx.run(
    `INSERT INTO review_cases (kind, room_id, thread, author_id, author, text, said_at, created_at, cid, said) VALUES (?)`,
    [
      [
        'held',
        BigInt(said.room),
        said.thread ?? null,
        BigInt(author.id),
        JSON.stringify(shown),
        withFiles(said.text, files),
        now,
        now,
        said.cid,
        JSON.stringify({ said, form }),
      ],
    ],
  )
  return undefined
}
