// The commands of one's own settings, with what they set.
import type { OwnCommand } from '../commands/commands.ts'
import type { Core } from '../core.ts'
import type { NotifySettingsStore } from '../notify/settings.ts'
import { isRefusal } from '../answer.ts'
import { ownCommandList, type OwnCommandDeps } from './own-commands.ts'

export interface OwnCommandParts extends Omit<OwnCommandDeps, 'settings' | 'pause'> {
  ownSettings: OwnCommandDeps['settings']
  notifySettings: Pick<NotifySettingsStore, 'of' | 'put'>
}

export function openOwnCommands(
  { bus }: Pick<Core, 'bus'>,
  { ownSettings, notifySettings, setStatus, customEmoji }: OwnCommandParts,
): OwnCommand[] {
  return ownCommandList({
    settings: ownSettings,
    setStatus,
    customEmoji,
    pause: async (user, snoozedUntil) => {
      const wanted = { ...(await notifySettings.of(user)), snoozedUntil }
      const kept = await notifySettings.put(user, wanted, Date.now())
      if (isRefusal(kept)) return kept
      bus.publish({ kind: 'event', user, event: { type: 'notify_settings', settings: kept } })
      return undefined
    },
  })
}
