// For administrators: who asks to join and has no answer yet, live.
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { JoinRequest, JoinRequestsAnswer } from '../../server/protocol/join-requests.ts'
import { useSession } from '../account/session.ts'
import { acceptRequest, declineRequest, listJoinRequests } from '../wire/join-request-api.ts'
import { useLink } from '../wire/link.ts'
import { liveList } from '../wire/live-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export const useWaiting = defineStore('waiting', () => {
  const session = useSession()
  const link = useLink()
  const requests = shallowRef<readonly JoinRequest[]>([])
  /** Those that there are, perhaps before they are loaded. */
  const open = ref(0)
  const list = liveList<JoinRequestsAnswer, never>({
    ask: listJoinRequests,
    show: (answer) => put(answer.requests),
    apply: () => undefined,
  })

  function put(next: readonly JoinRequest[]): void {
    requests.value = next
    open.value = next.length
  }

  /** What was answered by somebody else is gone too. */
  async function answered(id: string, answer: object | undefined): Promise<Refusal | undefined> {
    const refused = answer !== undefined && isRefusal(answer) ? answer : undefined
    if (refused === undefined || refused.code === 'request_over')
      put(requests.value.filter((one) => one.id !== id))
    return refused
  }
  const accept = async (id: string, rooms: string[]) => answered(id, await acceptRequest(id, rooms))
  const decline = async (id: string, body: { reason?: string; ban?: boolean }) =>
    answered(id, await declineRequest(id, body))

  const isAdmin = () => session.user?.admin === true
  link.feed.listen((event) => {
    if (event.type === 'welcome' && isAdmin()) list.loadSoon()
    if (event.type !== 'requests') return
    open.value = event.open
    void list.load()
  })
  watch(
    isAdmin,
    (is) => {
      put([])
      list.reset()
      if (is) void list.load()
    },
    { immediate: true },
  )

  return {
    requests,
    open: computed(() => open.value),
    status: list.status,
    refusal: list.refusal,
    load: list.load,
    accept,
    decline,
  }
})
