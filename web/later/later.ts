// What this person has planned: scheduled messages, the same on all their devices. What a server does by itself, such as sending,
// comes as an event; what it could not send is told at once, wherever one is.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { ScheduledEvent } from '../../server/protocol/events.ts'
import type {
  RescheduleBody,
  ScheduleBody,
  Scheduled,
  ScheduledAnswer,
} from '../../server/protocol/scheduled.ts'
import { useSession } from '../account/session.ts'
import { changeScheduled, deleteScheduled, listScheduled, scheduleMessage } from '../wire/later-api.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useLater = defineStore('later', () => {
  const session = useSession()
  const link = useLink()
  const scheduled = shallowRef<readonly Scheduled[]>([])
  const refused = shallowRef<Scheduled>()
  const order = (a: Scheduled, b: Scheduled): number => a.at - b.at || Number(a.id) - Number(b.id)
  const list = liveList<ScheduledAnswer, Pick<ScheduledEvent, 'id' | 'scheduled'>>({
    ask: listScheduled,
    show: (answer) => (scheduled.value = answer.scheduled),
    apply: ({ id, scheduled: now }) => {
      const others = scheduled.value.filter((one) => one.id !== id)
      scheduled.value = now === null ? others : [...others, now].sort(order)
    },
  })
  const hear = (one: Scheduled): void => list.hear({ id: one.id, scheduled: one })

  link.feed.listen((event) => {
    if (event.type === 'scheduled') {
      if (event.scheduled?.state === 'refused') refused.value = event.scheduled
      list.hear(event)
    } else if (event.type === 'welcome') list.loadSoon()
  })
  watch(
    () => session.user?.id,
    (user) => {
      scheduled.value = []
      list.reset()
      if (user !== undefined) list.loadOnceConnected()
    },
    { immediate: true },
  )

  async function schedule(body: ScheduleBody): Promise<Scheduled | Refusal | null> {
    const answer = await scheduleMessage(body)
    if (answer !== null && !isRefusal(answer)) hear(answer)
    return answer
  }

  async function change(id: string, body: RescheduleBody): Promise<Refusal | undefined> {
    const answer = await changeScheduled(id, body)
    if (isRefusal(answer)) return answer
    hear(answer)
    return undefined
  }

  async function remove(id: string): Promise<Refusal | undefined> {
    const answer = await deleteScheduled(id)
    if (isRefusal(answer)) return answer
    list.hear({ id, scheduled: null })
    return undefined
  }

  return {
    scheduled,
    refusedOnes: computed(() => scheduled.value.filter(({ state }) => state === 'refused').length),
    status: list.status,
    refusal: list.refusal,
    load: list.load,
    /** The last one that could not be sent while this page was open. */
    refused,
    schedule,
    change,
    remove,
  }
})
