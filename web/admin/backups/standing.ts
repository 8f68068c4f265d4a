// How the backups stand, in a word: what an administrator must know first. Pure.
import type { BackupReport, BackupsAnswer } from '../../../server/protocol/backups.ts'

/** A night, and two hours for a backup that takes long. */
const lateAfterMs = 26 * 3_600_000

const isGood = ({ state }: BackupReport): boolean => state === 'good' || state === 'unrehearsed'

export interface Standing {
  is: 'good' | 'unrehearsed' | 'bad' | 'late' | 'none'
  /** The newest good one. */
  good: BackupReport | undefined
}

export function standingOf({ at, backups }: Pick<BackupsAnswer, 'at' | 'backups'>): Standing {
  const [last] = backups.filter(({ state }) => state !== 'running')
  const good = backups.find(isGood)
  if (last === undefined) return { is: 'none', good }
  if (!isGood(last)) return { is: 'bad', good }
  if (at - last.at > lateAfterMs) return { is: 'late', good }
  return { is: last.state === 'good' ? 'good' : 'unrehearsed', good }
}
