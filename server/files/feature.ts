// Files: what people upload, what messages hold of it, and where the bytes are kept.
import path from 'node:path'
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Pictures } from '../pictures/pictures.ts'
import { fileLimits } from '../protocol/file-limits.ts'
import { rates } from '../protocol/rates.ts'
import { RateLimiter } from '../rate-limiter.ts'
import { Repeated } from '../repeated.ts'
import { Blobs } from './blobs.ts'
import { Claims } from './claims.ts'
import { inspectWith } from './inspection/inspect.ts'
import { FileLists } from './lists.ts'
import { countFiles } from './measures.ts'
import { OwnFiles } from './own-files.ts'
import { Readers } from './readers.ts'
import { contentRoutes } from './routes/content-routes.ts'
import { listRoutes } from './routes/list-routes.ts'
import { storageRoutes } from './routes/storage-routes.ts'
import { uploadRoutes } from './routes/upload-routes.ts'
import { Space } from './storage/space.ts'
import { openBlobs } from './stores/open-blobs.ts'
import { sweep } from './sweep/sweep.ts'
import { Finishing } from './uploads/finishing.ts'
import { Hashes } from './uploads/hashes.ts'
import { UploadLocks } from './uploads/locks.ts'
import { Parts } from './uploads/parts.ts'
import { offsetOf, TusUploads } from './uploads/tus.ts'

/** What is kept, and what becomes of an upload: what messages need of files. */
export function openFiles(core: Core, { pictures }: { pictures: Pictures }) {
  const { db, log, redis, bus, config, outages } = core
  const { store, close } = openBlobs(config, outages)
  const blobs = new Blobs({ db, store })
  const hashes = new Hashes()
  const parts = new Parts(path.join(config.dataDir, 'uploads'), hashes)
  const locks = new UploadLocks({ redis: () => redis.shard(0).asker, bus })
  const finishing = new Finishing({ db, blobs, parts, hashes, locks, inspect: inspectWith(pictures) })
  const claims = new Claims({ db, log, finish: (id) => finishing.finish(id) })
  const space = new Space({ folder: config.dataDir })
  return { claims, kept: { store, close, blobs, parts, locks, finishing, space } }
}

export type OpenFiles = ReturnType<typeof openFiles>

export interface FilesDeps {
  kept: OpenFiles['kept']
  history: Pick<History, 'find'>
  memberships: Memberships
  settings: Pick<WorkspaceSettings, 'begin'>
}

export function fileFeature(core: Core, { kept, history, memberships, settings }: FilesDeps): Feature {
  const { db, log, metrics, rateLimits, onError } = core
  const { store, close, blobs, parts, locks, finishing, space } = kept
  const counts = countFiles(metrics, { locks, space })
  const readers = new Readers({ db, log, history, memberships })
  const own = new OwnFiles({ db, readers, offsetOf: (row) => offsetOf({ parts, store }, row) })
  const reads = new RateLimiter(rates.files, rateLimits)
  const uploads = new TusUploads({
    ...{ db, space, store, parts, locks, finishing },
    onBytes: counts.arrived,
    onError: (error) => onError(error, 'an upload'),
  })
  const ending = new AbortController()
  const sweeping = new Repeated({
    everyMs: fileLimits.sweepEveryMs,
    run: async () => {
      await sweep({ db, log, blobs, parts, signal: ending.signal, onSwept: counts.swept })
    },
    onError: (error) => onError(error, 'removing files that nobody has'),
  })
  return {
    routes: async (app) => {
      await app.register(uploadRoutes, { uploads, own, reads })
      await app.register(contentRoutes, { readers, own, store, reads, onServed: counts.served })
      await app.register(listRoutes, { lists: new FileLists(db), memberships })
      await app.register(storageRoutes, { db, space, settings })
    },
    onSignal: (signal) => {
      if (signal.kind === 'upload-wanted') locks.wanted(signal.id)
    },
    close: async () => {
      ending.abort()
      await sweeping.close()
      close()
    },
  }
}
