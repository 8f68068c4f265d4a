// When the server was last there, and for how long after that the copy may be shown.
import { ref, watch } from 'vue'
import { limits } from '../../server/protocol/limits.ts'
import { useWorkspace } from '../access/workspace.ts'
import { useSession } from '../account/session.ts'
import { useLink } from '../wire/link.ts'
import { keepMarker, lastContact } from './marker.ts'

/** While events come, it is written down this often. */
const everyMs = 20_000

interface ContactDeps {
  /** There is a copy. */
  isKept: () => boolean
  /** The workspace does not want any. */
  wantsNone: () => void
}

export function useContact({ isKept, wantsNone }: ContactDeps) {
  const session = useSession()
  const link = useLink()
  const workspace = useWorkspace()
  /** ms. */
  const at = ref(lastContact())
  /** When the present connection began (ms). */
  let metAt = 0
  const days = (): number => workspace.settings?.offlineDays ?? limits.offline.usualDays

  /** The server is there, and says who this is. */
  function met(): void {
    if (session.user === undefined) return
    at.value = Date.now()
    if (isKept() && days() > 0) keepMarker(session.user, days(), at.value)
  }

  watch(days, (lasts) => {
    if (lasts === 0) wantsNone()
    else if (link.state === 'live') met()
  })
  watch(
    () => link.state === 'live',
    (is, was) => was && !is && met(),
  )

  return {
    at,
    metAt: () => metAt,
    welcomed: (): void => {
      metAt = Date.now()
      met()
    },
    /** Something has come. */
    heard: (): void => {
      if (link.state === 'live' && Date.now() - (at.value ?? 0) > everyMs) met()
    },
  }
}
