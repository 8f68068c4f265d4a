// Accounts: people, their sessions, and signing in.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Audit } from '../audit/audit.ts'
import type { BanList } from '../moderation/ban-list.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { AccountLog } from './account-log.ts'
import { Accounts, type Newcomers } from './accounts.ts'
import { Passwords } from './passwords.ts'
import { accountRoutes, type AccountRoutes } from './routes.ts'
import { Sessions } from './sessions.ts'

export function accountFeature(
  { config, db, cache, bus, metrics, rateLimits, onError }: Core,
  {
    newcomers,
    bans,
    audit,
    ...door
  }: { newcomers: Newcomers; bans: BanList; audit: Audit } & Pick<AccountRoutes, 'passes' | 'knocked'>,
): Feature & { sessions: Sessions } {
  const sessions = new Sessions(db, cache, bus, { watch: metrics.flights })
  const accounts = new Accounts({
    db,
    cache,
    sessions,
    rateLimits,
    newcomers,
    bans,
    passwords: new Passwords(),
    entry: config.entry,
  })
  const untold = new Repeated({
    everyMs: limits.untold.everyMs,
    run: () => sessions.forgetLate(),
    onError: (error) => onError(error, 'telling ended sessions late'),
  })
  return {
    sessions,
    onReconnect: () => untold.soon(),
    routes: (app) => accountRoutes(app, { accounts, sessions, noted: new AccountLog(audit), ...door }),
    close: () => untold.close(),
  }
}
