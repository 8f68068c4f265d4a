// brook status: how messages travel, in words; exit code 1 when a part of it is stuck.
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { ArchiveOverview } from '../../history/sync/overview.ts'
import { periodOf } from '../../history/sync/schedule.ts'
import { Pipeline } from '../../pipeline/pipeline.ts'
import { Samples } from '../../pipeline/samples.ts'
import { SharedFacts } from '../../pipeline/shared-facts.ts'
import { describePipeline } from '../../pipeline/describe.ts'
import type { PipelineAnswer } from '../../protocol/pipeline.ts'
import { RedisProvider } from '../../redis/provider.ts'
import { Rpc } from '../../rpc/rpc.ts'
import { openExisting, type ReadyConfig } from '../ready.ts'
import type { Verb } from '../verb.ts'

const stuck = 1

export const status: Verb = {
  usage: 'status [--json]',
  about:
    'Show how messages travel: each part with its figures, each process, and what is stuck. ' +
    'The exit code is 0 if all is well, and 1 if something is stuck. See docs/MONITORING.md.',
  options: { json: { type: 'boolean', about: 'print what GET /api/admin/pipeline answers' } },
  positionals: 0,
  async run({ flags }, { env, say, print }) {
    const { config, stores } = await openExisting(readConfig(env), say, 'brook status', { reads: true })
    try {
      const answer = await look(config)
      if (flags['json'] === true) print(JSON.stringify(answer, null, 2))
      else for (const line of describePipeline(answer)) print(line)
      return answer.troubles.length === 0 ? 0 : stuck
    } finally {
      await stores.stop()
    }
  },
}

async function look(config: ReadyConfig): Promise<PipelineAnswer> {
  const redis = new RedisProvider(config.redis)
  const db = new Db(config.mysql, 4)
  const rpc = new Rpc({ redis: redis.rpc, onError: () => undefined })
  const shards = config.logShards
  try {
    const overview = new ArchiveOverview({ db, redis, shards, rpc })
    const samples = new Samples(redis.shard(0).asker)
    const pipeline = new Pipeline({
      db,
      samples,
      facts: new SharedFacts({ db, redis, shards, overview }),
      syncPeriodMs: periodOf(config.syncCron),
      // Opening the stores has asked it already.
      redisTrouble: () => undefined,
      own: () => ({ sample: undefined, hour: [] }),
    })
    await redis.ready(10_000)
    return await pipeline.look()
  } finally {
    await rpc.close()
    redis.close()
    await db.close()
  }
}
