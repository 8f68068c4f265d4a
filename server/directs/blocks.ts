// Who blocks whom, and who lets only some people write to them: in this process's memory, so that a message asks no store for it,
// and it holds while the stores are away. MySQL is asked every few seconds whether there is news, and at once when the bus says so.
import type { Bus } from '../bus.ts'
import type { Db, Queryable } from '../db.ts'
import { countChange, factOf } from '../facts.ts'
import type { Writers } from '../protocol/directs.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'

/** Counts the changes, so that nothing is read where nothing has changed. */
const fact = 'blocks'

export interface BlocksDeps {
  db: Db
  bus: Pick<Bus, 'publish'>
  onError: (error: unknown, where: string) => void
}

/** `ended`: the account is no more. */
export type KeptWriters = Writers | 'ended'

/** First in the transaction that changes a block or who may write to somebody: other changes wait for its end. */
export const noteBlocks = (tx: Queryable): Promise<void> => countChange(tx, fact)

export class Blocks {
  readonly #deps: BlocksDeps
  #asking: Repeated | undefined
  #version = ''
  #blocked: ReadonlyMap<string, ReadonlySet<string>> = new Map()
  #writers: ReadonlyMap<string, KeptWriters> = new Map()
  #reading: Promise<void> = Promise.resolve()

  constructor(deps: BlocksDeps) {
    this.#deps = deps
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

  /** Once a change is committed: it holds here when this resolves, and on the other servers a moment later. */
  async changed(): Promise<void> {
    this.#deps.bus.publish({ kind: 'blocks' })
    await this.read()
  }

  /** Reads what there is, and from then on what changes. @throws a lost connection */
  async open(): Promise<void> {
    await this.read()
    this.#asking ??= new Repeated({
      everyMs: limits.names.lookEveryMs,
      run: () => this.read(),
      onError: (error) => this.#deps.onError(error, 'reading who blocks whom'),
    })
  }

  /** There is news, or there may be. */
  soon(): void {
    this.#asking?.soon()
  }

  async close(): Promise<void> {
    await this.#asking?.close()
  }

  /** One read after the other: what was read earlier never replaces what was read later. @throws a lost connection */
  read(): Promise<void> {
    const read = this.#reading.then(() => this.#read())
    this.#reading = read.catch(() => undefined)
    return read
  }

  async #read(): Promise<void> {
    const { db } = this.#deps
    // Before the rows: a change that comes in between is read again.
    const version = (await factOf(db, fact)) ?? '0'
    if (version === this.#version) return
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
    this.#version = version
    this.#blocked = blocked
    this.#writers = new Map(careful.map(({ id, writers }) => [String(id), writers]))
  }
}

const nobody: ReadonlySet<string> = new Set()
