// What people are called: renames, and names that look like others.
import type { Accounts } from '../account/accounts.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import type { OwnFields } from './own-fields.ts'
import { PresentNames } from './present-names.ts'
import { Renames } from './renames.ts'
import { namingRoutes } from './routes.ts'
import { addSkeletons } from './skeletons.ts'

/** What everything else needs of it. */
export const openNaming = ({ db, bus, onError }: Core) => ({ names: new PresentNames({ db, bus, onError }) })

interface NamingDeps {
  names: PresentNames
  memberships: Memberships
  accounts: Accounts
  /** What else GET and PATCH /api/me have. */
  own: readonly OwnFields[]
}

export function namingFeature(
  { db, cache, rateLimits, onError }: Core,
  { names, memberships, accounts, own }: NamingDeps,
): Feature {
  const renames = new Renames({ db, names })
  names.onChange((people) => memberships.people.renamed(people))
  return {
    ...names.asFeature(),
    open: async () => {
      await names.open()
      addSkeletons(db).catch((error: unknown) => onError(error, 'reading what names look like'))
    },
    routes: (app) => namingRoutes(app, { renames, names, own, accounts, cache, rateLimits }),
  }
}
