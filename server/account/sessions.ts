// Sessions: which person a token belongs to. MySQL is the truth, Redis caches it; only its owner has the token itself.
import type { Bus } from '../bus.ts'
import type { FlightWatch } from '../channel/single-flight.ts'
import type { Db, Queryable } from '../db.ts'
import { lacksFactor } from '../identity/requirement.ts'
import { StaleCache } from '../stale-cache.ts'
import { limits } from '../protocol/limits.ts'
import type { SessionSummary, User } from '../protocol/people.ts'
import { personNow, type NameOf } from '../protocol/present-names.ts'
import type { Cache } from '../redis/cache.ts'
import { EndedSessions, keyOf, type Ended } from './ended-sessions.ts'
import { sessionOf, type Session, type SessionRow } from './session-row.ts'
import { listSessions, nameSession } from './session-list.ts'
import { newBotToken, newToken, tokenHash } from './token.ts'

export type { Session } from './session-row.ts'

/** Whose a session is, as MySQL has it. */
export type SessionPerson = Pick<User, 'id' | 'admin'>

/**
 * Signed-in people stay signed in for a day while MySQL is down. While it is up, a session is read again after a minute.
 * So a session that another process was just reading when it ended lives a minute longer; one that ended while Redis could
 * not be told, until Redis is back; if MySQL is down by then, until it is back too.
 */
const keep = { ttlMs: 24 * 60 * 60_000, freshForMs: 60_000 }
/** Use is recorded this often, and extends the session. */
const noteEveryMs = 60 * 60_000
/** ... that of a bot, because `brook bot list` says when it was last seen. There are few. */
const noteBotEveryMs = 60_000
const sweepEveryMs = 60 * 60_000
const sweepRows = 1_000
const agentChars = 120
/**
 * SQL, of a session `s` of somebody `u`: use extends it, up to its age. A guest's is all that they have, so it has none. Never
 * shorter: whoever is in when Brook is upgraded stays so.
 */
const extended = `s.expires_at = GREATEST(s.expires_at,
  IF(u.password_hash IS NULL AND u.is_provided = 0, ?, LEAST(?, DATE_ADD(s.created_at, INTERVAL ? SECOND))))`
/** The maximum of DATETIME. */
const never = new Date('9999-12-31T00:00:00Z')

export interface SessionDeps {
  now?: (() => number) | undefined
  /** Called for shared reads. */
  watch?: FlightWatch
  /** What people are called by now. */
  nameOf?: NameOf
}

export class Sessions {
  readonly #db: Db
  readonly #cached: StaleCache
  readonly #ended: EndedSessions
  readonly #now: () => number
  readonly #nameOf: NameOf
  #sweepAt = 0

  constructor(
    db: Db,
    cache: Cache,
    bus: Pick<Bus, 'deliver'>,
    { now = Date.now, watch, nameOf = () => undefined }: SessionDeps = {},
  ) {
    this.#db = db
    this.#cached = new StaleCache(cache, { kind: 'sessions', watch, now })
    this.#ended = new EndedSessions({ db, cached: this.#cached, bus })
    this.#now = now
    this.#nameOf = nameOf
  }

  /**
   * The session of a token; undefined if it has ended or never existed.
   * @throws a lost connection, if MySQL is down and Redis does not know the token
   */
  async find(token: string): Promise<Session | undefined> {
    const hash = tokenHash(token)
    const session = await this.#cached.read(keyOf(hash), keep, () => this.#ask(hash))
    // Entries cached by a version without administrators lack the flag; no is the safe answer.
    if (session === undefined) return undefined
    const user = personNow(session.user, this.#nameOf)
    return { ...session, user: { ...user, admin: user.admin ?? false } }
  }

  /** A new session; the token is returned only this once. `tx`: inside a transaction that also creates its user. */
  async open(user: Pick<User, 'id'>, agent: string, tx: Queryable = this.#db): Promise<string> {
    const token = newToken()
    await this.#insert(tx, user, token, agent, new Date(this.#now() + limits.sessionMs))
    this.#sweepNowAndThen()
    return token
  }

  /** A bot's token, which ends only when it is revoked: its session is the one that expires `never`. */
  async openForBot(tx: Queryable, bot: Pick<User, 'id'>): Promise<string> {
    const token = newBotToken()
    await this.#insert(tx, bot, token, 'bot', never)
    return token
  }

  /** Ends all sessions of a person, inside a transaction; afterwards call `forget` for them. */
  closeAll(tx: Queryable, userId: string): Promise<Ended[]> {
    return this.#delete(tx, 'user_id = ?', [BigInt(userId)])
  }

  /** Ends one of this person's sessions; false if they have none with this id. */
  async close(userId: string, sessionId: string): Promise<boolean> {
    const ended = await this.#db.transaction((tx) =>
      this.#delete(tx, 'user_id = ? AND id = ?', [userId, BigInt(sessionId)]),
    )
    await this.forget(ended)
    return ended.length > 0
  }

  /** Ends all of this person's sessions but one, inside a transaction; afterwards call `forget` for them. */
  closeOthers(tx: Queryable, { id, user }: Session): Promise<Ended[]> {
    return this.#delete(tx, 'user_id = ? AND id <> ?', [user.id, BigInt(id)])
  }

  /** Second step of ending sessions: the rows are gone, so a new read finds nothing; now Redis and the sockets are told. */
  async forget(ended: Ended[]): Promise<void> {
    // The first step stands, and what was not told is told later.
    await this.#ended.tell(ended).catch(() => undefined)
  }

  /** Tells of ended sessions what Redis did not hear. @throws a lost connection, if MySQL is down */
  forgetLate(): Promise<void> {
    return this.#ended.tellAll()
  }

  /**
   * The people of those of these sessions that are open to everything, as MySQL has them at this moment, by session. Whoever
   * asks is connected, which counts as use.
   */
  async peopleOf(sessions: readonly string[]): Promise<Map<string, SessionPerson>> {
    if (sessions.length === 0) return new Map()
    const ids = sessions.map(BigInt)
    const now = this.#now()
    await this.#db.run(
      `UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.used_at = ?, ${extended}
       WHERE s.id IN (?) AND s.used_at <= IF(s.expires_at = ?, ?, ?)`,
      [
        new Date(now),
        ...this.#ends(now),
        ids,
        never,
        new Date(now - noteBotEveryMs),
        new Date(now - noteEveryMs),
      ],
    )
    const rows = await this.#db.rows<{ id: number; user_id: number; is_admin: number }>(
      `SELECT s.id, s.user_id, u.is_admin FROM sessions s JOIN users u ON u.id = s.user_id
       WHERE s.id IN (?) AND s.expires_at > ? AND u.ended_at IS NULL AND NOT ${lacksFactor}`,
      [ids, new Date(now)],
    )
    return new Map(
      rows.map(({ id, user_id, is_admin }) => [String(id), { id: String(user_id), admin: is_admin === 1 }]),
    )
  }

  /** The cached session of this token is read again, because its user has changed. */
  async refresh(token: string): Promise<void> {
    await this.#cached.drop(keyOf(tokenHash(token)))
  }

  /**
   * Another token in the place of this one, which is good no more: whoever has copied it, from before its owner might do more,
   * has nothing. Undefined: it was replaced already. Limit: where Redis cannot be told, the old one lives a minute longer.
   */
  async renew({ id }: Session, token: string): Promise<string | undefined> {
    const next = newToken()
    const sql = 'UPDATE sessions SET token_hash = ?, renew = 0 WHERE id = ? AND token_hash = ?'
    const { affectedRows } = await this.#db.run(sql, [tokenHash(next), BigInt(id), tokenHash(token)])
    await this.refresh(token)
    return affectedRows === 1 ? next : undefined
  }

  /** The cached sessions of this person are read again, because they have changed. */
  async refreshAll(userId: string): Promise<void> {
    const rows = await this.#db.rows<{ token_hash: Buffer }>(
      'SELECT token_hash FROM sessions WHERE user_id = ?',
      [userId],
    )
    for (const { token_hash } of rows) await this.#cached.drop(keyOf(token_hash))
  }

  /** Whether it was opened within limits.identity.freshMs. */
  async isFresh(sessionId: string): Promise<boolean> {
    const sql = 'SELECT id FROM sessions WHERE id = ? AND created_at > ?'
    const since = new Date(this.#now() - limits.identity.freshMs)
    return (await this.#db.rows(sql, [BigInt(sessionId), since])).length > 0
  }

  list(session: Session): Promise<SessionSummary[]> {
    return listSessions(this.#db, session, this.#now())
  }

  /** Null: it is called by its browser again. False: this person has no session with this id. */
  name(userId: string, session: string, name: string | null): Promise<boolean> {
    return nameSession(this.#db, userId, session, name)
  }

  /** Deletes expired sessions. */
  async sweep(): Promise<void> {
    await this.#db.run('DELETE FROM sessions WHERE expires_at <= ? ORDER BY expires_at LIMIT ?', [
      new Date(this.#now()),
      sweepRows,
    ])
  }

  async #ask(hash: Buffer): Promise<Session | undefined> {
    const [row] = await this.#db.rows<SessionRow>(
      `SELECT s.id, s.used_at, s.expires_at, s.renew, u.id AS user_id, u.name, (u.password_hash IS NULL AND u.is_provided = 0) AS guest,
          u.is_admin, u.is_bot, u.created_at, ${lacksFactor} AS lacks_factor
        FROM sessions s JOIN users u ON u.id = s.user_id AND u.ended_at IS NULL WHERE s.token_hash = ?`,
      [hash],
    )
    if (row === undefined || row.expires_at.getTime() <= this.#now()) return undefined
    await this.#noteUse(row)
    return sessionOf(row)
  }

  async #noteUse({ id, used_at, is_bot }: SessionRow): Promise<void> {
    const now = this.#now()
    const noted = now - (is_bot === 1 ? noteBotEveryMs : noteEveryMs)
    if (used_at.getTime() > noted) return
    // Several processes may get here at once; one of them writes.
    await this.#db.run(
      `UPDATE sessions s JOIN users u ON u.id = s.user_id SET s.used_at = ?, ${extended}
       WHERE s.id = ? AND s.used_at <= ?`,
      [new Date(now), ...this.#ends(now), id, new Date(noted)],
    )
  }

  /** The parameters of `extended`. */
  #ends(now: number): [Date, Date, number] {
    const unused = new Date(now + limits.sessionMs)
    return [unused, unused, limits.sessionAtMostMs / 1_000]
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
    const ended = rows.map(({ id, token_hash }) => ({ id, hash: token_hash }))
    await this.#ended.note(tx, ended)
    return ended
  }

  /** Sessions expire about as fast as they are opened, so opening one triggers a sweep. A failed sweep is repeated later. */
  #sweepNowAndThen(): void {
    if (this.#now() < this.#sweepAt) return
    this.#sweepAt = this.#now() + sweepEveryMs
    this.sweep().catch(() => undefined)
  }
}
