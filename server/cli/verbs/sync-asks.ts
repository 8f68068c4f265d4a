// brook sync now, brook sync status: asks the sync processes that run, wherever they do.
import { Db } from '../../db.ts'
import { isRefusal } from '../../answer.ts'
import { ArchiveOverview } from '../../history/sync/overview.ts'
import { errors } from '../../protocol/errors.ts'
import type { SyncAnswer, SyncProcess, SyncShard } from '../../protocol/http.ts'
import { limits } from '../../protocol/limits.ts'
import { connectRedis, whenReady, writerOptions } from '../../redis.ts'
import { Rpc } from '../../rpc/rpc.ts'
import { StoreError } from '../../stores/programs.ts'
import type { ReadyConfig } from '../ready.ts'
import type { Surroundings } from '../verb.ts'

/** Archives what was said before, or says why not. */
export async function syncNow(config: ReadyConfig, { print }: Surroundings): Promise<void> {
  const done = await withOverview(config, (overview) => overview.archiveNow(limits.calls.timeoutMs.most))
  if (isRefusal(done)) {
    const more = done.detail === undefined ? '' : ` (${done.detail})`
    const help = done.code === 'no_sync' ? ' Start one: brook sync, or brook start.' : ''
    throw new StoreError(`${errors[done.code].words}${more}${help}`)
  }
  const rows = done.rows === 1 ? '1 row' : `${done.rows.toLocaleString('en')} rows`
  print(`Everything said before is in MySQL: ${rows} written in ${(done.tookMs / 1_000).toFixed(1)} s.`)
}

/** How the archive stands; `json`: as the HTTP route tells it. */
export async function syncStatus(config: ReadyConfig, json: boolean, { print }: Surroundings): Promise<void> {
  const answer = await withOverview(config, (overview) => overview.look())
  if (json) return print(JSON.stringify(answer, null, 2))
  for (const line of tellOverview(answer)) print(line)
}

export function tellOverview({ at, shards, processes }: SyncAnswer): string[] {
  const lines = shards.map((shard) => tellShard(shard, at))
  if (processes.length === 0)
    return [...lines, 'No sync process runs: nothing is archived until brook sync or brook start does.']
  return [...lines, ...processes.flatMap((one) => tellProcess(one, at))]
}

const seconds = (ms: number): string => `${Math.max(0, ms / 1_000).toFixed(1)} s`
const count = (n: number): string => n.toLocaleString('en')

function tellShard(shard: SyncShard, at: number): string {
  const behind =
    shard.waitingSince === null
      ? 'everything is archived'
      : `${count(shard.unarchived)} entries wait, the oldest for ${seconds(at - shard.waitingSince)}`
  const held =
    shard.holder === null ? 'nobody holds it' : `held by ${shard.holder} (lease ${seconds(shard.leaseMs)})`
  return `shard ${shard.shard}: ${behind}; ${count(shard.entries)} in the stream; ${count(shard.dead)} dead letters; ${held}`
}

function tellProcess(one: SyncAnswer['processes'][number], at: number): string[] {
  if ('silent' in one) return [`${one.name}: does not answer`]
  const { name, lastRunAt, trouble, shards } = one satisfies SyncProcess
  const ran = lastRunAt === null ? 'no run yet' : `last run ${seconds(at - lastRunAt)} ago`
  const holds = shards.filter((shard) => shard.holds).map((shard) => shard.shard)
  const role = holds.length === 0 ? 'waits for a shard' : `holds shard ${holds.join(', ')}`
  const sum = (what: 'rows' | 'dead' | 'runs' | 'failures'): string =>
    count(shards.reduce((total, shard) => total + shard[what], 0))
  const facts = `${sum('rows')} rows, ${sum('dead')} set aside, ${sum('runs')} runs, ${sum('failures')} failed`
  return [`${name}: ${role}; ${facts}; ${ran}`, ...(trouble === null ? [] : [`  held up: ${trouble}`])]
}

async function withOverview<T>(
  config: ReadyConfig,
  work: (overview: ArchiveOverview) => Promise<T>,
): Promise<T> {
  const redis = connectRedis(config.redis, writerOptions(5_000))
  const db = new Db(config.mysql, 2)
  const rpc = new Rpc({ redis: config.redis, onTrouble: () => undefined })
  try {
    await whenReady(redis, 10_000)
    return await work(new ArchiveOverview({ db, redis, shards: config.logShards, rpc }))
  } finally {
    await rpc.close()
    redis.disconnect()
    await db.close()
  }
}
