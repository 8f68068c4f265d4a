// The end of accounts.
import type { Accounts } from '../account/accounts.ts'
import type { Sessions } from '../account/sessions.ts'
import type { Core } from '../core.ts'
import type { Blocks } from '../directs/blocks.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { PresentNames } from '../naming/present-names.ts'
import type { PresentProfiles } from '../profiles/present-profiles.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { AccountEnds } from './account-ends.ts'
import { endingRoutes } from './routes.ts'

interface EndingDeps {
  sessions: Sessions
  accounts: Accounts
  memberships: Memberships
  names: PresentNames
  present: PresentProfiles
  blocks: Blocks
}

export function endingFeature(
  { db, cache, log, onError }: Core,
  { sessions, accounts, memberships, names, present, blocks }: EndingDeps,
): Feature {
  const stopping = new AbortController()
  const ends = new AccountEnds({
    db,
    cache,
    log,
    sessions,
    memberships,
    names,
    present,
    blocks,
    signal: stopping.signal,
  })
  const left = new Repeated({
    everyMs: limits.ending.everyMs,
    run: () => ends.carryOut(),
    onError: (error) => onError(error, 'ending accounts'),
  })
  return {
    onReconnect: () => left.soon(),
    routes: (app) => endingRoutes(app, { ends, accounts, onEnd: () => left.soon() }),
    close: () => {
      stopping.abort()
      return left.close()
    },
  }
}
