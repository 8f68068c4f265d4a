// Threads, and following them.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { MembershipApi } from '../membership/feature.ts'
import { threadRoutes } from './routes.ts'
import { FollowedThreads } from './threads.ts'

export function threadFeature(
  { db, bus, onError }: Core,
  deps: MembershipApi & { history: History },
): Feature & { threads: FollowedThreads } {
  const threads = new FollowedThreads({ db, bus, onError, ...deps })
  return { threads, routes: (app) => threadRoutes(app, { ...deps, threads }) }
}
