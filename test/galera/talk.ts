// People who talk in one room of a Brook with two servers and a sync, on a MySQL that a test damages meanwhile; and what is
// left of what they said.
import { setTimeout as pause } from 'node:timers/promises'
import type { MysqlAddress } from '../../server/config.ts'
import { Db } from '../../server/db.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { compareIds } from '../../server/log/entry.ts'
import { lastId } from '../../server/log/epoch.ts'
import { keysOf } from '../../server/log/keys.ts'
import { runServer } from '../../server/main.ts'
import { RedisProvider } from '../../server/redis/provider.ts'
import { gather, judge } from '../fault/checker.ts'
import { Talkers } from '../fault/talkers.ts'
import { Brook } from '../support/brook.ts'
import { privateRedis } from '../support/stores.ts'

export interface Left {
  said: number
  violations: unknown[]
  unknown: number
  refused: number
  /** How long after `fault` began MySQL had all again. */
  archivedMs: number
}

export class Talk {
  readonly db: Db
  readonly #talkers: Talkers
  readonly #redis: RedisProvider
  readonly #ends: (() => Promise<void>)[]

  private constructor(db: Db, talkers: Talkers, redis: RedisProvider, ends: (() => Promise<void>)[]) {
    this.db = db
    this.#talkers = talkers
    this.#redis = redis
    this.#ends = ends
  }

  /** The database is migrated. */
  static async open(mysql: MysqlAddress): Promise<Talk> {
    const store = await privateRedis()
    const config = { ...Brook.settings, redis: store.address, mysql }
    const servers = [await runServer(config), await runServer(config)]
    const sync = await runSync(config, { say: () => undefined })
    const db = new Db(mysql, 3)
    const redis = new RedisProvider(store.address)
    await redis.ready(10_000)
    const talkers = await Talkers.gather(
      servers.map(({ address }) => address),
      6,
    )
    return new Talk(db, talkers, redis, [
      async () => talkers.leave(),
      ...servers.map((server) => () => server.close()),
      () => sync.close(),
      () => db.close(),
      async () => redis.close(),
      () => store.stop(),
    ])
  }

  /** They talk before, while and after `fault`; then it is waited for that MySQL has everything. */
  async through(fault: () => Promise<void> | void): Promise<Left> {
    await this.#talkers.talks(40)
    await this.#talkers.isComplete(() => this.isArchived())
    const began = performance.now()
    const [, archivedMs] = await Promise.all([this.#talkers.talks(200, 20), this.#under(fault, began)])
    await this.#talkers.isComplete(() => this.isArchived(), 120_000)
    const { asker } = this.#redis.shard(0)
    const { histories } = this.#talkers
    const { violations, unknown } = judge(histories, await gather(this.db, asker))
    return {
      ...{ said: histories.said.size, violations, unknown, archivedMs },
      refused: [...histories.counts.refusedForNow.values()].reduce((sum, count) => sum + count, 0),
    }
  }

  async close(): Promise<void> {
    for (const end of this.#ends) await end()
  }

  /** False also while MySQL cannot be asked. */
  async isArchived(since?: bigint): Promise<boolean> {
    const last = await lastId(this.#redis.shard(0).asker, keysOf(0))
    const sql = 'SELECT log_ms AS ms, log_n AS n FROM sync_checkpoints WHERE shard = 0'
    const [row] = await this.db.rows<{ ms: number; n: number }>(sql).catch(() => [])
    if (last === undefined || row === undefined) return false
    return since === undefined ? compareIds(last, row) <= 0 : BigInt(row.ms) >= since
  }

  /** How long after it something that was said later was archived. */
  async #under(fault: () => Promise<void> | void, began: number): Promise<number> {
    await fault()
    const since = BigInt(Date.now())
    while (!(await this.isArchived(since))) await pause(50)
    return performance.now() - began
  }
}
