// How people prove who they are besides a password: second factors, an identity provider; and links that reset one.
import type { Passes } from '../access/passes.ts'
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Accounts } from '../account/accounts.ts'
import { Administrators } from '../account/administrators.ts'
import type { Guesses } from '../account/guesses.ts'
import type { Passwords } from '../account/passwords.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Mail } from '../mail/mail.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import { DeviceLinks } from './device-links.ts'
import { deviceRoutes } from './device-routes.ts'
import { chooseRoutes } from './choose-routes.ts'
import { ldapRoutes } from './ldap-routes.ts'
import { Ldap } from './ldap.ts'
import { oidcRoutes } from './oidc-routes.ts'
import { Oidc } from './oidc.ts'
import { OwnPasskeys } from './own-passkeys.ts'
import { OwnSecurity } from './own-security.ts'
import { passkeyRoutes } from './passkey-routes.ts'
import { PasskeySignIn } from './passkey-sign-in.ts'
import { Passkeys } from './passkeys.ts'
import { ProvidedPeople } from './provided-people.ts'
import { ResetLinks } from './reset-links.ts'
import { resetRoutes } from './reset-routes.ts'
import { Resets } from './resets.ts'
import { identityRoutes, type IdentityRoutes } from './routes.ts'
import { SecondFactors } from './second-factors.ts'
import { SecondStep } from './second-step.ts'
import { Tickets } from './tickets.ts'

/** What accounts need of it. */
export function openIdentity(
  { db }: Pick<Core, 'db'>,
  deps: { sessions: Sessions; guesses: Guesses; bans: BanList },
) {
  const tickets = new Tickets(db)
  const factors = new SecondFactors(db)
  return { tickets, factors, secondStep: new SecondStep({ db, factors, tickets, ...deps }) }
}

export type Identity = ReturnType<typeof openIdentity>

interface IdentityDeps extends Identity, Pick<IdentityRoutes, 'sessions' | 'knocked'> {
  guesses: Guesses
  accounts: Accounts
  passes: Passes
  settings: WorkspaceSettings
  bans: BanList
  passwords: Passwords
  mail: Mail | undefined
}

export function identityFeature({ db, bus, config, onError }: Core, deps: IdentityDeps): Feature {
  const { publicUrl } = config
  const ldap = config.ldap && new Ldap(config.ldap, onError)
  const nothing = { signUp: false, adminGroup: undefined }
  const people = new ProvidedPeople({
    db,
    rulesOf: (issuer) => (issuer === ldap?.issuer ? config.ldap : config.oidc) ?? nothing,
    administrators: new Administrators(db, deps.sessions, bus),
    ...deps,
  })
  const provider = config.oidc && { oidc: new Oidc(config.oidc, onError), people }
  const passkeys = new Passkeys(db)
  const security = new OwnSecurity({ db, bus, provider, passkeys, ...deps })
  const own = new OwnPasskeys({ db, passkeys, security, ...deps })
  const signIn = new PasskeySignIn({ db, passkeys, ...deps })
  const links = new ResetLinks(db, deps.tickets)
  const resets = new Resets({ db, links, ...deps })
  return {
    routes: async (app) => {
      await app.register(identityRoutes, { ...deps, security, publicUrl })
      await app.register(deviceRoutes, { ...deps, devices: new DeviceLinks({ db, ...deps }), publicUrl })
      await app.register(passkeyRoutes, { ...deps, own, signIn, publicUrl })
      await app.register(resetRoutes, { ...deps, links, resets, publicUrl })
      if (provider) await app.register(oidcRoutes, { db, ...deps, ...provider, publicUrl })
      if (ldap) await app.register(ldapRoutes, { ...deps, ldap, people })
      if (provider || ldap) await app.register(chooseRoutes, { db, ...deps, people })
    },
  }
}
