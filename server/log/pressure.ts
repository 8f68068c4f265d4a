// How full the backlog is: entries that MySQL does not have, their bytes in memory, and Redis itself. One word of it
// decides what is said, shed and refused, so that a backlog ends before a store or a process does.
import { limits } from '../protocol/limits.ts'

/** calm; warn: said to the operator; shed: typing and presence are let fall; refuse: sends are refused as retryable. */
export type Pressure = 'calm' | 'warn' | 'shed' | 'refuse'

export interface Backlog {
  /** Entries that are in no table yet. */
  entries: number
  /** Their bytes in this process, about. */
  bytes: number
  /** used_memory over maxmemory of the fullest Redis; 0 where it has no limit. */
  redis: number
}

/** The share of what there is room for, 0 to 1 and above. */
export const fullness = ({ entries, bytes, redis }: Backlog): number =>
  Math.max(entries / limits.backlog.entries, bytes / limits.backlog.bytes, redis)

export function pressureOf(backlog: Backlog): Pressure {
  const full = fullness(backlog)
  if (full >= limits.backlog.refuseAt) return 'refuse'
  if (full >= limits.backlog.shedAt) return 'shed'
  return full >= limits.backlog.warnAt ? 'warn' : 'calm'
}

/** Above this the archive is late. That is reported, but the server stays ready. */
export const lateAfterSeconds = 30

/** Seconds since the oldest entry that is in no table was said; 0 when there is none. */
export const lagSeconds = (log: { waitingSince: number | undefined }, now = Date.now()): number =>
  log.waitingSince === undefined ? 0 : Math.max(0, (now - log.waitingSince) / 1_000)
