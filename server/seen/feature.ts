// Who has seen a message, in small rooms.
import type { Core } from '../core.ts'
import type { Blocks } from '../directs/blocks.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Gate } from '../posting/gate.ts'
import { seenRoutes } from './routes.ts'
import { Seen } from './seen.ts'

export function seenFeature(
  { db }: Core,
  { history, gate, blocks }: { history: History; gate: Gate; blocks: Blocks },
): Feature {
  const seen = new Seen({ db, history, blocks })
  return { routes: (app) => seenRoutes(app, { seen, gate }) }
}
