// Whom somebody blocks and who may write to them, as they set it. SQL of `blocks` and `users.writers`. Nobody else is told.
import type { Bus } from '../bus.ts'
import type { Db } from '../db.ts'
import type { BlocksAnswer, Writers } from '../protocol/directs.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import { personOf } from '../protocol/people.ts'
import { noteBlocks, type Blocks } from './blocks.ts'

interface Row {
  id: number
  name: string
  is_bot: number
  at_ms: number
}

export class OwnBlocks {
  readonly #db: Db
  readonly #blocks: Pick<Blocks, 'changed'>
  readonly #bus: Pick<Bus, 'publish'>

  constructor({ db, blocks, bus }: { db: Db; blocks: Pick<Blocks, 'changed'>; bus: Pick<Bus, 'publish'> }) {
    this.#db = db
    this.#blocks = blocks
    this.#bus = bus
  }

  async list(userId: string): Promise<BlocksAnswer> {
    const rows = await this.#db.rows<Row>(
      `SELECT u.id, u.name, u.is_bot, b.at_ms FROM blocks b JOIN users u ON u.id = b.blocked_id
       WHERE b.user_id = ? ORDER BY b.at_ms DESC, u.id DESC`,
      [BigInt(userId)],
    )
    return {
      blocks: rows.map(({ id, name, is_bot, at_ms }) => ({
        user: personOf({ id: String(id), name, ...(is_bot === 1 ? { bot: true as const } : {}) }),
        at: Number(at_ms),
      })),
    }
  }

  /** Twice is the same as once. */
  async block(userId: string, other: string): Promise<Refusal | undefined> {
    if (other === userId) return { code: 'bad_request', detail: 'nobody blocks themselves' }
    const refusal = await this.#db.transaction(async (tx): Promise<Refusal | undefined> => {
      await noteBlocks(tx)
      if ((await tx.rows('SELECT 1 FROM users WHERE id = ?', [BigInt(other)])).length === 0)
        return { code: 'no_such_people' }
      const [count] = await tx.rows<{ n: number }>('SELECT COUNT(*) AS n FROM blocks WHERE user_id = ?', [
        BigInt(userId),
      ])
      if (Number(count?.n) >= limits.directs.blocked) return { code: 'too_many_blocked' }
      await tx.run(
        'INSERT INTO blocks (user_id, blocked_id, at_ms) VALUES (?) ON DUPLICATE KEY UPDATE at_ms = at_ms',
        [[BigInt(userId), BigInt(other), Date.now()]],
      )
      return undefined
    })
    if (refusal === undefined) await this.#changed(userId)
    return refusal
  }

  async unblock(userId: string, other: string): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await noteBlocks(tx)
      await tx.run('DELETE FROM blocks WHERE user_id = ? AND blocked_id = ?', [BigInt(userId), BigInt(other)])
    })
    await this.#changed(userId)
  }

  /** What they have to do is read again, and what their devices show of it is taken back. */
  async #changed(userId: string): Promise<void> {
    await this.#blocks.changed()
    this.#bus.publish({ kind: 'event', user: userId, event: { type: 'inbox' } })
  }

  async writers(userId: string): Promise<Writers> {
    const [row] = await this.#db.rows<{ writers: Writers }>('SELECT writers FROM users WHERE id = ?', [
      BigInt(userId),
    ])
    return row?.writers ?? 'everyone'
  }

  async setWriters(userId: string, writers: Writers): Promise<void> {
    await this.#db.transaction(async (tx) => {
      await noteBlocks(tx)
      await tx.run("UPDATE users SET writers = ? WHERE id = ? AND writers <> 'ended'", [
        writers,
        BigInt(userId),
      ])
    })
    await this.#blocks.changed()
  }
}
