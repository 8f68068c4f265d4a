// What the composer offers besides plain text, in the order of its menu. A capability adds a line to the list.
import { CalendarClock, Camera, ChartBarBig, Paperclip } from '@lucide/vue'
import { defineAsyncComponent, type Component } from 'vue'
import { pickFiles } from '../../../files/taking/areas.ts'
import type { Word } from '../../../words/words.ts'
import type { Writing } from '../use-writing.ts'

export interface ComposerTool {
  key: string
  icon: Component
  label: Word
  /** A dialog with `v-model:open`. It injects the conversation of a room or a thread. */
  open?: Component
  /** In place of a dialog, and called while the click is handled. */
  act?: (writing: Writing) => void
  isOffered?: () => boolean
}

const pick = (writing: Writing, how = {}) => pickFiles((given) => void writing.attachments.add(given), how)

export const composerTools: readonly ComposerTool[] = [
  { key: 'files', icon: Paperclip, label: 'attach.pick', act: (writing) => pick(writing) },
  {
    key: 'camera',
    icon: Camera,
    label: 'attach.camera',
    act: (writing) => pick(writing, { camera: true }),
    isOffered: () => matchMedia('(pointer: coarse)').matches,
  },
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
