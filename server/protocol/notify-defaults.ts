// How somebody is told who has never chosen.
import type { NotifySettings } from './notify-settings.ts'

export const defaultNotifySettings: NotifySettings = {
  keywords: [],
  previews: true,
  sound: 'drop',
  quiet: null,
  snoozedUntil: null,
  pierce: { people: [], rooms: [] },
  mail: { on: true, afterMinutes: 15 },
}
