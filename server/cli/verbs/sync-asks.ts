// brook sync now, brook sync status: asks the running sync processes, wherever they run.
import { Db } from '../../db.ts'
import { isRefusal } from '../../answer.ts'
import { ArchiveOverview } from '../../history/sync/overview.ts'
import { errors } from '../../protocol/errors.ts'
import type { SyncAnswer, SyncProcess, SyncShard } from '../../protocol/sync.ts'
import { limits } from '../../protocol/limits.ts'
import { RedisProvider } from '../../redis/provider.ts'
import { Rpc } from '../../rpc/rpc.ts'
import { StoreError } from '../../stores/programs.ts'
import type { ReadyConfig } from '../ready.ts'
import type { Surroundings } from '../verb.ts'

/** Archives everything sent before this call. @throws StoreError that says why it could not */
export async function syncNow(config: ReadyConfig, { print }: Surroundings): Promise<void> {
  const done = await withOverview(config, (overview) => overview.archiveNow(limits.calls.timeoutMs.max))
  if (isRefusal(done)) {
    const more = done.detail === undefined ? '' : ` (${done.detail})`
    const help = done.code === 'no_sync' ? ' Start one: brook sync, or brook start.' : ''
    throw new StoreError(`${errors[done.code].words}${more}${help}`)
  }
  const rows = done.rows === 1 ? '1 row' : `${done.rows.toLocaleString('en')} rows`
  print(`Everything sent so far is in MySQL: ${rows} written in ${(done.tookMs / 1_000).toFixed(1)} s.`)
}

/** The state of the archive; `json`: as the HTTP route returns it. */
export async function syncStatus(config: ReadyConfig, json: boolean, { print }: Surroundings): Promise<void> {
  const answer = await withOverview(config, (overview) => overview.look())
  if (json) return print(JSON.stringify(answer, null, 2))
  for (const line of describeOverview(answer)) print(line)
}

export function describeOverview({ at, shards, processes }: SyncAnswer): string[] {
  const lines = shards.flatMap((shard) => [describeShard(shard, at), ...describeEpochs(shard)])
  if (processes.length === 0)
    return [
      ...lines,
      'No sync process is running. Nothing is archived until you start brook sync or brook start.',
    ]
  return [...lines, ...processes.flatMap((one) => describeProcess(one, at))]
}

const seconds = (ms: number): string => `${Math.max(0, ms / 1_000).toFixed(1)} s`
const count = (n: number): string => n.toLocaleString('en')

function describeShard(shard: SyncShard, at: number): string {
  const behind =
    shard.waitingSince === null
      ? 'everything is archived'
      : `${count(shard.unarchived)} entries are waiting, the oldest for ${seconds(at - shard.waitingSince)}`
  const held =
    shard.holder === null
      ? 'not held by any process'
      : `held by ${shard.holder} (lease ${seconds(shard.leaseMs)})`
  return `shard ${shard.shard}: ${behind}; ${count(shard.entries)} in the stream; ${count(shard.dead)} dead letters; ${held}`
}

/** Nothing for a log that has never been anything else. */
function describeEpochs({ epochs }: SyncShard): string[] {
  if (epochs === null) return []
  const { count: times, at, why, lost } = epochs
  const day = new Date(at).toISOString().slice(0, 16).replace('T', ' ')
  const losses = lost === 0 ? '' : `; ${count(lost)} entries were lost`
  return [
    `  started anew ${times === 1 ? 'once' : `${count(times)} times`}, last at ${day} UTC: ${why}${losses}`,
  ]
}

function describeProcess(one: SyncAnswer['processes'][number], at: number): string[] {
  if ('silent' in one) return [`${one.name}: does not answer`]
  const { name, lastRunAt, trouble, shards } = one satisfies SyncProcess
  const ran = lastRunAt === null ? 'no run yet' : `last run ${seconds(at - lastRunAt)} ago`
  const holds = shards.filter((shard) => shard.holds).map((shard) => shard.shard)
  const role = holds.length === 0 ? 'waiting for a shard' : `holds shard ${holds.join(', ')}`
  const sum = (what: 'rows' | 'dead' | 'runs' | 'failures'): string =>
    count(shards.reduce((total, shard) => total + shard[what], 0))
  const facts = `${sum('rows')} rows, ${sum('dead')} set aside, ${sum('runs')} runs, ${sum('failures')} failed`
  return [`${name}: ${role}; ${facts}; ${ran}`, ...(trouble === null ? [] : [`  error: ${trouble}`])]
}

async function withOverview<T>(
  config: ReadyConfig,
  work: (overview: ArchiveOverview) => Promise<T>,
): Promise<T> {
  const redis = new RedisProvider(config.redis)
  const db = new Db(config.mysql, 2)
  const rpc = new Rpc({ redis: redis.rpc, onError: () => undefined })
  try {
    const overview = new ArchiveOverview({ db, redis, shards: config.logShards, rpc })
    await redis.ready(10_000)
    return await work(overview)
  } finally {
    await rpc.close()
    redis.close()
    await db.close()
  }
}
