// The one engine of this page, for whoever is signed in: connects it with the outbox, the connection and the server.
import { effectScope, watch } from 'vue'
import { useSession } from '../../account/session.ts'
import { tellRefused } from '../../ui/notify.ts'
import { endUpload, idOf, uploadFile } from '../../wire/file-upload.ts'
import { useLink } from '../../wire/link.ts'
import { changeUpload, readUpload } from '../../wire/taking-api.ts'
import { t } from '../../words/words.ts'
import { FileEngine } from './engine.ts'
import { goingOf, held } from './held.ts'
import { openFileStore } from './kept-files.ts'
import { lookAt } from './look.ts'

/** By then the outbox has been read, and what is in no message belongs to none. */
const sweepAfterMs = 15_000

let here: { user: string; engine: FileEngine; close: () => void } | undefined

/** Throws if nobody is signed in. */
export function engineHere(): FileEngine {
  const user = useSession().user?.id
  if (user === undefined) throw new Error('nobody is signed in')
  if (here?.user !== user) {
    here?.close()
    here = openEngine(user)
  }
  return here.engine
}

/**
 * `user` is not signed in any more: the files of their drafts are removed, if they have signed out here. What waits to be
 * sent stays until they are back, as in the outbox.
 */
export async function closeEngine(user: string): Promise<void> {
  const was = here?.user === user ? here : openEngine(user)
  if (here === was) here = undefined
  await was.engine.sweepDrafts().catch(() => undefined)
  was.close()
}

function openEngine(user: string) {
  const link = useLink()
  const session = useSession()
  const engine = new FileEngine({
    user,
    store: openFileStore(),
    outgoing: () => link.outgoing,
    whole: link.fileWhole,
    refused: link.fileRefused,
    upload: uploadFile,
    endUpload,
    idOf,
    read: readUpload,
    change: changeUpload,
    look: lookAt,
    tellLoose: () => tellRefused(t('attach.loose')),
  })
  const scope = effectScope(true)
  scope.run(() => {
    watch(
      () => link.outgoing,
      // Without anybody the outbox looks empty; it is not.
      () => session.user?.id === user && engine.refresh(),
    )
    watch(
      () => link.state,
      (state) => state === 'live' && engine.wake(),
    )
  })
  const sweep = async () => {
    await engine.sweepDrafts()
    // Where the outbox could not be opened, its messages are there and not seen.
    if (session.user?.id === user && link.kept) await engine.sweepSent()
  }
  const timer = setTimeout(() => void sweep().catch(() => undefined), sweepAfterMs)
  window.addEventListener('beforeunload', warn)
  const close = () => {
    clearTimeout(timer)
    scope.stop()
    window.removeEventListener('beforeunload', warn)
    engine.close()
  }
  return { user, engine, close }
}

/** What only this tab has is lost with it. */
function warn(event: BeforeUnloadEvent): void {
  if ([...held.keys()].some((key) => goingOf(key).isLoose === true)) event.preventDefault()
}
