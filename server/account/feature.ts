// Accounts: people, their sessions, and signing in.
import type { WorkspaceSettings } from '../access/workspace.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { BanList } from '../moderation/ban-list.ts'
import type { PresentNames } from '../naming/present-names.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { Accounts, type Newcomers } from './accounts.ts'
import type { SecondStep } from '../identity/second-step.ts'
import { Guesses } from './guesses.ts'
import { Passwords } from './passwords.ts'
import { accountRoutes, type AccountRoutes } from './routes.ts'
import { Sessions } from './sessions.ts'

/** What proves who people are needs these too. `settings`: of the workspace, whose name makes a bad password. */
export function openSessions(
  { config, db, cache, bus, metrics, rateLimits }: Core,
  { settings, names }: { settings: Pick<WorkspaceSettings, 'read'>; names: PresentNames },
) {
  const sessions = new Sessions(db, cache, bus, { watch: metrics.flights, nameOf: names.of })
  const passwords = new Passwords(async () => (await settings.read()).name)
  return { sessions, passwords, guesses: new Guesses({ cache, rateLimits, entry: config.entry }) }
}

interface AccountFeatureDeps extends Pick<AccountRoutes, 'passes' | 'knocked' | 'sessions'> {
  newcomers: Newcomers
  guesses: Guesses
  passwords: Passwords
  secondStep: Pick<SecondStep, 'begin' | 'endEarlier'>
  bans: BanList
}

export function accountFeature(
  { config, db, cache, bus, rateLimits, onError }: Core,
  { newcomers, guesses, passwords, secondStep, sessions, bans, ...door }: AccountFeatureDeps,
): Feature & { sessions: Sessions; accounts: Accounts } {
  const accounts = new Accounts({
    db,
    cache,
    sessions,
    rateLimits,
    newcomers,
    bans,
    guesses,
    secondStep,
    passwords,
    entry: config.entry,
    onMember: (user) => bus.publish({ kind: 'member', user }),
  })
  const untold = new Repeated({
    everyMs: limits.untold.everyMs,
    run: () => sessions.forgetLate(),
    onError: (error) => onError(error, 'telling ended sessions late'),
  })
  return {
    sessions,
    accounts,
    onReconnect: () => untold.soon(),
    routes: (app) => accountRoutes(app, { accounts, sessions, ...door }),
    close: () => untold.close(),
  }
}
