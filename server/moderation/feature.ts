// Keeping people out: bans from the workspace, and from one room.
import { Audit } from '../audit/audit.ts'
import type { Core } from '../core.ts'
import type { Erasings } from '../erasing/erasings.ts'
import type { Feature } from '../feature.ts'
import type { Memberships } from '../membership/memberships.ts'
import { BanList } from './ban-list.ts'
import { Bans } from './bans.ts'
import { moderationRoutes, roomBanRoutes } from './routes.ts'

/** What everything else needs of it: who is kept out, and the audit log. */
export function openModeration({ db, bus, onError }: Core, { erasings }: { erasings: Erasings }) {
  const bans = new BanList({ db, bus, onError })
  return { bans, workspaceBans: new Bans({ db, list: bans, erasings }), audit: new Audit(db, onError) }
}

export type Moderation = ReturnType<typeof openModeration>

export function moderationFeature({
  bans: list,
  workspaceBans: bans,
  memberships,
}: Moderation & { memberships: Memberships }): Feature {
  return {
    ...list.asFeature(),
    routes: async (app) => {
      await app.register(moderationRoutes, { bans })
      await app.register(roomBanRoutes, { memberships })
    },
  }
}
