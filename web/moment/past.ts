// A room as it was at one of its numbers: pages of that moment, which nothing that happens changes.
import { computed, reactive, ref, shallowRef } from 'vue'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { toLines } from '../message/lines.ts'
import type { RoomStatus } from '../room/pages.ts'
import type { RoomFace } from '../room/room-face.ts'
import { toRows } from '../message/rows.ts'
import { emptyWindow, fromPage, withOlder, type Window } from '../room/window.ts'
import { page } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export function usePast(id: string, asOf: number, room: () => RoomSummary | undefined) {
  const status = ref<RoomStatus>('loading')
  const window = shallowRef<Window>(emptyWindow)
  const loadingBefore = ref(false)
  const beforeFailed = shallowRef<Refusal>()
  const me = { id: '', name: '' }
  const rows = computed(() =>
    toRows(
      toLines({
        ...{ messages: window.value.messages, acked: [], outgoing: [], me },
        ...{ archivedUpTo: undefined, openedAt: Infinity },
      }),
      {
        firstUnread: undefined,
        began: status.value === 'ready' && !window.value.hasBefore,
        dayOf: (at) => new Date(at).toDateString(),
      },
    ),
  )

  async function load(): Promise<void> {
    status.value = 'loading'
    const answer = await page(id, { asOf })
    if (isRefusal(answer)) status.value = answer.code === 'not_found' ? 'missing' : 'failed'
    else {
      window.value = fromPage(answer, [])
      status.value = 'ready'
    }
  }

  async function loadBefore(): Promise<void> {
    const before = window.value.messages[0]?.seq
    if (loadingBefore.value || before === undefined || !window.value.hasBefore) return
    loadingBefore.value = true
    const answer = await page(id, { before, asOf })
    loadingBefore.value = false
    beforeFailed.value = isRefusal(answer) ? answer : undefined
    if (!isRefusal(answer)) window.value = withOlder(window.value, answer)
  }

  void load()
  const at = computed(() => window.value.messages.at(-1)?.at)
  const face: RoomFace = reactive({
    ...{ status, rows, loadingBefore, beforeFailed },
    room: computed(room),
    hasBefore: computed(() => window.value.hasBefore),
    hasAfter: false,
    ...{ newest: asOf, completeUpTo: asOf, unseen: 0, typing: [], members: [] },
    ...{ membersStatus: 'ready' as const, memberTotal: 0, pins: [], pinsStatus: 'ready' as const },
    // What is answered and not on the list stays a number: it may have been another text then.
    ...{ quoted: () => undefined, lookUp: () => undefined },
  })
  return { face, at, load, loadBefore }
}
