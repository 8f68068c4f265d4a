// Sessions that have ended in MySQL and must be forgotten by Redis and closed by every server. They are written down in the
// transaction that ends them, and told until Redis has heard it: a sign-out while Redis is away is late, not lost.
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import { limits } from '../protocol/limits.ts'
import type { StaleCache } from '../stale-cache.ts'

/** A session whose row is gone. */
export interface Ended {
  id: string | number
  hash: Buffer
}

export interface EndedSessionsDeps {
  db: Db
  cached: Pick<StaleCache, 'drop'>
  bus: Pick<Bus, 'deliver'>
}

export class EndedSessions {
  readonly #deps: EndedSessionsDeps

  constructor(deps: EndedSessionsDeps) {
    this.#deps = deps
  }

  /** In the transaction that ends them. */
  async note(tx: Queryable, ended: readonly Ended[]): Promise<void> {
    if (ended.length === 0) return
    await tx.run(
      `INSERT INTO ended_sessions (id, token_hash) VALUES ${ended.map(() => '(?)').join(', ')}
       ON DUPLICATE KEY UPDATE id = VALUES(id)`,
      ended.map(({ id, hash }) => [BigInt(id), hash]),
    )
  }

  /** Tells Redis and the servers. What they did not hear is told again by tellAll. */
  async tell(ended: readonly Ended[]): Promise<void> {
    const { db, cached, bus } = this.#deps
    const told: Ended[] = []
    for (const one of ended) {
      const isDropped = await cached.drop(keyOf(one.hash))
      if ((await bus.deliver({ kind: 'signed-out', session: String(one.id) })) && isDropped) told.push(one)
    }
    if (told.length > 0)
      await db.run('DELETE FROM ended_sessions WHERE id IN (?)', [told.map(({ id }) => BigInt(id))])
  }

  /** Tells what nobody could be told before. @throws a lost connection, if MySQL is down */
  async tellAll(): Promise<void> {
    const rows = await this.#deps.db.rows<{ id: number; token_hash: Buffer }>(
      'SELECT id, token_hash FROM ended_sessions ORDER BY id LIMIT ?',
      [limits.untold.rows],
    )
    await this.tell(rows.map(({ id, token_hash }) => ({ id, hash: token_hash })))
  }
}

/** The key of a session in the cache. */
export const keyOf = (hash: Buffer): string => `session:${hash.toString('hex')}`
