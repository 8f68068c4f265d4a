// What waits to be done once the server is there, for whoever is signed in; and what became of it, in words.
import { defineStore } from 'pinia'
import { shallowRef, watch } from 'vue'
import { useSession } from '../account/session.ts'
import { sayUnsent } from '../polls/unsent.ts'
import { tellRefused } from '../ui/notify.ts'
import { RequestQueue, type Queued } from '../wire/queued-api.ts'
import { useLink } from '../wire/link.ts'
import { sayRefusal } from '../words/refused.ts'
import { t } from '../words/words.ts'

export const useQueued = defineStore('queued', () => {
  const session = useSession()
  const link = useLink()
  const waiting = shallowRef<readonly Queued[]>([])
  let queue: RequestQueue | undefined

  watch(
    () => session.user?.id,
    (user) => {
      queue?.close()
      waiting.value = []
      queue =
        user === undefined
          ? undefined
          : new RequestQueue({
              user,
              isLive: () => link.state === 'live',
              changed: (items) => void (waiting.value = items),
              refused: ({ kind }, refusal) =>
                tellRefused(
                  kind === 'vote'
                    ? sayUnsent(refusal)
                    : t(`offline.notDone.${kind}`, { why: sayRefusal(refusal) }),
                ),
            })
    },
    { immediate: true, flush: 'sync' },
  )
  watch(
    () => link.state === 'live',
    (is) => is && queue?.drain(),
  )

  return {
    /** In order. */
    waiting,
    send: async <Answer>(...args: Parameters<RequestQueue['send']>) =>
      queue === undefined ? { code: 'signed_out' as const } : queue.send<Answer>(...args),
    /** What waits under a key. Reactive. */
    find: (key: string): Queued | undefined => waiting.value.find((one) => one.key === key),
  }
})
