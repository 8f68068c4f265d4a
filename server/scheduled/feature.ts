// Messages that are sent later. Every server sends what is due.
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { Claims } from '../files/claims.ts'
import type { Gate } from '../posting/gate.ts'
import type { Say } from '../posting/say.ts'
import { limits } from '../protocol/limits.ts'
import type { Scheduled } from '../protocol/scheduled.ts'
import { Repeated } from '../repeated.ts'
import { sendDue } from './due.ts'
import { scheduledRoutes } from './routes.ts'
import { dropOld, ScheduledMessages } from './scheduled.ts'

export function scheduledFeature(
  { db, log, bus, onError }: Core,
  { gate, say, claims }: { gate: Gate; say: Say; claims: Claims },
): Feature {
  const tell = (user: string, id: string, scheduled: Scheduled | null): void =>
    bus.publish({ kind: 'event', user, event: { type: 'scheduled', id, scheduled } })
  const scheduled = new ScheduledMessages(db)
  const sending = new Repeated({
    everyMs: limits.scheduled.everyMs,
    // Refused by a log that is not open yet, they would only wait longer.
    run: async () => (log.hasOpened ? sendDue({ db, log, gate, say, tell }) : undefined),
    onError: (error) => onError(error, 'sending scheduled messages'),
  })
  const dropping = new Repeated({
    everyMs: limits.scheduled.dropEveryMs,
    run: () => dropOld(db, Date.now()),
    onError: (error) => onError(error, 'dropping old scheduled messages'),
  })
  return {
    routes: (app) => scheduledRoutes(app, { scheduled, gate, claims, tell, soon: () => sending.soon() }),
    onReconnect: () => sending.soon(),
    close: async () => {
      await Promise.all([sending.close(), dropping.close()])
    },
  }
}
