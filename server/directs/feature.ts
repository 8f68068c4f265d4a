// Direct rooms: of one to fifteen people, found by who they are; and who may write to whom.
import type { NewcomerRules } from '../access/newcomers.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { MembershipApi } from '../membership/feature.ts'
import { Blocks } from './blocks.ts'
import { Conversions } from './conversions.ts'
import { Directs } from './directs.ts'
import { OwnBlocks } from './own-blocks.ts'
import { ownWriters } from './own-writers.ts'
import { directRoutes } from './routes.ts'
import type { Writing } from './writing.ts'

/** What everything else needs of it. */
export function openDirects({ db, bus, onError }: Core) {
  const blocks = new Blocks({ db, bus, onError })
  const ownBlocks = new OwnBlocks({ db, blocks, bus })
  return { blocks, ownBlocks, writersField: ownWriters(ownBlocks) }
}

export type DirectsApi = ReturnType<typeof openDirects>

export function directFeature(
  core: Core,
  given: DirectsApi & MembershipApi & { writing: Writing; newcomerRules: NewcomerRules },
): Feature {
  const { blocks, ownBlocks: own, gate } = given
  const directs = new Directs({ ...core, ...given })
  const conversions = new Conversions({ ...core, ...given })
  return {
    ...blocks.asFeature(),
    routes: (app) => directRoutes(app, { directs, conversions, own, gate, bus: core.bus }),
  }
}
