// brook backup: everything of this Brook in one encrypted file, while people talk.
import { backUp, type Made, type Progress } from '../../backup/back-up.ts'
import { BackupError } from '../../backup/backup-error.ts'
import { readPassphrase } from '../../backup/passphrase.ts'
import { placeAndName } from '../../backup/place.ts'
import { readConfig } from '../../config.ts'
import { BlobsAway } from '../../files/stores/blobs-away.ts'
import { stopSignal } from '../drain.ts'
import { openExisting } from '../ready.ts'
import { UsageError, type Given, type Verb } from '../verb.ts'

/** Done, but a file of somebody is damaged here, and is in no backup. */
const withLosses = 3
const interrupted = 130
const reportEveryMs = 200
const mib = 1024 * 1024

export const keyFileOption = {
  type: 'string',
  value: 'FILE',
  about: 'the file whose first line is the passphrase (BACKUP_PASSPHRASE, or BACKUP_PASSPHRASE_FILE)',
} as const

/** @throws UsageError if there is none */
export function passphraseOf(given: Given, env: NodeJS.ProcessEnv): string {
  const file = given.flags['key-file']
  const passphrase = readPassphrase(env, typeof file === 'string' ? file : undefined)
  if (passphrase !== undefined) return passphrase
  throw new UsageError('set BACKUP_PASSPHRASE, or give a file with the passphrase: --key-file FILE')
}

export const backup: Verb = {
  usage: 'backup FILE|s3://key:secret@host/bucket/FILE [--key-file FILE]',
  about:
    'Back up everything to one encrypted file, while people talk: the database, what is not archived yet, settings and keys. ' +
    'The files of people go to the folder FILE.files beside it, encrypted too; the next backup adds only new ones. ' +
    'See docs/BACKUP.md.',
  options: { 'key-file': keyFileOption },
  positionals: 1,
  async run(given, { env, say, print }) {
    const [target] = given.positionals
    if (target === undefined)
      throw new UsageError('where to? For example: brook backup /mnt/backups/brook.backup')
    const passphrase = passphraseOf(given, env)
    const { place, name } = placeAndName(target)
    const { config, stores } = await openExisting(readConfig(env), say, 'brook backup')
    const stop = new AbortController()
    void stopSignal(say).then((signal) => stop.abort(new Error(signal)))
    const began = performance.now()
    let reportedAt = 0
    const onProgress = (progress: Progress): void => {
      if (performance.now() - reportedAt < reportEveryMs) return
      reportedAt = performance.now()
      say(`backup: ${progressWords(progress)}`, 'passing')
    }
    try {
      const made = await backUp(config, {
        place,
        name,
        passphrase,
        filesIn: `${name}.files`,
        signal: stop.signal,
        onProgress,
      })
      for (const line of madeLines(made, `${place.label}/${name}`, performance.now() - began)) print(line)
      return made.lostFiles.length > 0 ? withLosses : 0
    } catch (error) {
      if (stop.signal.aborted) {
        say('backup: stopped; the backup before it is as it was')
        return interrupted
      }
      throw error instanceof BlobsAway ? new BackupError(error.message) : error
    } finally {
      place.close()
      await stores.stop()
    }
  },
}

const progressWords = ({ doing, table, rows, files }: Progress): string =>
  doing === 'files'
    ? `${files} new files`
    : `${rows} rows${table === undefined ? '' : `, in ${table}`}, ${files} new files`

function madeLines(made: Made, to: string, ms: number): string[] {
  const seconds = (ms / 1_000).toFixed(1)
  return [
    `Backed up to ${to.replace(/([^:])\/\//, '$1/')}: ${made.rooms} rooms, ${made.rows} rows, ${made.entries} entries that were ` +
      `not archived yet, ${made.files} files (${made.addedFiles} new); ${(made.bytes / mib).toFixed(1)} MiB in ${seconds} s.`,
    ...made.lostFiles.map(({ key, why }) =>
      why === 'gone'
        ? `${key} is not on this machine, and is not in the backup.`
        : `${key} is damaged here, and is not in the backup.`,
    ),
    'Keep the passphrase in another place: without it, nobody can open this.',
  ]
}
