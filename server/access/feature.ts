// Who may come in: the settings of the workspace, invites, and the link of its owner.
import { trusts } from '../account/entry-limits.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { Faces } from '../profiles/faces.ts'
import type { SignIn } from '../protocol/workspace.ts'
import { Invites } from './invites.ts'
import { knocks } from './knocks.ts'
import { NewcomerRules } from './newcomers.ts'
import { OwnerLinks } from './owner-links.ts'
import { Passes } from './passes.ts'
import { accessRoutes } from './routes.ts'
import { WorkspaceSettings } from './workspace.ts'

/** What accounts need of it. */
export function openAccess({ db, bus, config, rateLimits, onError }: Core) {
  const settings = new WorkspaceSettings(db, config)
  const invites = new Invites(db)
  const passes = new Passes({ settings, invites, owners: new OwnerLinks(db) })
  const newcomerRules = new NewcomerRules({ settings, bus, onError })
  return {
    settings,
    invites,
    passes,
    newcomerRules,
    knocked: knocks(trusts(config.entry.trustedNets ?? ''), rateLimits),
  }
}

export type Access = ReturnType<typeof openAccess>

export function accessFeature(
  { config }: Core,
  deps: Access & { memberships: Pick<Memberships, 'invitableRooms' | 'comeBy'>; faces: Faces },
): Feature {
  const { newcomerRules } = deps
  const { publicUrl, oidc, ldap, mail } = config
  const signIn: SignIn[] = [{ kind: 'password', name: 'Password' }]
  if (oidc) signIn.push({ kind: 'oidc', name: oidc.name, url: '/api/oidc/start' })
  // A page of the web app, for a form belongs to it.
  if (ldap) signIn.push({ kind: 'ldap', name: ldap.name, url: '/ldap' })
  return {
    open: () => newcomerRules.open(),
    onReconnect: () => newcomerRules.soon(),
    onSignal: (signal) => {
      if (signal.kind === 'workspace') newcomerRules.soon()
    },
    routes: (app) => accessRoutes(app, { ...deps, publicUrl, signIn, hasMail: mail !== undefined }),
    close: () => newcomerRules.close(),
  }
}
