// Rooms as files.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { openBlob } from '../files/reading.ts'
import { Readers, type ReadersDeps } from '../files/readers.ts'
import type { Blobs } from '../files/blobs.ts'
import type { History } from '../history/history.ts'
import { installationId } from '../installation.ts'
import type { Memberships } from '../membership/memberships.ts'
import { exportRoute } from './route.ts'

export interface ExportDeps {
  history: History
  memberships: Memberships
  kept: { blobs: Blobs }
  held: ReadersDeps['held']
}

export function exportFeature(
  { db, log, metrics, heavy }: Core,
  { kept, held, ...deps }: ExportDeps,
): Feature {
  const exported = metrics.counter('brook_exported_messages_total', 'Messages written by exports')
  const readers = new Readers({ db, log, held, ...deps })
  let known: string | undefined
  const installation = async (): Promise<string> => (known ??= await installationId(db))
  // Asked for each file when its turn comes: whoever is removed meanwhile gets no more.
  const openFile = async (userId: string, id: string) => {
    const row = await readers.find(userId, id)
    return openBlob(kept.blobs, { hash: row?.hash, isOwn: String(row?.user_id) === userId })
  }
  return {
    routes: (app) => exportRoute(app, { ...deps, installation, exported, slices: heavy.slices, openFile }),
  }
}
