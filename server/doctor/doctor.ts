// Compares everything that a Brook keeps, while people talk, and rebuilds what can be rebuilt. Called by `brook doctor` and by whoever
// has just restored one.
import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from '../db.ts'
import type { BlobStore } from '../files/stores/blob-store.ts'
import type { RedisProvider } from '../redis/provider.ts'
import type { At, Check, Difference } from './check.ts'
import { checks as allChecks } from './checks/index.ts'
import { readMoment, type Moment } from './moment.ts'

export interface DoctorDeps {
  db: Db
  redis: RedisProvider
  shards: number
  blobs: BlobStore
}

export interface DoctorOptions {
  /** The id of the one room to look at; what is of no room is left out then. */
  room?: string | undefined
  /** Rebuild what can be rebuilt, and look again. */
  repair?: boolean
  checks?: readonly Check[]
  /** Before each check. */
  onCheck?: (check: Check) => void
  /** Between two looks at what differs: a moment in which what is under way ends. */
  againAfterMs?: number
}

export interface CheckReport {
  name: string
  about: string
  /** Rows, entries or files that were compared. */
  rows: number
  ms: number
  /** What differs, seen twice; the first of it. */
  differences: Difference[]
  /** How many things differ, at least: no more than `maxDifferences` are remembered. */
  count: number
  /** What --repair does about them; null: nothing. */
  repair: string | null
  /** How many are right now, where it was asked for. */
  repaired: number
}

export interface DoctorReport {
  /** Nothing differs, or nothing does any more. */
  ok: boolean
  rooms: number
  rows: number
  ms: number
  checks: CheckReport[]
  /** Names of rooms by their ids, of those that are named above. */
  names: Record<string, string>
}

/** Of one check: more is remembered by nobody, and costs memory. */
const maxDifferences = 10_000
/** Longer than a run of sync takes when little is said. */
const usualAgainMs = 1_500
/** Repairs of more than are remembered at once. */
const maxRepairs = 1_000

export async function examine(deps: DoctorDeps, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { room, checks = allChecks, onCheck } = options
  const began = performance.now()
  const names: Record<string, string> = {}
  const reports: CheckReport[] = []
  const moment = await readMoment(deps.db, deps.redis, deps.shards)
  for (const check of checks) {
    if (room !== undefined && !check.ofRooms) continue
    onCheck?.(check)
    const at = lookingAt(deps, moment, room)
    const report = await examineBy(check, at, deps, options)
    reports.push(report)
    for (const { room: id } of report.differences)
      if (id !== undefined) names[id] = at.rooms.find((one) => one.id === id)?.name ?? ''
  }
  return {
    ok: reports.every(({ count, repaired }) => count === repaired),
    rooms: lookingAt(deps, moment, room).rooms.length,
    rows: reports.reduce((sum, { rows }) => sum + rows, 0),
    ms: Math.round(performance.now() - began),
    checks: reports,
    names,
  }
}

type Looking = At & { rows: number }

const lookingAnew = async (deps: DoctorDeps, room?: string): Promise<Looking> =>
  lookingAt(deps, await readMoment(deps.db, deps.redis, deps.shards), room)

function lookingAt({ db, redis, shards, blobs }: DoctorDeps, moment: Moment, room?: string): Looking {
  const rooms = room === undefined ? moment.rooms : moment.rooms.filter(({ id }) => id === room)
  const at: Looking = {
    ...{ db, redis, shards, blobs, moment, rooms },
    rows: 0,
    seen: (rows) => {
      at.rows += rows
    },
  }
  return at
}

async function examineBy(
  check: Check,
  at: Looking,
  deps: DoctorDeps,
  options: DoctorOptions,
): Promise<CheckReport> {
  const { name, about, repair } = check
  const began = performance.now()
  const first = await collect(check, at)
  const ms = Math.round(performance.now() - began)
  const seen = first.length === 0 ? [] : await stillThere(check, first, deps, options)
  const left = options.repair === true && seen.length > 0 ? await rebuild(check, seen, deps, options) : seen
  return {
    ...{ name, about, rows: at.rows, ms },
    differences: left.length > 0 ? left : seen,
    count: seen.length,
    repair: repair?.does ?? null,
    repaired: seen.length - left.length,
  }
}

async function collect(check: Check, at: At): Promise<Difference[]> {
  const found: Difference[] = []
  for await (const difference of check.look(at)) {
    found.push(difference)
    if (found.length >= maxDifferences) break
  }
  return found
}

/** What is seen once may be a thing under way: only what is there a moment later too is a difference. */
async function stillThere(
  check: Check,
  first: readonly Difference[],
  deps: DoctorDeps,
  { room, againAfterMs = usualAgainMs }: DoctorOptions,
): Promise<Difference[]> {
  await pause(againAfterMs)
  const keys = new Set(first.map(({ key }) => key))
  const at = await lookingAnew(deps, room)
  const concerned = new Set(first.map((one) => one.room))
  if (!concerned.has(undefined)) at.rooms = at.rooms.filter(({ id }) => concerned.has(id))
  return (await collect(check, at)).filter(({ key }) => keys.has(key))
}

/** Until nothing is left, or nothing more goes. Answers what is left. */
async function rebuild(
  check: Check,
  seen: Difference[],
  deps: DoctorDeps,
  options: DoctorOptions,
): Promise<Difference[]> {
  let left = seen
  for (let round = 0; check.repair !== undefined && left.length > 0 && round < maxRepairs; round += 1) {
    const before = new Set(left.map(({ key }) => key))
    await check.repair.run(await lookingAnew(deps, options.room), left)
    left = await collect(check, await lookingAnew(deps, options.room))
    if (left.some(({ key }) => before.has(key))) break
  }
  return left
}
