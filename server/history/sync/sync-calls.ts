// What a sync process answers when it is asked: how it is, and to archive now.
import { hostname } from 'node:os'
import type { SyncProcess } from '../../protocol/sync.ts'
import { compareIds, parseStreamId, type StreamId } from '../../log/entry.ts'
import type { CallContext, Outcome, Rpc } from '../../rpc/rpc.ts'
import type { Sync } from './sync.ts'

export const functions = { status: 'sync:status', now: 'sync:now' } as const

/** What is asked with `now`: the newest id of each shard's log, when it was asked. */
export interface NowQuestion {
  upTo: string[]
}

/** What was done: rows written meanwhile. */
export interface NowAnswer {
  rows: number
}

export interface SyncControlDeps {
  rpc: Rpc
  syncs: readonly Sync[]
  /** The next run of all shards; one that goes on already ends first. */
  run: () => Promise<unknown>
  /** When the last run ended, and what a store said that ended it early. */
  last: () => { at: number | null; trouble: string | null }
}

/** Told by sync of each commit; serves both functions from when `open` resolves. */
export class SyncControl {
  readonly #options: SyncControlDeps
  readonly #since = Date.now()
  readonly #reached = new Map<number, StreamId>()
  readonly #watchers = new Set<() => void>()

  constructor(options: SyncControlDeps) {
    this.#options = options
  }

  async open(): Promise<void> {
    const { rpc } = this.#options
    await rpc.serve(functions.status, () => Promise.resolve({ data: this.#status() }))
    await rpc.serve(functions.now, (params, context) => this.#now(params as NowQuestion, context))
  }

  archived(shard: number, id: StreamId): void {
    this.#reached.set(shard, id)
    for (const look of this.#watchers) look()
  }

  #status(): SyncProcess {
    const { rpc, syncs, last } = this.#options
    const { at, trouble } = last()
    return {
      name: rpc.name,
      host: hostname(),
      pid: process.pid,
      since: this.#since,
      lastRunAt: at,
      trouble,
      shards: syncs.map(({ shard, holds, counts }) => ({ shard, holds, ...counts })),
    }
  }

  /** Ends when what was asked for is archived: on a busy log a run may go on for long after that. */
  async #now({ upTo }: NowQuestion, { signal }: CallContext): Promise<Outcome<NowAnswer>> {
    const before = this.#rows
    const reached = this.#reaches(upTo.map(parseStreamId), signal)
    try {
      await Promise.race([this.#options.run(), reached])
      return { data: { rows: this.#rows - before } }
    } catch (error) {
      return { error: { code: 'store', message: (error as Error).message } }
    }
  }

  get #rows(): number {
    return this.#options.syncs.reduce((sum, { counts }) => sum + counts.rows, 0)
  }

  #reaches(targets: readonly StreamId[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        const isThere = targets.every((target, shard) => {
          const reached = this.#reached.get(shard)
          return reached !== undefined && compareIds(reached, target) >= 0
        })
        if (!isThere && !signal.aborted) return
        this.#watchers.delete(look)
        resolve()
      }
      this.#watchers.add(look)
      signal.addEventListener('abort', look)
    })
  }
}
