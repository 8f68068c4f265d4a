// How people prove who they are besides a password: second factors; and links that reset one.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Passwords } from '../account/passwords.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { OwnSecurity } from './own-security.ts'
import { ResetLinks } from './reset-links.ts'
import { resetRoutes } from './reset-routes.ts'
import { Resets } from './resets.ts'
import { identityRoutes, type IdentityRoutes } from './routes.ts'
import { SecondFactors } from './second-factors.ts'
import { SecondStep } from './second-step.ts'
import { Tickets } from './tickets.ts'

/** What accounts need of it. */
export function openIdentity({ db }: Pick<Core, 'db'>, deps: { sessions: Sessions; guesses: Guesses }) {
  const tickets = new Tickets(db)
  const factors = new SecondFactors(db)
  return { tickets, factors, secondStep: new SecondStep({ db, factors, tickets, ...deps }) }
}

export type Identity = ReturnType<typeof openIdentity>

interface IdentityDeps extends Identity, Pick<IdentityRoutes, 'accounts' | 'sessions' | 'knocked'> {
  settings: WorkspaceSettings
  passwords: Passwords
}

export function identityFeature({ db, bus, config: { publicUrl } }: Core, deps: IdentityDeps): Feature {
  const security = new OwnSecurity({ db, bus, ...deps })
  const links = new ResetLinks(db, deps.tickets)
  const resets = new Resets({ db, links, ...deps })
  return {
    routes: async (app) => {
      await app.register(identityRoutes, { ...deps, security })
      await app.register(resetRoutes, { ...deps, links, resets, publicUrl })
    },
  }
}
