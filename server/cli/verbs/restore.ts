// brook restore: a backup into an empty place.
import { BackupError } from '../../backup/backup-error.ts'
import { missingLines } from '../../backup/missing.ts'
import { placeAndName } from '../../backup/place.ts'
import { restore as restoreBackup, type RestoredAll } from '../../backup/restore.ts'
import { redisAddress } from '../../config-stores.ts'
import { readConfig } from '../../config.ts'
import { examine } from '../../doctor/doctor.ts'
import { withDoctorDeps } from '../../doctor/open-deps.ts'
import { tell } from '../../doctor/told.ts'
import { BlobsAway } from '../../files/stores/blobs-away.ts'
import { stopSignal } from '../drain.ts'
import { openStores } from '../../stores/open.ts'
import { checkSafety } from '../../stores/safety.ts'
import { UsageError, type Verb } from '../verb.ts'
import { keyFileOption, passphraseOf } from './backup.ts'

/** Done, but not everything is there. */
const withLosses = 3
const interrupted = 130
const reportEveryMs = 200

export const restore: Verb = {
  usage: 'restore FILE|s3://key:secret@host/bucket/FILE [--key-file FILE] [--old-redis URL]',
  about:
    'Restore a backup into an empty place: a new DATA_DIR, or an empty database in MYSQL_URL. The next run continues an ' +
    'interrupted one. Says what was acknowledged after the backup, if the old Redis is still there (REDIS_URL, or --old-redis). ' +
    'See docs/BACKUP.md.',
  options: {
    'key-file': keyFileOption,
    'old-redis': {
      type: 'string',
      value: 'URL',
      about: 'the Redis that the old Brook had, if this place has a new one: its numbers are not given again',
    },
  },
  positionals: 1,
  async run(given, { env, say, print }) {
    const [source] = given.positionals
    if (source === undefined)
      throw new UsageError('from where? For example: brook restore /mnt/backups/brook.backup')
    const old = given.flags['old-redis']
    const oldRedis = typeof old === 'string' ? redisAddress(old) : undefined
    const passphrase = passphraseOf(given, env)
    const { place, name } = placeAndName(source)
    const config = readConfig(env)
    const stores = await openStores(config, say, { verb: 'brook restore', alone: true })
    const stop = new AbortController()
    void stopSignal(say).then((signal) => stop.abort(new Error(signal)))
    let reportedAt = 0
    try {
      await checkSafety(stores, { say, allowUnsafe: config.allowUnsafeStores })
      const ready = { ...config, redis: stores.redis, mysql: stores.mysql }
      const all = await restoreBackup(ready, {
        place,
        name,
        passphrase,
        oldRedis,
        signal: stop.signal,
        onProgress: (doing, done, of) => {
          stop.signal.throwIfAborted()
          if (performance.now() - reportedAt < reportEveryMs) return
          reportedAt = performance.now()
          say(`restore: ${progressWords(doing, done, of)}`, 'passing')
        },
      })
      for (const line of restoredLines(all)) print(line)
      // Smaller pictures are no part of a backup: they are made again.
      const report = await withDoctorDeps(ready, (deps) =>
        examine(deps, {
          repair: true,
          onCheck: ({ name: check }) => say(`restore: comparing ${check}`, 'passing'),
        }),
      )
      const compared = tell(report, { repair: true })
      for (const line of report.ok ? compared.slice(-1) : compared) print(line)
      print(report.ok ? 'Start Brook now: brook start.' : 'See docs/DOCTOR.md before you start Brook.')
      return all.lostFiles.length > 0 || all.refused > 0 || !report.ok ? withLosses : 0
    } catch (error) {
      if (stop.signal.aborted) {
        say('restore: stopped; the same command goes on from here')
        return interrupted
      }
      throw error instanceof BlobsAway ? new BackupError(error.message) : error
    } finally {
      place.close()
      await stores.stop()
    }
  },
}

const progressWords = (doing: 'verify' | 'database' | 'files', done: number, of: number): string => {
  const share = of === 0 ? '' : ` of ${of}`
  switch (doing) {
    case 'verify':
      return `checking the backup, ${done} rows`
    case 'database':
      return `${done}${share} rows`
    case 'files':
      return `${done}${share} files`
  }
}

function restoredLines({
  head,
  end,
  broughtFiles,
  lostFiles,
  refused,
  missing,
  names,
}: RestoredAll): string[] {
  const rows = Object.values(end.rows).reduce((sum, count) => sum + count, 0)
  const numbers = missingLines(missing, (room) => names.get(room))
  return [
    `Restored what Brook ${head.version} had at ${new Date(head.at).toISOString()}: ${end.rooms.length} rooms, ${rows} rows, ` +
      `${end.entries} entries that were not archived yet, ${broughtFiles} files.`,
    ...lostFiles.map(({ key, why }) =>
      why === 'missing' ? `${key} is not beside the backup.` : `${key} is damaged beside the backup.`,
    ),
    ...(refused > 0 ? [`${refused} entries of the log could not be understood, as before.`] : []),
    ...(numbers.length > 0 ? numbers : ['What was said after the backup is not in it.']),
  ]
}
