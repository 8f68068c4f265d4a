// Rooms as files.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import { installationId } from '../installation.ts'
import type { Memberships } from '../membership/memberships.ts'
import { exportRoute } from './route.ts'

export function exportFeature(
  { db, metrics, heavy }: Core,
  deps: { history: History; memberships: Memberships },
): Feature {
  const exported = metrics.counter('brook_exported_messages_total', 'Messages written by exports')
  let known: string | undefined
  const installation = async (): Promise<string> => (known ??= await installationId(db))
  return { routes: (app) => exportRoute(app, { ...deps, installation, exported, slices: heavy.slices }) }
}
