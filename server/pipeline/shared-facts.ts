// What every process would read alike of the stores: how far the archive, the search index, those who decide who is told, and
// push have come. Looked at when somebody asks, at most once a second, and never for longer than a few seconds.
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../db.ts'
import type { ArchiveOverview } from '../history/sync/overview.ts'
import type { ShardCursors } from '../lease-row.ts'
import { ArchiveReader } from '../log/archive-reader.ts'
import { mysqlState, type MysqlState } from '../mysql-state.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import type { SyncAnswer } from '../protocol/sync.ts'
import type { RedisProvider } from '../redis/provider.ts'
import { roomsBehind } from '../search/indexer.ts'

const { lookWithinMs, freshMs } = pipelineLimits

/** Of something that follows the log: for how long its first entry has waited, and its lease been held by nobody, in ms. */
export interface Following {
  lagMs: number
  unheldMs: number
}

/** Undefined: not known now, because a store is away or has nothing of it. */
export interface Shared {
  at: number
  mysql: MysqlState
  /** Since when MySQL is not well, in ms since 1970. */
  mysqlSince: number | undefined
  sync: SyncAnswer | undefined
  notify: Following | undefined
  /** Messages that search lacks, and for how long the first of them has been there. */
  search: { waiting: number; lagMs: number } | undefined
  /** Push messages that are due, and for how long the first of them is. */
  push: { waiting: number; lagMs: number } | undefined
}

export interface SharedFactsDeps {
  db: Db
  redis: RedisProvider
  shards: number
  overview: Pick<ArchiveOverview, 'look'>
}

export class SharedFacts {
  readonly #deps: SharedFactsDeps
  readonly #readers: readonly ArchiveReader[]
  #looking: Promise<Shared> | undefined
  #last: Shared | undefined
  #mysqlSince: number | undefined
  /** A probe that MySQL owes: no second one waits beside it. */
  #probing: Promise<MysqlState> | undefined

  constructor(deps: SharedFactsDeps) {
    this.#deps = deps
    this.#readers = Array.from(
      { length: deps.shards },
      (_, shard) => new ArchiveReader(deps.redis.shard(shard).asker, shard),
    )
  }

  /** Never rejects. */
  async look(): Promise<Shared> {
    if (this.#last !== undefined && Date.now() - this.#last.at < freshMs) return this.#last
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #look(): Promise<Shared> {
    const { db, overview } = this.#deps
    const mysql = await this.#probe()
    this.#mysqlSince = mysql.why === undefined ? undefined : (this.#mysqlSince ?? Date.now())
    const unless = <T>(read: () => Promise<T>): Promise<T | undefined> =>
      mysql.why === undefined ? inTime(read()) : Promise.resolve(undefined)
    const [sync, notify, search, push] = await Promise.all([
      unless(() => overview.look()),
      unless(() => this.#following('notify_cursors')),
      unless(() => searchFacts(db)),
      unless(() => pushFacts(db)),
    ])
    const at = Date.now()
    this.#last = { at, mysql, mysqlSince: this.#mysqlSince, sync, notify, search, push }
    return this.#last
  }

  async #probe(): Promise<MysqlState> {
    const isOwing = this.#probing !== undefined
    this.#probing ??= mysqlState(this.#deps.db).finally(() => {
      this.#probing = undefined
    })
    return isOwing ? { word: 'away', why: 'MySQL does not answer' } : this.#probing
  }

  async #following(table: ShardCursors): Promise<Following> {
    const rows = await this.#deps.db.rows<{ shard: number; log_ms: number; log_n: number; unheld: number }>(
      `SELECT shard, log_ms, log_n, TIMESTAMPDIFF(MICROSECOND, lease_until, NOW(3)) / 1000 AS unheld FROM ${table}`,
    )
    const now = Date.now()
    const lags = rows.map(async ({ shard, log_ms, log_n }) => {
      const next = await this.#readers[shard]?.after({ ms: Number(log_ms), n: Number(log_n) })
      return next === undefined ? 0 : Math.max(0, now - next.ms)
    })
    const unheldMs = Math.max(0, ...rows.map(({ unheld }) => Number(unheld)))
    return { lagMs: Math.max(0, ...(await Promise.all(lags))), unheldMs }
  }
}

/** Undefined after lookWithinMs, or if a store fails: that it is away is said elsewhere. */
export function inTime<T>(read: Promise<T>): Promise<T | undefined> {
  const late = pause(lookWithinMs, undefined, { ref: false })
  return Promise.race([read.catch(() => undefined), late])
}

async function searchFacts(db: Db): Promise<{ waiting: number; lagMs: number }> {
  const behind = await roomsBehind(db)
  const waiting = behind.reduce((sum, { upto, head }) => sum + head - upto, 0)
  const [first] = behind
  if (first === undefined) return { waiting, lagMs: 0 }
  const [row] = await db.rows<{ log_ms: number }>(
    'SELECT log_ms FROM messages WHERE room_id = ? AND seq > ? ORDER BY seq LIMIT 1',
    [BigInt(first.room), first.upto],
  )
  return { waiting, lagMs: row === undefined ? 0 : Math.max(0, Date.now() - Number(row.log_ms)) }
}

async function pushFacts(db: Db): Promise<{ waiting: number; lagMs: number }> {
  const now = Date.now()
  const [row] = await db.rows<{ waiting: number; due: number | null }>(
    'SELECT COUNT(*) AS waiting, MIN(due_ms) AS due FROM push_queue WHERE due_ms <= ?',
    [now],
  )
  const due = row?.due ?? null
  return { waiting: Number(row?.waiting ?? 0), lagMs: due === null ? 0 : Math.max(0, now - Number(due)) }
}
