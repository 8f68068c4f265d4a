// The message that a menu or the emoji picker is open for. It stays while that is closing; then the focus goes back to
// it, else to the list, else to the composer.
import { shallowRef, watch } from 'vue'
import { useConversation } from '../../conversation.ts'
import type { MessageLine } from '../../lines/line.ts'

export function useLastLine() {
  const { dialogs, list, writing } = useConversation()
  const line = shallowRef<MessageLine>()
  watch(
    () => dialogs.line,
    (next) => next && (line.value = next),
    { immediate: true },
  )
  function focusBack(): void {
    if (line.value !== undefined && list.focusRow(line.value.key)) return
    list.focus()
    if (document.activeElement === document.body) writing.focus()
  }
  return { line, focusBack }
}
