// The devices that are told by push, in MySQL. Each belongs to the session that subscribed it, and is nobody's once that has ended.
import { createHash } from 'node:crypto'
import type { Session } from '../account/sessions.ts'
import { isDuplicate, type Db, type Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { PushDevice, PushLanguage } from '../protocol/push.ts'
import type { CheckedKeys } from './check.ts'
import type { Target } from './post.ts'

interface Row {
  id: number
  session_id: number
  agent: string
  name: string | null
  created_ms: number
  failing_ms: number | null
  failure: string | null
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** What goes to one service is delivered together: a number of the origin of its addresses. */
export const serviceOf = (endpoint: string): number => hashOf(new URL(endpoint).origin).readUInt32BE()

/** A session that is open. */
const open = 's.expires_at > ?'

export class Subscriptions {
  readonly #db: Db
  readonly #now: () => number

  constructor(db: Db, now: () => number = Date.now) {
    this.#db = db
    this.#now = now
  }

  /**
   * From now on this session's device is told at this address, whoever's it was before: it is the browser's. The oldest of more
   * than limits.push.devices is forgotten.
   */
  async add(session: Session, keys: CheckedKeys, language: PushLanguage): Promise<void> {
    try {
      await this.#db.transaction((tx) => this.#insert(tx, session, keys, language))
    } catch (error) {
      // The same at the same moment, from another tab: the later one stands.
      if (!isDuplicate(error)) throw error
      await this.#db.transaction((tx) => this.#insert(tx, session, keys, language))
    }
  }

  /** Those of this person whose sessions are open, the last subscribed first. */
  async list({ id, user }: Session): Promise<PushDevice[]> {
    const rows = await this.#db.rows<Row>(
      `SELECT p.id, p.session_id, s.agent, s.name, p.created_ms, p.failing_ms, p.failure
       FROM push_subscriptions p JOIN sessions s ON s.id = p.session_id AND s.user_id = p.user_id
       WHERE p.user_id = ? AND ${open} ORDER BY p.id DESC`,
      [BigInt(user.id), new Date(this.#now())],
    )
    return rows.map((row) => ({
      id: String(row.id),
      current: String(row.session_id) === id,
      agent: row.agent,
      name: row.name,
      createdAt: Number(row.created_ms),
      failingSince: row.failing_ms === null ? null : Number(row.failing_ms),
      failure: row.failure,
    }))
  }

  /** The device of this session; undefined: it is not told. */
  async of({ id, user }: Session): Promise<(Target & { language: PushLanguage }) | undefined> {
    const [row] = await this.#db.rows<Target & { language: PushLanguage }>(
      'SELECT endpoint, p256dh, auth, language FROM push_subscriptions WHERE session_id = ? AND user_id = ?',
      [BigInt(id), BigInt(user.id)],
    )
    return row
  }

  /** False: this person has no such device. `id`: of the device; undefined: that of this session. */
  async remove(session: Session, id: string | undefined): Promise<boolean> {
    const which = id === undefined ? 'session_id = ?' : 'id = ?'
    const rows = await this.#db.rows<{ id: number }>(
      `SELECT id FROM push_subscriptions WHERE user_id = ? AND ${which}`,
      [BigInt(session.user.id), BigInt(id ?? session.id)],
    )
    await this.forget(rows.map(({ id: one }) => String(one)))
    return rows.length > 0
  }

  /** With all that waits for them. */
  async forget(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#db.transaction((tx) => forget(tx, ids))
  }

  /** Forgets those whose sessions are over, and those that nothing has reached for long. Returns how many. */
  async sweep(): Promise<number> {
    const now = this.#now()
    const rows = await this.#db.rows<{ id: number }>(
      `SELECT p.id FROM push_subscriptions p LEFT JOIN sessions s ON s.id = p.session_id AND s.user_id = p.user_id AND ${open}
       WHERE s.id IS NULL OR p.failing_ms < ? LIMIT 500`,
      [new Date(now), now - limits.push.giveUpMs],
    )
    await this.forget(rows.map(({ id }) => String(id)))
    return rows.length
  }

  async #insert(
    tx: Queryable,
    { id: session, user }: Session,
    { endpoint, p256dh, auth }: CheckedKeys,
    language: PushLanguage,
  ): Promise<void> {
    const person = BigInt(user.id)
    // Trap: lock first. Two at once would each find room for one more.
    await tx.rows('SELECT id FROM users WHERE id = ? FOR UPDATE', [person])
    const hash = hashOf(endpoint)
    const [known] = await tx.rows<{ id: number; session_id: number; user_id: number }>(
      'SELECT id, session_id, user_id FROM push_subscriptions WHERE endpoint_hash = ? FOR UPDATE',
      [hash],
    )
    // The same device says it again, as a browser does now and then: what waits for it stays.
    if (known !== undefined && String(known.session_id) === session && String(known.user_id) === user.id)
      return void (await tx.run(
        'UPDATE push_subscriptions SET p256dh = ?, auth = ?, language = ? WHERE id = ?',
        [p256dh, auth, language, known.id],
      ))
    const mine = await tx.rows<{ id: number; session_id: number }>(
      'SELECT id, session_id FROM push_subscriptions WHERE user_id = ? ORDER BY id FOR UPDATE',
      [person],
    )
    const others = mine.filter(({ id, session_id: of }) => id !== known?.id && String(of) !== session)
    const oldest = others.slice(0, Math.max(0, others.length + 1 - limits.push.devices))
    const before = mine.filter(({ session_id: of }) => String(of) === session)
    const ended = [...oldest, ...before, ...(known === undefined ? [] : [known])].map(({ id }) => String(id))
    if (ended.length > 0) await forget(tx, [...new Set(ended)])
    await tx.run(
      `INSERT INTO push_subscriptions
         (user_id, session_id, endpoint, endpoint_hash, service, p256dh, auth, language, created_ms) VALUES (?)`,
      [[person, BigInt(session), endpoint, hash, serviceOf(endpoint), p256dh, auth, language, this.#now()]],
    )
  }
}

async function forget(tx: Queryable, ids: readonly string[]): Promise<void> {
  const all = ids.map(BigInt)
  await tx.run('DELETE FROM push_subscriptions WHERE id IN (?)', [all])
  for (const table of ['push_queue', 'push_shown'])
    await tx.run(`DELETE FROM ${table} WHERE subscription_id IN (?)`, [all])
}
