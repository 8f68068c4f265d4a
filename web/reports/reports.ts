// What waits for this person: open reports that they may handle, and answers to reports of their own. Reloaded when the server
// says that something has changed.
import { defineStore } from 'pinia'
import { computed, shallowRef, watch } from 'vue'
import type { OpenCasesAnswer, OwnAnswer, OwnAnswersAnswer } from '../../server/protocol/reports.ts'
import { useSession } from '../account/session.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { openCases, ownAnswers, putAnswerAway } from '../wire/reports-api.ts'

const none: OpenCasesAnswer = { open: 0, rooms: {} }

export const useReports = defineStore('reports', () => {
  const session = useSession()
  const link = useLink()
  const waiting = shallowRef(none)
  const answers = shallowRef<readonly OwnAnswer[]>([])
  const queue = liveList<OpenCasesAnswer, never>({
    ask: openCases,
    show: (answer) => (waiting.value = answer),
    apply: () => undefined,
  })
  const own = liveList<OwnAnswersAnswer, never>({
    ask: ownAnswers,
    show: (answer) => (answers.value = answer.answers),
    apply: () => undefined,
  })

  link.feed.listen((event) => {
    if (event.type === 'reports') void (event.about === 'queue' ? queue : own).load()
    else if (event.type === 'welcome') {
      queue.loadSoon()
      own.loadSoon()
    }
  })
  watch(
    () => session.user?.id,
    (user) => {
      waiting.value = none
      answers.value = []
      for (const list of [queue, own]) {
        list.reset()
        if (user !== undefined) list.loadOnceConnected()
      }
    },
    { immediate: true },
  )

  /** It is gone here at once; if the server does not hear of it, it is back the next time. */
  function putAway(id: string): void {
    answers.value = answers.value.filter((answer) => answer.id !== id)
    void putAnswerAway(id)
  }

  return {
    open: computed(() => waiting.value.open),
    openIn: (room: string): number => waiting.value.rooms[room] ?? 0,
    /** The room with the most of them. */
    busiest: computed(() => Object.entries(waiting.value.rooms).sort(([, a], [, b]) => b - a)[0]?.[0]),
    answers,
    isKnown: computed(() => own.status.value === 'ready'),
    putAway,
    reloadOwn: () => void own.load(),
  }
})
