// Restores a backup into a database beside, to see whether it can be, and drops that again.
import { Db, isConnectionLost } from '../db.ts'
import type { ReadyConfig } from '../cli/ready.ts'
import { DiskStore } from '../files/stores/disk-store.ts'
import { BackupError } from './backup-error.ts'
import type { Place } from './place.ts'
import { Backup } from './read-backup.ts'
import { restoreDatabase } from './restore-database.ts'
import { SealedFiles } from './sealed-files.ts'

/** 1044, 1045, 1142, 1227: this user may not. */
const lackOfRights = new Set([1044, 1045, 1142, 1227])

/** 'not allowed': this MySQL user may not create a database. @throws BackupError: why it cannot be restored */
export async function rehearse(
  config: ReadyConfig,
  { place, name, passphrase }: { place: Place; name: string; passphrase: string },
): Promise<{ ms: number } | 'not allowed'> {
  const began = performance.now()
  const backup = await Backup.open(place, name, passphrase)
  const end = await backup.verify()
  const missing = await missingFiles(backup)
  if (missing > 0) throw new BackupError(`${missing} of its files are not beside it.`)
  const database = `${config.mysql.database}_rehearsal`
  const beside = new Db(config.mysql, 1)
  try {
    if (!(await makeEmpty(beside, database))) return 'not allowed'
    const db = new Db({ ...config.mysql, database }, 2)
    try {
      const { progress } = await restoreDatabase(db, backup, end)
      await progress.end()
    } finally {
      await db.close()
      await beside.run(`DROP DATABASE IF EXISTS \`${database}\``)
    }
    return { ms: Math.round(performance.now() - began) }
  } finally {
    await beside.close()
  }
}

async function makeEmpty(db: Db, name: string): Promise<boolean> {
  try {
    await db.run(`DROP DATABASE IF EXISTS \`${name}\``)
    await db.run(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`)
    return true
  } catch (error) {
    if (isConnectionLost(error) || !lackOfRights.has((error as { errno?: number }).errno ?? 0)) throw error
    return false
  }
}

async function missingFiles(backup: Backup): Promise<number> {
  const { filesIn, filesKey } = backup.head
  const files = new SealedFiles({
    sealed: backup.place.files(filesIn),
    plain: new DiskStore(''),
    key: Buffer.from(filesKey, 'base64'),
    scratch: '',
  })
  let missing = 0
  for await (const { row } of backup.rows('files')) if (!(await files.has(String(row[0])))) missing += 1
  return missing
}
