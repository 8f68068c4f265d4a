// What is kept, and what becomes of an upload: what messages need of files, in a server and in an import.
import path from 'node:path'
import type { Bus } from '../bus.ts'
import type { Config } from '../config.ts'
import type { Db } from '../db.ts'
import type { Log } from '../log/log.ts'
import type { Outages } from '../logging/outages.ts'
import type { Pictures } from '../pictures/pictures.ts'
import type { Redis } from '../redis/client.ts'
import { Blobs } from './blobs.ts'
import { Claims } from './claims.ts'
import { inspectWith } from './inspection/inspect.ts'
import { Space } from './storage/space.ts'
import { openBlobs } from './stores/open-blobs.ts'
import { Finishing } from './uploads/finishing.ts'
import { Hashes } from './uploads/hashes.ts'
import { UploadLocks } from './uploads/locks.ts'
import { Parts } from './uploads/parts.ts'

export interface KeepingParts {
  db: Db
  log: Pick<Log, 'tail'>
  redis: () => Redis
  bus: Pick<Bus, 'publish'>
  config: Pick<Config, 'dataDir' | 's3' | 'filesIn'>
  pictures: Pictures
  outages?: Outages
}

export function openKeeping({ db, log, redis, bus, config, pictures, outages }: KeepingParts) {
  const { store, removeAbandoned, close } = openBlobs(config, outages)
  const blobs = new Blobs({ db, store })
  const hashes = new Hashes()
  const parts = new Parts(path.join(config.dataDir, 'uploads'), hashes)
  const locks = new UploadLocks({ redis, bus })
  const finishing = new Finishing({ db, blobs, parts, hashes, locks, inspect: inspectWith(pictures) })
  const claims = new Claims({ db, log, finish: (id) => finishing.finish(id) })
  const space = new Space({ folder: config.dataDir })
  return { claims, store, blobs, parts, locks, finishing, space, removeAbandoned, close }
}
