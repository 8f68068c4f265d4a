// The end of an account. It is decided in one transaction, after which nobody can come in as this person and nothing speaks for
// them; what takes longer is written down there and done step by step, by whichever server is there. SQL of `endings`.
import { endInvitesOf } from '../access/invites.ts'
import type { Session, Sessions } from '../account/sessions.ts'
import { Refused } from '../answer.ts'
import { noteAudit } from '../audit/audit.ts'
import type { Blocks } from '../directs/blocks.ts'
import type { Db, Queryable } from '../db.ts'
import { forgetHooks } from '../hook/incoming.ts'
import { alone } from '../lock-row.ts'
import type { Log } from '../log/log.ts'
import type { Memberships } from '../membership/memberships.ts'
import { nameFields } from '../naming/names-taken.ts'
import { noteNames, type PresentNames } from '../naming/present-names.ts'
import { endOwnData, prepareEnd } from '../own-data/end.ts'
import { newCid } from '../protocol/cid.ts'
import type { EndBody } from '../protocol/ending.ts'
import type { Refusal } from '../protocol/errors.ts'
import { formerMember } from '../protocol/former-member.ts'
import { personOf } from '../protocol/people.ts'
import type { PresentProfiles } from '../profiles/present-profiles.ts'
import type { Cache } from '../redis/cache.ts'
import { forgetAuthor } from '../reports/forget-words.ts'
import { deleteMessagesOf } from './own-messages.ts'

export interface AccountEndsDeps {
  db: Db
  cache: Cache
  log: Pick<Log, 'append' | 'waitingSince'>
  sessions: Pick<Sessions, 'closeAll' | 'forget'>
  memberships: Pick<Memberships, 'leaveAll'>
  names: Pick<PresentNames, 'changed'>
  present: Pick<PresentProfiles, 'changed'>
  blocks: Pick<Blocks, 'changed'>
  signal: AbortSignal
}

interface Row {
  name: string
  name_key: string
  is_admin: number
}

interface OpenRow {
  user_id: number
  messages: EndBody['messages']
  created_at: Date
  left_at: Date | null
}

export class AccountEnds {
  readonly #deps: AccountEndsDeps

  constructor(deps: AccountEndsDeps) {
    this.#deps = deps
  }

  /** It holds everywhere a moment after this resolves. Whoever asks has proved who they are. */
  async end(
    { session, address }: { session: Session; address: string },
    messages: EndBody['messages'],
  ): Promise<Refusal | undefined> {
    const { db, sessions, names, present, blocks } = this.#deps
    try {
      const ended = await db.transaction(async (tx) => {
        // As administrators are changed: two last ones cannot both end.
        await tx.rows('SELECT one FROM founder FOR UPDATE')
        await noteNames(tx)
        await prepareEnd(tx, BigInt(session.user.id))
        return this.#endIn(tx, { session, address }, messages)
      })
      await sessions.forget(ended)
      await this.#forgetHooks(session.user.id)
    } catch (error) {
      if (error instanceof Refused) return error.refusal
      throw error
    }
    await Promise.all([names.changed(), present.changed(), blocks.changed()])
    return undefined
  }

  async #endIn(
    tx: Queryable,
    { session, address }: { session: Session; address: string },
    messages: EndBody['messages'],
  ) {
    const { user } = session
    const id = BigInt(user.id)
    const [row] = await tx.rows<Row>(
      'SELECT name, name_key, is_admin FROM users WHERE id = ? AND is_bot = 0 AND ended_at IS NULL FOR UPDATE',
      [id],
    )
    if (row === undefined) throw new Refused({ code: 'signed_out' })
    const [count] = await tx.rows<{ admins: number }>(
      'SELECT COUNT(*) AS admins FROM users WHERE is_admin = 1',
    )
    if (row.is_admin === 1 && Number(count?.admins) === 1) throw new Refused({ code: 'last_admin' })
    const now = new Date()
    // Nobody else has the name for a while, so that nobody speaks as them right after.
    const { skeleton } = nameFields(row.name)
    await tx.run('INSERT INTO former_names (user_id, name, name_key, skeleton, ended_at) VALUES (?)', [
      [id, row.name, row.name_key, skeleton, now],
    ])
    // Its name key is longer than a name can be.
    await tx.run(
      `UPDATE users SET name = ?, name_key = ?, skeleton = '', password_hash = NULL, is_admin = 0, writers = 'ended', is_provided = 0,
         renamed_at = ?, ended_at = ? WHERE id = ?`,
      [formerMember, `ended:${newCid()}`, now, now, id],
    )
    await endOwnData(tx, id)
    await tx.run('DELETE FROM outgoing_hooks WHERE created_by = ?', [id])
    const incoming = 'UPDATE incoming_hooks SET removed_at = ? WHERE created_by = ? AND removed_at IS NULL'
    await tx.run(incoming, [now, id])
    await endInvitesOf(tx, user.id)
    await forgetAuthor(tx, user.id, messages)
    // Nobody restores what an administrator has deleted of them: they wanted it gone.
    if (messages === 'delete')
      await tx.run(
        'UPDATE erasings SET final_at = ? WHERE person_id = ? AND undone_at IS NULL AND final_at IS NULL',
        [now, id],
      )
    await tx.run('INSERT INTO endings (user_id, messages, created_at) VALUES (?)', [[id, messages, now]])
    const ended = await this.#deps.sessions.closeAll(tx, user.id)
    await noteAudit(tx, {
      kind: 'account_ended',
      by: personOf({ ...user, name: row.name }),
      address,
      about: { person: { id: user.id, name: row.name }, changed: { messages } },
    })
    return ended
  }

  /** What others post by webhooks that they made is refused, also when MySQL goes away now. */
  async #forgetHooks(userId: string): Promise<boolean> {
    const rows = await this.#deps.db.rows<{ id: number }>(
      'SELECT id FROM incoming_hooks WHERE created_by = ?',
      [BigInt(userId)],
    )
    return forgetHooks(
      this.#deps.cache,
      rows.map(({ id }) => String(id)),
    )
  }

  /** Does what is left to do of those that have ended. By one server at a time. @throws a lost connection */
  async carryOut(): Promise<void> {
    const { db } = this.#deps
    const open = await db.rows<OpenRow>(
      'SELECT user_id, messages, created_at, left_at FROM endings WHERE done_at IS NULL ORDER BY created_at',
    )
    if (open.length === 0) return
    await alone(db, 'ending', async (lock) => {
      const signal = AbortSignal.any([this.#deps.signal, lock.signal])
      for (const one of open) if (!signal.aborted) await this.#carryOutOne(one, signal)
    })
  }

  async #carryOutOne(
    { user_id, messages, created_at, left_at }: OpenRow,
    signal: AbortSignal,
  ): Promise<void> {
    const { db, memberships } = this.#deps
    const user = { id: String(user_id), name: formerMember }
    if (left_at === null) {
      if (!(await this.#forgetHooks(user.id)))
        throw new Error('webhooks of an ended account are still remembered')
      await memberships.leaveAll(user)
      await db.run('UPDATE endings SET left_at = ? WHERE user_id = ?', [new Date(), BigInt(user_id)])
    }
    if (
      messages === 'delete' &&
      !(await deleteMessagesOf({ ...this.#deps, signal }, user, created_at.getTime()))
    )
      return
    // Also of what was reported while it was deleted.
    await forgetAuthor(db, user.id, messages)
    await db.run('UPDATE endings SET done_at = ? WHERE user_id = ?', [new Date(), BigInt(user_id)])
  }
}
