// How messages travel, as administrators see it: each part with its figures, each process, and what is stuck.
import { Type, type Static } from 'typebox'
import { Closed, Nullable, Time } from './schema.ts'

export const parts = [
  'people',
  'sends',
  'rooms',
  'log',
  'stream',
  'archive',
  'search',
  'notifications',
  'webhooks',
  'push',
  'files',
] as const
export type PipelinePartName = (typeof parts)[number]

/** What can be stuck. */
export const troubleCodes = [
  'redis_away',
  'redis_refuses',
  'shard_away',
  'log_deaf',
  'no_server',
  'server_silent',
  'backlog_full',
  'mysql_away',
  'mysql_refuses',
  'no_sync',
  'sync_silent',
  'sync_fails',
  'sync_late',
  'notify_unheld',
  'notify_late',
  'search_late',
  'hook_waits',
  'push_late',
  'disk_full',
  'clocks_apart',
] as const
export type TroubleCode = (typeof troubleCodes)[number]

const PartName = Type.Enum(parts as unknown as PipelinePartName[])

/** Something that is stuck. */
export const PipelineTrouble = Closed({
  code: Type.Enum(troubleCodes as unknown as TroubleCode[]),
  part: PartName,
  /** In English, with what is known of it. */
  words: Type.String(),
  /** For how long, in ms; null if that is not known. */
  forMs: Nullable(Type.Integer()),
  /** Which process or receiver; what a store has said; how many wait, or how much is left. */
  who: Nullable(Type.String()),
  why: Nullable(Type.String()),
  n: Nullable(Type.Number()),
})

const Times = Nullable(Closed({ p50Ms: Type.Number(), p99Ms: Type.Number() }))

/** A part of the way. `value` is what it is about: people connected, ms, entries, bytes a second; null: not known now. */
export const PipelinePart = Closed({
  part: PartName,
  isStuck: Type.Boolean(),
  value: Nullable(Type.Number()),
  /** Of whatever passes it, a second. */
  rate: Nullable(Type.Number()),
  /** Of whatever waits before it. */
  waiting: Nullable(Type.Integer()),
  /** How long each takes, in the last minute and in the last hour; null: nothing was measured. */
  minute: Times,
  hour: Times,
  /** `value` at each step of the last hour, the oldest first; null: not known. */
  steps: Type.Array(Nullable(Type.Number())),
})

export const PipelineProcess = Closed({
  name: Type.String(),
  kind: Type.Union([Type.Literal('server'), Type.Literal('sync')]),
  host: Type.String(),
  pid: Type.Integer(),
  worker: Nullable(Type.Integer()),
  since: Time,
  /** How long ago it has reported. */
  agoMs: Type.Integer(),
  state: Type.Union([Type.Literal('ok'), Type.Literal('silent'), Type.Literal('deaf')]),
  sockets: Type.Integer(),
  /** How far its reading is behind the end of the log. */
  tailLagMs: Type.Number(),
  /** The share of a core that it uses, 0 to 1. */
  busy: Type.Number(),
  memoryBytes: Type.Integer(),
})

export const PipelineAnswer = Closed({
  at: Time,
  stepMs: Type.Integer(),
  troubles: Type.Array(PipelineTrouble),
  parts: Type.Array(PipelinePart),
  processes: Type.Array(PipelineProcess),
})

export type PipelineTrouble = Static<typeof PipelineTrouble>
export type PipelinePart = Static<typeof PipelinePart>
export type PipelineProcess = Static<typeof PipelineProcess>
export type PipelineAnswer = Static<typeof PipelineAnswer>
