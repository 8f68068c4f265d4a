// Sessions: who a token belongs to. MySQL has the truth, Redis keeps it near; the token itself is only with its owner.
import type { Bus } from '../bus.ts'
import type { FlightWatch } from '../channel/single-flight.ts'
import type { Db, Queryable } from '../db.ts'
import { Kept } from '../kept.ts'
import { limits } from '../protocol/limits.ts'
import type { SessionSummary, User } from '../protocol/people.ts'
import type { Cache } from '../redis.ts'
import { newBotToken, newToken, tokenHash } from './token.ts'

/** Somebody at a door: the session and whose it is. */
export interface Session {
  id: string
  user: User
}

/** A session that has ended in MySQL, and has yet to be forgotten elsewhere. */
interface Ended {
  id: string | number
  hash: Buffer
}

/**
 * Signed-in people go on for a day while MySQL is away. While it is there a session is asked for again after a minute:
 * so one that was ended while Redis could not be told, or while another process was just asking for it, lives a minute
 * longer; and if MySQL is away by then, until it is back.
 */
const keep = { ttlMs: 24 * 60 * 60_000, freshForMs: 60_000 }
/** Use is noted this often; a session's end moves on with it. */
const noteEveryMs = 60 * 60_000
const sweepEveryMs = 60 * 60_000
const sweepRows = 1_000
const agentChars = 120
/** Where DATETIME ends. */
const never = new Date('9999-12-31T00:00:00Z')

export interface SessionOptions {
  now?: (() => number) | undefined
  /** Hears of reads that were shared. */
  watch?: FlightWatch
}

export class Sessions {
  readonly #db: Db
  readonly #kept: Kept
  readonly #bus: Pick<Bus, 'publish'>
  readonly #now: () => number
  #sweepAt = 0

  constructor(
    db: Db,
    cache: Cache,
    bus: Pick<Bus, 'publish'>,
    { now = Date.now, watch }: SessionOptions = {},
  ) {
    this.#db = db
    this.#kept = new Kept(cache, { kind: 'sessions', watch, now })
    this.#bus = bus
    this.#now = now
  }

  /**
   * The session of a token; undefined when it has ended, or never was.
   * @throws a lost connection, when MySQL is away and Redis does not know the token
   */
  async find(token: string): Promise<Session | undefined> {
    const hash = tokenHash(token)
    const session = await this.#kept.read(keyOf(hash), keep, () => this.#ask(hash))
    // What a version without administrators has kept says nothing of them, and no is the safe answer.
    return session && { ...session, user: { ...session.user, admin: session.user.admin ?? false } }
  }

  /** A new session; the token is told this once. `tx`: inside a transaction that also makes its user. */
  async open(user: Pick<User, 'id'>, agent: string, tx: Queryable = this.#db): Promise<string> {
    const token = newToken()
    await this.#insert(tx, user, token, agent, new Date(this.#now() + limits.sessionMs))
    this.#sweepNowAndThen()
    return token
  }

  /** A bot's token, which ends only when it is revoked. */
  async openForBot(tx: Queryable, bot: Pick<User, 'id'>): Promise<string> {
    const token = newBotToken()
    await this.#insert(tx, bot, token, 'bot', never)
    return token
  }

  /** Ends all of somebody's sessions, inside a transaction; afterwards they are to be forgotten. */
  closeAll(tx: Queryable, userId: string): Promise<Ended[]> {
    return this.#delete(tx, 'user_id = ?', [BigInt(userId)])
  }

  /** Ends one of this person's sessions: false when they have none of this id. */
  async close(userId: string, sessionId: string): Promise<boolean> {
    const ended = await this.#db.transaction((tx) =>
      this.#delete(tx, 'user_id = ? AND id = ?', [userId, BigInt(sessionId)]),
    )
    await this.forget(ended)
    return ended.length > 0
  }

  /** Ends all of this person's sessions but one, inside a transaction; afterwards they are to be forgotten. */
  closeOthers(tx: Queryable, { id, user }: Session): Promise<Ended[]> {
    return this.#delete(tx, 'user_id = ? AND id <> ?', [user.id, BigInt(id)])
  }

  /** Phase two of an end: the rows are gone, so whoever asks again finds nothing; then Redis and the sockets are told. */
  async forget(ended: Ended[]): Promise<void> {
    for (const { id, hash } of ended) {
      await this.#kept.drop(keyOf(hash))
      this.#bus.publish({ kind: 'signed-out', session: String(id) })
    }
  }

  /** What is kept of this token is asked for anew, for its user has changed. */
  async refresh(token: string): Promise<void> {
    await this.#kept.drop(keyOf(tokenHash(token)))
  }

  /** What is kept of this person's sessions is asked for anew: they are not what they were. */
  async refreshAll(userId: string): Promise<void> {
    const rows = await this.#db.rows<{ token_hash: Buffer }>(
      'SELECT token_hash FROM sessions WHERE user_id = ?',
      [userId],
    )
    for (const { token_hash } of rows) await this.#kept.drop(keyOf(token_hash))
  }

  /** This person's living sessions, the newest use first. */
  async list({ id, user }: Session): Promise<SessionSummary[]> {
    const rows = await this.#db.rows<{ id: number; agent: string; created_at: Date; used_at: Date }>(
      'SELECT id, agent, created_at, used_at FROM sessions WHERE user_id = ? AND expires_at > ? ' +
        'ORDER BY used_at DESC, id DESC LIMIT 200',
      [user.id, new Date(this.#now())],
    )
    return rows.map((row) => ({
      id: String(row.id),
      current: String(row.id) === id,
      createdAt: row.created_at.getTime(),
      usedAt: row.used_at.getTime(),
      agent: row.agent,
    }))
  }

  /** Deletes sessions that ended by themselves. */
  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', [
      new Date(this.#now()),
      sweepRows,
    ])
  }

  async #ask(hash: Buffer): Promise<Session | undefined> {
    const [row] = await this.#db.rows<SessionRow>(
      'SELECT s.id, s.used_at, s.expires_at, u.id AS user_id, u.name, u.password_hash IS NULL AS guest, u.is_admin, u.is_bot ' +
        'FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?',
      [hash],
    )
    if (row === undefined || row.expires_at.getTime() <= this.#now()) return undefined
    await this.#noteUse(row)
    return {
      id: String(row.id),
      user: {
        ...{ id: String(row.user_id), name: row.name, admin: row.is_admin === 1 },
        ...(row.is_bot === 1 ? { guest: false, bot: true } : { guest: row.guest === 1 }),
      },
    }
  }

  async #noteUse({ id, used_at }: SessionRow): Promise<void> {
    const now = this.#now()
    const noted = now - noteEveryMs
    if (used_at.getTime() > noted) return
    const ends = new Date(now + limits.sessionMs)
    // Several processes may come here at once; one of them writes.
    await this.#db.run(
      'UPDATE sessions SET used_at = ?, expires_at = GREATEST(expires_at, ?) WHERE id = ? AND used_at <= ?',
      [new Date(now), ends, id, new Date(noted)],
    )
  }

  async #insert(
    tx: Queryable,
    user: Pick<User, 'id'>,
    token: string,
    agent: string,
    ends: Date,
  ): Promise<void> {
    const now = new Date(this.#now())
    await tx.run(
      'INSERT INTO sessions (user_id, token_hash, agent, created_at, used_at, expires_at) VALUES (?)',
      [[user.id, tokenHash(token), agent.slice(0, agentChars), now, now, ends]],
    )
  }

  async #delete(tx: Queryable, which: string, params: (string | bigint)[]): Promise<Ended[]> {
    const rows = await tx.rows<{ id: number; token_hash: Buffer }>(
      `SELECT id, token_hash FROM sessions WHERE ${which} FOR UPDATE`,
      params,
    )
    if (rows.length === 0) return []
    await tx.run('DELETE FROM sessions WHERE id IN (?)', [rows.map(({ id }) => id)])
    return rows.map(({ id, token_hash }) => ({ id, hash: token_hash }))
  }

  /** Sessions end as fast as they are opened, so opening one is when to sweep. A sweep that fails comes again. */
  #sweepNowAndThen(): void {
    if (this.#now() < this.#sweepAt) return
    this.#sweepAt = this.#now() + sweepEveryMs
    this.sweep().catch(() => undefined)
  }
}

interface SessionRow {
  id: number
  used_at: Date
  expires_at: Date
  user_id: number
  name: string
  guest: number
  is_admin: number
  is_bot: number
}

const keyOf = (hash: Buffer): string => `session:${hash.toString('hex')}`
