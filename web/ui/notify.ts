// Short messages: what was refused, and what was done out of sight. They are seen as toasts (Toasts.vue) and heard in the
// app's live regions.
import { toast } from 'vue-sonner'
import { t } from '../words/words.ts'
import { announce, announceNow } from './announce.ts'

export function tellRefused(words: string): void {
  toast.error(words, { duration: 7000 })
  announceNow(words)
}

/** Something that was done, and can be taken back for some seconds. Then it is settled. */
export interface Undoable {
  undo: () => unknown
  settle?: () => unknown
}

export function tellUndoable(words: string, acts: readonly Undoable[]): void {
  let isOver = false
  /** Whoever goes away has made up their mind: a tab that is closed settles nothing later. */
  const hidden = () => document.hidden && end('settle')
  document.addEventListener('visibilitychange', hidden)
  const end = (how: 'undo' | 'settle') => {
    if (isOver) return
    isOver = true
    document.removeEventListener('visibilitychange', hidden)
    for (const act of acts) act[how]?.()
  }
  announce(words)
  toast(words, {
    duration: 8000,
    action: { label: t('undo'), onClick: () => end('undo') },
    onAutoClose: () => end('settle'),
    onDismiss: () => end('settle'),
  })
}

export function tellDone(words: string): void {
  toast(words, { duration: 2500 })
  announce(words)
}

/** Something that others did, and that one has to read. */
export function tellNews(words: string): void {
  toast(words, { duration: 7000 })
  announce(words)
}
