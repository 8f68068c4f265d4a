// Tells the server whether somebody is at this page, and whom it shows; hears how these look.
import { useDocumentVisibility, useIdle } from '@vueuse/core'
import { computed, onScopeDispose, watch } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import { useSession } from '../account/session.ts'
import { useLink } from '../wire/link.ts'
import { connectLooks, forgetLooks, hearLooks } from '../wire/looks.ts'

export function useOwnPresence() {
  const session = useSession()
  const link = useLink()
  const { idle } = useIdle(limits.presence.idleAfterMs)
  const seen = useDocumentVisibility()
  const isIdle = computed(() => idle.value || seen.value === 'hidden')
  const tellIdle = (): void => void link.tell({ type: 'idle', on: isIdle.value })

  watch(isIdle, tellIdle)
  connectLooks((people) => link.tell({ type: 'watch', people }))
  onScopeDispose(
    link.feed.listen((event) => {
      hearLooks(event)
      // A new connection counts as one that somebody looks at.
      if (event.type === 'welcome' && isIdle.value) tellIdle()
    }),
  )
  watch(() => session.user?.id, forgetLooks)
}
