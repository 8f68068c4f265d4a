// The reminders of this person, the same on all their devices: reloaded when the server says that something has changed.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { RemindersEvent } from '../../server/protocol/events.ts'
import type { Reminder, RemindersAnswer } from '../../server/protocol/reminders.ts'
import { useSession } from '../account/session.ts'
import { endReminder, listReminders, remindOf } from '../wire/later-api.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useReminders = defineStore('reminders', () => {
  const session = useSession()
  const link = useLink()
  const reminders = shallowRef<readonly Reminder[]>([])
  /** The message of which a reminder has come while this page was open. */
  const came = shallowRef<RemindersEvent['due']>()
  const list = liveList<RemindersAnswer, never>({
    ask: listReminders,
    show: (answer) => (reminders.value = answer.reminders),
    apply: () => undefined,
  })

  link.feed.listen((event) => {
    if (event.type === 'reminders') {
      void list.load()
      if (event.due !== undefined) came.value = event.due
    } else if (event.type === 'welcome') list.loadSoon()
  })
  watch(
    () => session.user?.id,
    (user) => {
      reminders.value = []
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  async function remind(
    place: { room: string; seq: number },
    at: number,
    cid: string,
  ): Promise<Refusal | undefined> {
    const answer: unknown = await remindOf({ ...place, at, cid })
    return isRefusal(answer) ? answer : undefined
  }

  /** It is gone here at once; if the server refuses, it is back. */
  async function end(id: string): Promise<Refusal | undefined> {
    reminders.value = reminders.value.filter((one) => one.id !== id)
    const answer: unknown = await endReminder(id)
    if (!isRefusal(answer)) return undefined
    void list.load()
    return answer
  }

  return {
    reminders,
    due: computed(() => reminders.value.filter(({ isDue }) => isDue).length),
    status: list.status,
    load: list.load,
    came,
    remind,
    end,
  }
})
