// Names as the connection tells of them: those of others for whatever shows them, one's own for the session, and what an
// administrator says who has changed it.
import { onScopeDispose, shallowRef, watch } from 'vue'
import type { RenameNote } from '../../server/protocol/naming.ts'
import { useSession } from '../account/session.ts'
import { forgetNames, hearNames } from '../wire/present-names.ts'
import { useLink } from '../wire/link.ts'
import { renameNoteRead } from '../wire/me-api.ts'

export function useOwnName() {
  const session = useSession()
  const link = useLink()
  /** Undefined: there is nothing that they have not read. */
  const note = shallowRef<RenameNote>()

  onScopeDispose(
    link.feed.listen((event) => {
      hearNames(event)
      if (event.type === 'welcome') {
        note.value = event.renameNote
        session.renamed(event.user.name)
      }
      if (event.type !== 'renamed') return
      note.value = event.note ?? note.value
      const own = event.people.find(({ id }) => id === session.user?.id)
      if (own !== undefined) session.renamed(own.name)
    }),
  )
  watch(() => session.user?.id, forgetNames)
  function noteRead(): void {
    note.value = undefined
    void renameNoteRead()
  }

  return { note, noteRead }
}
