// What is stuck, found by rules from what the processes and the stores say. Pure; each rule says what is normal.
import { fileLimits } from '../protocol/file-limits.ts'
import { limits } from '../protocol/limits.ts'
import { pipelineLimits } from '../protocol/pipeline-limits.ts'
import type { PipelinePartName, PipelineTrouble, TroubleCode } from '../protocol/pipeline.ts'
import type { SyncProcess } from '../protocol/sync.ts'
import type { Sample } from './samples.ts'
import type { Shared } from './shared-facts.ts'
import { wordsOf } from './words.ts'

const { lateMs, silentMs, unheldMs, outsideLateMs } = pipelineLimits

/** What Redis is like: undefined: well; `shard_away`: others of several Redis work. `forMs`: for how long; undefined: not known. */
export interface RedisTrouble {
  code: 'redis_away' | 'redis_refuses' | 'shard_away'
  why: string
  forMs: number | undefined
}

export interface Seen {
  at: number
  /** Between two runs of sync, in ms. */
  syncPeriodMs: number
  redis: RedisTrouble | undefined
  /** Of every process that has reported within the last minute. */
  samples: readonly Sample[]
  shared: Shared
  /** Of the receiver of the webhook that waits, if it is known. */
  hookHost: string | undefined
}

type Found = Partial<Omit<PipelineTrouble, 'code' | 'part' | 'words'>>

function trouble(code: TroubleCode, part: PipelinePartName, found: Found = {}): PipelineTrouble {
  const { forMs = null, who = null, why = null, n = null } = found
  const all = { code, part, forMs: forMs === null ? null : Math.round(forMs), who, why, n }
  return { ...all, words: wordsOf(all) }
}

export function troublesOf(seen: Seen): PipelineTrouble[] {
  const { redis } = seen
  // Without Redis nobody reports, and nothing moves: one line says it all.
  const said =
    redis === undefined ? [] : [trouble(redis.code, 'log', { why: redis.why, forMs: redis.forMs ?? null })]
  if (redis !== undefined && redis.code !== 'shard_away') return [...said, ...ofMysql(seen)]
  return [
    ...said,
    ...ofServers(seen),
    ...ofMysql(seen),
    ...ofSync(seen),
    ...ofFollowers(seen),
    ...ofHooks(seen),
  ]
}

const nameOf = ({ host, pid }: { host: string; pid: number }): string => `${host}:${pid}`

function ofServers({ samples, at }: Seen): PipelineTrouble[] {
  const servers = samples.filter(({ kind }) => kind === 'server')
  const found = servers.flatMap((one) => {
    const agoMs = at - one.at
    if (agoMs > silentMs) return [trouble('server_silent', 'rooms', { who: nameOf(one), forMs: agoMs })]
    return one.isDeaf
      ? [trouble('log_deaf', 'rooms', { who: nameOf(one), forMs: 1_000 * one.gauged.tailLag })]
      : []
  })
  const apart = Math.max(0, ...servers.map(({ gauged }) => gauged.clocksApart))
  // NaN, which is null in JSON: the disk cannot be asked.
  const free = servers.flatMap(({ gauged }) => (gauged.diskFree as number | null) ?? [])
  return [
    ...(servers.length === 0 ? [trouble('no_server', 'people')] : []),
    ...found,
    ...(servers.some(({ isFull }) => isFull) ? [trouble('backlog_full', 'sends')] : []),
    ...(1_000 * apart > limits.clocksApartMs
      ? [trouble('clocks_apart', 'log', { n: Math.round(apart) })]
      : []),
    ...(free.length > 0 && Math.min(...free) < fileLimits.reserveBytes
      ? [trouble('disk_full', 'files', { n: Math.min(...free) })]
      : []),
  ]
}

function ofMysql({ shared: { mysql, mysqlSince }, at }: Seen): PipelineTrouble[] {
  if (mysql.why === undefined) return []
  const code = mysql.word === 'away' ? 'mysql_away' : 'mysql_refuses'
  return [
    trouble(code, 'archive', {
      why: mysql.why,
      forMs: mysqlSince === undefined ? null : at - mysqlSince,
    }),
  ]
}

function ofSync({ shared: { sync }, samples, syncPeriodMs, at }: Seen): PipelineTrouble[] {
  if (sync === undefined) return []
  const waiting = sync.shards.flatMap(({ waitingSince }) => waitingSince ?? [])
  const forMs = waiting.length === 0 ? null : Math.max(0, at - Math.min(...waiting))
  const n = sync.shards.reduce((sum, { unarchived }) => sum + unarchived, 0)
  const isLate = forMs !== null && forMs > syncPeriodMs + lateMs
  const running = sync.processes.filter((one): one is SyncProcess => !('silent' in one))
  const silent = samples.filter(({ kind, at: saidAt }) => kind === 'sync' && at - saidAt > silentMs)
  const one = (code: TroubleCode, found: Found = {}): PipelineTrouble[] => [
    trouble(code, 'archive', { forMs, n, ...found }),
  ]
  if (running.length === 0) {
    const [frozen] = silent
    if (frozen !== undefined)
      return one('sync_silent', { who: nameOf(frozen), forMs: forMs ?? at - frozen.at })
    if (sync.processes.length === 0) return one('no_sync')
    return isLate ? one('sync_silent', { who: sync.processes[0]?.name ?? null }) : []
  }
  if (!isLate) return []
  const holders = new Set(sync.shards.map(({ holder }) => holder))
  const frozen = sync.processes.find((process) => 'silent' in process && holders.has(process.name))
  if (frozen !== undefined) return one('sync_silent', { who: frozen.name })
  const failing = running.find(({ trouble: why }) => why !== null)
  return failing === undefined ? one('sync_late') : one('sync_fails', { why: failing.trouble })
}

function ofFollowers({ shared: { notify, search, push }, samples, syncPeriodMs }: Seen): PipelineTrouble[] {
  const isServed = samples.some(({ kind }) => kind === 'server')
  const found: PipelineTrouble[] = []
  // Without a server nobody could; that is said already.
  if (isServed && notify !== undefined && notify.unheldMs > unheldMs)
    found.push(trouble('notify_unheld', 'notifications', { forMs: notify.unheldMs }))
  else if (isServed && notify !== undefined && notify.lagMs > lateMs)
    found.push(trouble('notify_late', 'notifications', { forMs: notify.lagMs }))
  // It follows the archive, so what that is behind is not its own.
  if (search !== undefined && search.waiting > 0 && search.lagMs > syncPeriodMs + 2 * lateMs)
    found.push(trouble('search_late', 'search', { forMs: search.lagMs, n: search.waiting }))
  if (isServed && push !== undefined && push.lagMs > outsideLateMs)
    found.push(trouble('push_late', 'push', { forMs: push.lagMs, n: push.waiting }))
  return found
}

function ofHooks({ samples, hookHost, at }: Seen): PipelineTrouble[] {
  const hook = waitingHook(samples)
  if (hook === undefined || at - hook.since <= outsideLateMs) return []
  const who = hookHost ?? `${hook.id}`
  return [trouble('hook_waits', 'webhooks', { who, n: hook.entries, forMs: at - hook.since })]
}

/** Every server sees the same hooks: of the last who has looked. */
export const waitingHook = (samples: readonly Sample[]): NonNullable<Sample['hook']> | undefined =>
  samples.filter(({ kind }) => kind === 'server').sort((a, b) => b.at - a.at)[0]?.hook ?? undefined
