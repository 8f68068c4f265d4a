// Deleting rooms: decided by their owners and administrators, erased a day later by whichever server is there.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { MembershipApi } from '../membership/feature.ts'
import { limits } from '../protocol/limits.ts'
import { Repeated } from '../repeated.ts'
import { Deletions } from './deletions.ts'
import { eraseRooms } from './for-good.ts'
import { deletionRoutes } from './routes.ts'

export function roomDeletionFeature({ db, onError }: Core, { memberships, gate }: MembershipApi): Feature {
  const { notices, roster } = memberships
  const deletions = new Deletions({ db, notices, roster })
  const end = new AbortController()
  const erasing = new Repeated({
    everyMs: limits.erasing.lookEveryMs,
    run: () => eraseRooms({ db, signal: end.signal }),
    onError: (error) => onError(error, 'erasing what a deleted room had'),
  })
  return {
    routes: (app) => deletionRoutes(app, { deletions, gate }),
    close: async () => {
      end.abort()
      await erasing.close()
    },
  }
}
