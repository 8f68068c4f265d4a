// Where the focus goes when something about a message closes: to the message, else to the list, else to the composer.
import { useConversation } from '../../conversation.ts'
import type { MessageLine } from '../../lines/line.ts'

export function useReturn() {
  const { list, writing } = useConversation()
  return {
    to: (line: MessageLine | undefined): void => {
      if (line !== undefined && list.focusRow(line.key)) return
      list.focus()
      if (document.activeElement === document.body) writing.focus()
    },
  }
}
