// brook files move: moves files and previews between the disk and an S3 bucket while the server runs.
import path from 'node:path'
import { readConfig } from '../../config.ts'
import { Db } from '../../db.ts'
import { BlobsAway } from '../../files/stores/blobs-away.ts'
import { openBlobs } from '../../files/stores/open-blobs.ts'
import { moveFiles, type MoveCounts } from '../../files/moving/move.ts'
import { stopSignal } from '../drain.ts'
import { openExisting } from '../ready.ts'
import { StoreError } from '../../stores/programs.ts'
import { UsageError, wholeFlag, type Given, type Surroundings, type Verb } from '../verb.ts'

const mib = 1024 * 1024
const reportEveryMs = 1_000
/** Done, but something could not be moved. */
const withLosses = 3
const interrupted = 130

export const files: Verb = {
  usage: 'files move --to s3|disk [--rate N]',
  about:
    'Move all files and previews to S3 (S3_URL), or back to the disk (DATA_DIR), while the server runs. Each is read back ' +
    'and compared before it is removed where it was. The next run continues an interrupted one.\n' +
    'New files go where FILES_IN says: set that first. See docs/files-on-s3.md.',
  options: {
    to: { type: 'string', value: 'PLACE', about: 's3 or disk' },
    rate: { type: 'string', value: 'N', about: 'at most N MiB a second (as fast as it goes)' },
  },
  positionals: 1,
  async run(given, at) {
    if (given.positionals[0] !== 'move') throw new UsageError('for example: brook files move --to s3')
    const { to } = given.flags
    if (to !== 's3' && to !== 'disk') throw new UsageError('--to takes s3 or disk')
    return move(to, given, at)
  },
}

async function move(to: 's3' | 'disk', given: Given, { env, say }: Surroundings): Promise<number> {
  const rate = wholeFlag(given, 'rate')
  const { config, stores } = await openExisting(readConfig(env), say, 'brook files')
  const blobs = openBlobs(config)
  const db = new Db(config.mysql, 4)
  const stop = new AbortController()
  void stopSignal(say).then((signal) => stop.abort(new Error(signal)))
  try {
    const { disk, s3 } = blobs
    if (s3 === undefined) throw new UsageError('S3_URL is not set: there is only the disk')
    const why = await s3.whyUnusable()
    if (why !== undefined) throw new StoreError(`S3_URL: ${why}.`)
    if (config.filesIn !== to)
      say(`New files still go to ${placeName(config.filesIn)}: FILES_IN=${to} changes that.`)
    let reportedAt = Date.now()
    const done = await moveFiles({
      db,
      ...(to === 's3' ? { from: disk, to: s3 } : { from: s3, to: disk }),
      scratch: path.join(config.dataDir, 'files/moving'),
      rate: rate === undefined ? undefined : rate * mib,
      signal: stop.signal,
      onProgress: (counts) => {
        if (Date.now() - reportedAt < reportEveryMs) return
        reportedAt = Date.now()
        say(`files: ${counted(counts)}`, 'passing')
      },
      onUnmoved: (key, why) => say(`files: ${key} ${reasons[why]}`, 'warn'),
    })
    say(`files: ${counted(done)}, moved to ${placeName(to)}`)
    return done.missing + done.damaged > 0 ? withLosses : 0
  } catch (error) {
    if (stop.signal.aborted) say('files: stopped; the next run continues from here')
    else if (error instanceof BlobsAway)
      throw new StoreError(`${error.message}; the next run continues from here.`)
    else throw error
    return interrupted
  } finally {
    blobs.close()
    await db.close()
    await stores.stop()
  }
}

const placeName = (place: 's3' | 'disk'): string => (place === 's3' ? 'S3' : 'the disk')
const reasons = {
  missing: 'is not there; another machine may have it on its disk',
  damaged: 'is damaged, and stays where it is',
}

const counted = ({ files: moved, previews, bytes }: MoveCounts): string =>
  `${moved} files and ${previews} previews, ${Math.round(bytes / mib)} MiB`
