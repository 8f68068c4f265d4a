// Asking to join: people who are not invited ask, wait, and are let in or not by administrators.
import type { Access } from '../access/feature.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Moderation } from '../moderation/feature.ts'
import { rates } from '../protocol/rates.ts'
import { SharedRateLimiter } from '../rate-limiter.ts'
import { Asking, type AskingDeps } from './asking.ts'
import { JoinRequests } from './requests.ts'
import { joinRequestRoutes } from './routes.ts'

interface JoinRequestDeps
  extends
    Moderation,
    Pick<Access, 'settings' | 'knocked'>,
    Pick<AskingDeps, 'passwords' | 'guesses' | 'sessions' | 'factors'> {
  memberships: Memberships
}

export function joinRequestFeature(
  { db, bus, cache, rateLimits }: Core,
  { memberships, knocked, ...deps }: JoinRequestDeps,
): Feature {
  const requests = new JoinRequests(db)
  const asking = new Asking({
    ...deps,
    db,
    bus,
    requests,
    newcomers: memberships,
    limiter: new SharedRateLimiter('ask-to-join', rates.askToJoin, cache, rateLimits),
  })
  return { routes: (app) => joinRequestRoutes(app, { asking, requests, memberships, knocked }) }
}
