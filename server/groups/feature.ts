// Groups of people that are mentioned by one name.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { Groups } from './groups.ts'
import { KnownGroups } from './known-groups.ts'
import { groupRoutes } from './routes.ts'

/** What posting needs of it. */
export const openGroups = (core: Core): { groups: KnownGroups } => ({ groups: new KnownGroups(core) })

export function groupFeature(
  { db }: Core,
  { groups: known, settings }: { groups: KnownGroups; settings: WorkspaceSettings },
): Feature {
  const groups = new Groups({ db, settings, known })
  return { ...known.asFeature(), routes: (app) => groupRoutes(app, { groups }) }
}
