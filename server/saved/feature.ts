// Messages saved for later.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { savedRoutes } from './routes.ts'
import { Saved } from './saved.ts'

export function savedFeature(
  { db, bus }: Core,
  { history, memberships }: { history: History; memberships: Memberships },
): Feature {
  const saved = new Saved({ db, history, memberships })
  return { routes: (app) => savedRoutes(app, { saved, bus }) }
}
