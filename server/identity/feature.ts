// How people prove who they are besides a password: second factors.
import type { Guesses } from '../account/guesses.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { OwnSecurity } from './own-security.ts'
import { identityRoutes, type IdentityRoutes } from './routes.ts'
import { SecondFactors } from './second-factors.ts'
import { SecondStep } from './second-step.ts'
import { Tickets } from './tickets.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'

/** What accounts need of it. */
export function openIdentity({ db }: Pick<Core, 'db'>, deps: { sessions: Sessions; guesses: Guesses }) {
  const tickets = new Tickets(db)
  const factors = new SecondFactors(db)
  return { tickets, factors, secondStep: new SecondStep({ db, factors, tickets, ...deps }) }
}

export type Identity = ReturnType<typeof openIdentity>

export function identityFeature(
  { db, bus }: Core,
  deps: Identity & { settings: WorkspaceSettings } & Pick<
      IdentityRoutes,
      'accounts' | 'sessions' | 'knocked'
    >,
): Feature {
  const security = new OwnSecurity({ db, bus, ...deps })
  return { routes: (app) => identityRoutes(app, { ...deps, security }) }
}
