// Reminders of messages, and the list of all reminders. The built-in bot (`brook bots`) sends them when they are due.
import { Reminders } from '../builtin-bot/reminders.ts'
import type { Core } from '../core.ts'
import type { Feature } from '../feature.ts'
import type { History } from '../history/history.ts'
import type { Memberships } from '../membership/memberships.ts'
import { OwnReminders } from './own-reminders.ts'
import { reminderRoutes } from './routes.ts'

export function reminderFeature(
  { db, bus }: Core,
  { history, memberships }: { history: History; memberships: Memberships },
): Feature {
  const own = new OwnReminders({ db, reminders: new Reminders(db), history, memberships })
  return { routes: (app) => reminderRoutes(app, { own, bus }) }
}
