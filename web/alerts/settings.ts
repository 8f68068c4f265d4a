// How this person wants to be told, the same on all their devices: shown at once, taken back if the server refuses.
import { defineStore } from 'pinia'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { useSession } from '../account/session.ts'
import { tellRefused } from '../ui/notify.ts'
import { useLink } from '../wire/link.ts'
import { readNotifySettings, writeNotifySettings } from '../wire/push-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'

export const useNotifySettings = defineStore('notifySettings', () => {
  const session = useSession()
  const link = useLink()
  /** Undefined: not known yet. */
  const settings = shallowRef<NotifySettings>()
  const failed = ref(false)
  let last = Promise.resolve()

  async function load(): Promise<void> {
    const user = session.user?.id
    if (user === undefined) return
    failed.value = false
    const answer = await readNotifySettings()
    if (user !== session.user?.id) return
    failed.value = isRefusal(answer)
    if (!isRefusal(answer)) settings.value = answer
  }

  /** One change after the other: each is of the whole as it is by then. True: it is kept. */
  function change(some: Partial<NotifySettings>): Promise<boolean> {
    const before = settings.value
    if (before === undefined) return Promise.resolve(false)
    settings.value = { ...before, ...some }
    const wanted = settings.value
    const done = last.then(async () => {
      const answer = await writeNotifySettings(wanted)
      const isLatest = settings.value === wanted
      if (!isRefusal(answer)) {
        if (isLatest) settings.value = answer
        return true
      }
      if (isLatest) settings.value = before
      tellRefused(sayRefusal(answer))
      return false
    })
    last = done.then(() => undefined)
    return done
  }

  onScopeDispose(
    link.feed.listen((event) => {
      if (event.type === 'notify_settings') settings.value = event.settings
      // They may have changed while nobody heard.
      if (event.type === 'welcome' && settings.value !== undefined) void load()
    }),
  )
  watch(
    () => session.user?.id,
    () => {
      settings.value = undefined
      failed.value = false
    },
  )
  return { settings, failed, load, change }
})
