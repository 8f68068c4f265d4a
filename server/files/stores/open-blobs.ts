// Where this Brook keeps files, by its settings.
import path from 'node:path'
import type { Config } from '../../config.ts'
import type { Outages } from '../../logging/outages.ts'
import type { BlobStore } from './blob-store.ts'
import { BothStores } from './both-stores.ts'
import { DiskStore } from './disk-store.ts'
import { S3Store } from './s3-store.ts'

export interface OpenBlobs {
  /** What everybody reads and writes. */
  store: BlobStore
  disk: DiskStore
  /** Undefined: there is none. */
  s3: S3Store | undefined
  /** Ends uploads to the object store that a process has left in the middle, before this time in ms. @throws BlobsAway */
  removeAbandoned: (before: number) => Promise<unknown>
  close: () => void
}

/** `outages` is told when the object store is away. */
export function openBlobs(
  { dataDir, s3: config, filesIn }: Pick<Config, 'dataDir' | 's3' | 'filesIn'>,
  outages?: Outages,
): OpenBlobs {
  const disk = new DiskStore(path.join(dataDir, 'files'))
  if (config === undefined)
    return { store: disk, disk, s3: undefined, removeAbandoned: async () => 0, close: () => undefined }
  const s3 = new S3Store(config, {}, outages)
  return {
    store: new BothStores({ disk, s3, into: filesIn }),
    disk,
    s3,
    removeAbandoned: (before) => s3.removeAbandoned(before),
    close: () => s3.close(),
  }
}
