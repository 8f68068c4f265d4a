// Groups of people that are mentioned by one name.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { Groups } from './groups.ts'
import { KnownGroups } from './known-groups.ts'
import { groupRoutes } from './routes.ts'

/** What posting needs of it. */
export const openGroups = ({ db, onError }: Core): { groups: KnownGroups } => ({
  groups: new KnownGroups({ db, onError }),
})

export function groupFeature(
  { db, bus }: Core,
  { groups: known, settings }: { groups: KnownGroups; settings: WorkspaceSettings },
): Feature {
  const groups = new Groups({ db, bus, settings, known })
  return {
    open: () => known.open(),
    onReconnect: () => known.soon(),
    onSignal: (signal) => {
      if (signal.kind === 'groups') known.soon()
    },
    routes: (app) => groupRoutes(app, { groups }),
    close: () => known.close(),
  }
}
