// How this person wants to be told, the same on all their devices: shown at once, taken back if the server refuses.
import { defineStore } from 'pinia'
import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import type { NotifySettings } from '../../server/protocol/notify-settings.ts'
import { useSession } from '../account/session.ts'
import { tellRefused } from '../ui/notify.ts'
import { useLink } from '../wire/link.ts'
import { PendingChanges } from '../wire/pending-changes.ts'
import { readNotifySettings, writeNotifySettings } from '../wire/push-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { sayRefusal } from '../words/refused.ts'

export const useNotifySettings = defineStore('notifySettings', () => {
  const session = useSession()
  const link = useLink()
  /** Undefined: not known yet. */
  const settings = shallowRef<NotifySettings>()
  const failed = ref(false)
  const changes = new PendingChanges<NotifySettings>()
  let last = Promise.resolve()
  const show = (): void => void (settings.value = changes.shown)

  function heard(known: NotifySettings): void {
    changes.heard(known)
    show()
  }

  async function load(): Promise<void> {
    const user = session.user?.id
    if (user === undefined) return
    failed.value = false
    const answer = await readNotifySettings()
    if (user !== session.user?.id) return
    failed.value = isRefusal(answer)
    if (!isRefusal(answer)) heard(answer)
  }

  /** One change after the other: each is of the whole as it is by then. True: it is kept. */
  function change(some: Partial<NotifySettings>): Promise<boolean> {
    if (settings.value === undefined) return Promise.resolve(false)
    changes.begin(some)
    show()
    const done = last.then(() => write(some))
    last = done.then(() => undefined)
    return done
  }

  async function write(some: Partial<NotifySettings>): Promise<boolean> {
    const wanted = changes.wanted(some)
    if (wanted === undefined) return false
    const answer = await writeNotifySettings(wanted)
    const isRefused = isRefusal(answer)
    changes.end(some, isRefused ? undefined : answer)
    show()
    if (isRefused) tellRefused(sayRefusal(answer))
    return !isRefused
  }

  onScopeDispose(
    link.feed.listen((event) => {
      if (event.type === 'notify_settings') heard(event.settings)
      // They may have changed while nobody heard.
      if (event.type === 'welcome' && settings.value !== undefined) void load()
    }),
  )
  watch(
    () => session.user?.id,
    () => {
      changes.forget()
      show()
      failed.value = false
    },
  )
  return { settings, failed, load, change }
})
