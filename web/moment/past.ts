// A room as it was at one of its numbers: pages of that moment, which later events do not change.
import { computed, reactive, ref, shallowRef } from 'vue'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { toLines } from '../conversation/lines/lines.ts'
import { toRows } from '../conversation/lines/rows.ts'
import { emptyWindow, fromPage, withOlder, type Window } from '../conversation/pages/window.ts'
import type { Timeline, TimelineStatus } from '../conversation/timeline.ts'
import { page } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

export function usePast(id: string, asOf: number, room: () => RoomSummary | undefined) {
  const status = ref<TimelineStatus>('loading')
  const window = shallowRef<Window>(emptyWindow)
  const loadingBefore = ref(false)
  const beforeFailed = shallowRef<Refusal>()
  const me = { id: '', name: '' }
  const rows = computed(() =>
    toRows(
      toLines({
        messages: window.value.messages,
        acked: [],
        outgoing: [],
        me,
        archivedUpTo: undefined,
        openedAt: Infinity,
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
  const timeline: Timeline = reactive({
    status,
    room: computed(room),
    rows,
    hasBefore: computed(() => window.value.hasBefore),
    hasAfter: false,
    loadingBefore,
    beforeFailed,
    newest: asOf,
    isArchived: () => false,
    unseen: 0,
    skipped: 0,
    typing: [],
    loadBefore,
    retry: load,
    // An answered message that is not on the list stays a number: it may have had another text then.
    quoted: nothing,
    lookUp: nothing,
    ...nothingIsDone,
  })
  return { timeline, at }
}

const nothing = () => undefined
/** Nothing comes after the past, and nothing can be done with it. */
const nothingIsDone = {
  loadAfter: nothing,
  toNewest: nothing,
  seenTo: nothing,
  toUnread: async () => undefined,
  markRead: nothing,
  standsAt: nothing,
  lastOwn: nothing,
  send: nothing,
  change: nothing,
  tellTyping: nothing,
  ask: () => false,
  dismiss: nothing,
}
