// Who blocks whom, and who lets only some people write to them: in this process's memory, so that a message asks no store for it.
import type { Db, Queryable } from '../db.ts'
import { countChange } from '../facts.ts'
import { MemoryCopy, type MemoryCopyDeps } from '../memory-copy.ts'
import type { Writers } from '../protocol/directs.ts'
import { limits } from '../protocol/limits.ts'

const fact = 'blocks'

/** `ended`: the account is no more. */
export type KeptWriters = Writers | 'ended'

/** First in the transaction that changes a block or who may write to somebody: other changes wait for its end. */
export const noteBlocks = (tx: Queryable): Promise<void> => countChange(tx, fact)

export class Blocks extends MemoryCopy {
  #blocked: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #writers: ReadonlyMap<string, KeptWriters> = new Map()

  constructor(deps: MemoryCopyDeps) {
    const where = 'reading who blocks whom'
    super(deps, { signal: 'blocks', fact, everyMs: limits.names.lookEveryMs, where })
  }

  /** Whether `user` blocks `blocked`. */
  has(user: string, blocked: string): boolean {
    return this.#blocked.get(user)?.has(blocked) === true
  }

  /** Whom `user` blocks. */
  of(user: string): ReadonlySet<string> {
    return this.#blocked.get(user) ?? nobody
  }

  /** Who may write to somebody. */
  writersOf(user: string): KeptWriters {
    return this.#writers.get(user) ?? 'everyone'
  }

  protected async take(db: Db): Promise<void> {
    const [blocks, careful] = await Promise.all([
      db.rows<{ user_id: number; blocked_id: number }>('SELECT user_id, blocked_id FROM blocks'),
      db.rows<{ id: number; writers: KeptWriters }>(
        "SELECT id, writers FROM users WHERE writers IN ('shared', 'nobody', 'ended')",
      ),
    ])
    const blocked = new Map<string, Set<string>>()
    for (const { user_id, blocked_id } of blocks) {
      const user = String(user_id)
      blocked.set(user, (blocked.get(user) ?? new Set()).add(String(blocked_id)))
    }
    this.#blocked = blocked
    this.#writers = new Map(careful.map(({ id, writers }) => [String(id), writers]))
  }
}

const nobody: ReadonlySet<string> = new Set()
