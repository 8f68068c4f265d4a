// Reading messages: pages, changes, moments, pins, earlier versions.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { PresentNames } from '../naming/present-names.ts'
import type { History } from './history.ts'
import { Moments } from './moments.ts'
import type { Pins } from './pins.ts'
import { Revisions } from './revisions.ts'
import { messageRoutes } from './routes/routes.ts'

export function historyFeature(
  { db, log, metrics }: Core,
  { names, ...deps }: { history: History; pins: Pins; memberships: Memberships; names: PresentNames },
): Feature {
  const moments = new Moments(db, log, metrics.flights)
  const revisions = new Revisions({ db, log, history: deps.history, nameOf: names.of })
  return { routes: (app) => messageRoutes(app, { ...deps, moments, revisions }) }
}
