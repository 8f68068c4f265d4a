// What administrators are told of the archive and of the processes that fill it.
import { Type, type Static } from 'typebox'
import { Closed, Nullable, Time } from './schema.ts'

/** A shard of the log and its archive. Times in ms; null if there is none. */
export const SyncShard = Closed({
  shard: Type.Integer(),
  /** The sync process that may write to the archive, and for how much longer unless it renews. */
  holder: Nullable(Type.String()),
  leaseMs: Type.Integer(),
  /** Entries in the stream, archived ones included, and those that MySQL lacks. */
  entries: Type.Integer(),
  unarchived: Type.Integer(),
  /** The time of the newest archived entry, and of the oldest that is not. */
  archivedAt: Nullable(Time),
  waitingSince: Nullable(Time),
  /** Entries that MySQL refused. */
  dead: Type.Integer(),
  /** How often the log was started anew; the last time, why, and how many entries were lost by it. */
  epochs: Nullable(Closed({ count: Type.Integer(), at: Time, why: Type.String(), lost: Type.Integer() })),
})
/** A sync process, as it reports itself since its start. */
export const SyncProcess = Closed({
  name: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  since: Time,
  lastRunAt: Nullable(Time),
  /** The error that ended its last run early. */
  trouble: Nullable(Type.String()),
  shards: Type.Array(
    Closed({
      shard: Type.Integer(),
      holds: Type.Boolean(),
      rows: Type.Integer(),
      dead: Type.Integer(),
      runs: Type.Integer(),
      failures: Type.Integer(),
    }),
  ),
})
/** A `silent` process counts as running but did not answer. */
export const SyncAnswer = Closed({
  at: Time,
  shards: Type.Array(SyncShard),
  processes: Type.Array(
    Type.Union([SyncProcess, Closed({ name: Type.String(), silent: Type.Literal(true) })]),
  ),
})
export const SyncNowAnswer = Closed({ rows: Type.Integer(), tookMs: Type.Integer() })

export type SyncShard = Static<typeof SyncShard>
export type SyncProcess = Static<typeof SyncProcess>
export type SyncAnswer = Static<typeof SyncAnswer>
export type SyncNowAnswer = Static<typeof SyncNowAnswer>
