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
import { FileLists } from './lists.ts'
import { countFiles } from './measures.ts'
import { openKeeping } from './open-keeping.ts'
import { OwnFiles } from './own-files.ts'
import { Readers, type ReadersDeps } from './readers.ts'
import { Previews } from './previews/previews.ts'
import { contentRoutes } from './routes/content-routes.ts'
import { listRoutes } from './routes/list-routes.ts'
import { previewRoutes } from './routes/preview-routes.ts'
import { storageRoutes } from './routes/storage-routes.ts'
import { uploadRoutes } from './routes/upload-routes.ts'
import { removeLeftovers } from './sweep/leftovers.ts'
import { sweep } from './sweep/sweep.ts'
import { offsetOf, TusUploads } from './uploads/tus.ts'

/** What messages need of files, and what is kept. */
export function openFiles(core: Core, { pictures }: { pictures: Pictures }) {
  const { claims, ...kept } = openKeeping({ ...core, redis: () => core.redis.common, pictures })
  return { claims, kept }
}

export type OpenFiles = ReturnType<typeof openFiles>

export interface FilesDeps {
  pictures: Pictures
  kept: OpenFiles['kept']
  history: Pick<History, 'find'>
  memberships: Memberships
  held: ReadersDeps['held']
  settings: Pick<WorkspaceSettings, 'begin'>
}

export function fileFeature(
  core: Core,
  { kept, pictures, history, memberships, held, settings }: FilesDeps,
): Feature {
  const { db, log, metrics, rateLimits, onError } = core
  const { store, blobs, parts, locks, finishing, space } = kept
  const counts = countFiles(metrics, { locks, space })
  const readers = new Readers({ db, log, history, memberships, held })
  const own = new OwnFiles({ db, readers, offsetOf: (row) => offsetOf({ parts, store }, row) })
  const reads = new RateLimiter(rates.files, rateLimits)
  const uploads = new TusUploads({
    db,
    space,
    store,
    parts,
    locks,
    finishing,
    onBytes: counts.arrived,
    onError: (error) => onError(error, 'an upload'),
  })
  const folder = path.join(core.config.dataDir, 'previews-half')
  const previews = new Previews({
    store,
    pictures,
    onError,
    folder,
    cache: core.cache,
    flights: metrics.flights,
  })
  const ending = new AbortController()
  const sweeping = new Repeated({
    everyMs: fileLimits.sweepEveryMs,
    run: async () => {
      await removeLeftovers(folder)
      await sweep({ db, log, blobs, parts, signal: ending.signal, onSwept: counts.swept })
      await kept.removeAbandoned(Date.now() - fileLimits.unsentMs)
    },
    onError: (error) => onError(error, 'removing files that nobody has'),
  })
  return {
    routes: async (app) => {
      await app.register(uploadRoutes, { uploads, own, reads })
      await app.register(contentRoutes, { readers, own, blobs, reads, onServed: counts.served })
      await app.register(previewRoutes, { readers, previews, reads })
      await app.register(listRoutes, { lists: new FileLists(db), memberships })
      await app.register(storageRoutes, { db, space, settings })
    },
    onSignal: (signal) => {
      if (signal.kind === 'upload-wanted') locks.wanted(signal.id)
    },
    close: async () => {
      ending.abort()
      await sweeping.close()
      kept.close()
    },
  }
}
