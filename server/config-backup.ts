// The settings of nightly backups: BACKUP_TO, BACKUP_CRON, and the passphrase.
import { openPlace } from './backup/place.ts'
import { BackupError } from './backup/backup-error.ts'
import { readPassphrase } from './backup/passphrase.ts'

export interface BackupConfig {
  /** A folder, or s3://key:secret@host/bucket/folder. */
  to: string
  /** The same without a key, as it is shown. */
  label: string
  /** Six fields, UTC. */
  cron: string
  passphrase: string
}

/** Undefined: none are made. @returns a text if a setting is wrong: why. @throws ConfigError for the passphrase */
export function readBackup(
  env: Partial<Record<string, string>>,
  cron: string,
): BackupConfig | string | undefined {
  const to = env['BACKUP_TO']
  if (to === undefined) return undefined
  const passphrase = readPassphrase(env)
  if (passphrase === undefined)
    return 'BACKUP_TO needs a passphrase: set BACKUP_PASSPHRASE_FILE (docs/BACKUP.md).'
  try {
    const place = openPlace(to)
    place.close()
    return { to, label: place.label, cron, passphrase }
  } catch (error) {
    if (error instanceof BackupError) return `BACKUP_TO: ${error.message}`
    throw error
  }
}
