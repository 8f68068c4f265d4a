// What the composer offers besides plain text, in the order of its menu. A capability adds a line to the list.
import { CalendarClock, ChartBarBig } from '@lucide/vue'
import { defineAsyncComponent, type Component } from 'vue'
import type { Word } from '../../../words/words.ts'

export interface ComposerTool {
  key: string
  icon: Component
  label: Word
  /** A dialog with `v-model:open`. It injects the conversation of a room or a thread. */
  open: Component
}

export const composerTools: readonly ComposerTool[] = [
  {
    key: 'poll',
    icon: ChartBarBig,
    label: 'polls.new',
    open: defineAsyncComponent(() => import('../../../polls/NewPoll.vue')),
  },
  {
    key: 'schedule',
    icon: CalendarClock,
    label: 'later.schedule',
    open: defineAsyncComponent(() => import('../../../later/ScheduleDraft.vue')),
  },
]
