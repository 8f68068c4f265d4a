// What administrators are told of backups.
import { Type, type Static } from 'typebox'
import { Closed, Id, Nullable, Time } from './schema.ts'

/**
 * `unrehearsed`: whole, but no restore of it was tried, because the MySQL user may not create a database. `interrupted`: whoever made
 * it has died.
 */
export const backupStates = ['running', 'good', 'unrehearsed', 'failed', 'interrupted'] as const
export type BackupState = (typeof backupStates)[number]

export const BackupReport = Closed({
  id: Id,
  name: Type.String(),
  at: Time,
  endedAt: Nullable(Time),
  state: Type.Enum([...backupStates]),
  /** Why it is not good, in words for an operator. */
  why: Nullable(Type.String()),
  bytes: Nullable(Type.Integer()),
  rooms: Nullable(Type.Integer()),
  rows: Nullable(Type.Integer()),
  files: Nullable(Type.Integer()),
  /** How long the restore took that rehearsed it. */
  rehearsedMs: Nullable(Type.Integer()),
  /** It is no longer kept. */
  removed: Type.Boolean(),
})
/** `to`: where they go, without a key; null: none are made (BACKUP_TO). `nextAt`: when the next one begins. */
export const BackupsAnswer = Closed({
  at: Time,
  to: Nullable(Type.String()),
  nextAt: Nullable(Time),
  isRunning: Type.Boolean(),
  /** The newest first. */
  backups: Type.Array(BackupReport),
})

export type BackupReport = Static<typeof BackupReport>
export type BackupsAnswer = Static<typeof BackupsAnswer>
