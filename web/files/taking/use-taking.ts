// Files, for the whole page of somebody who is signed in: given anywhere, and uploaded as long as any wait.
import { onScopeDispose, watch } from 'vue'
import { whenIdle } from '../../ui/idle.ts'
import { useLink } from '../../wire/link.ts'
import { isChanging } from '../../wire/outgoing.ts'
import { useGivenFiles } from './areas.ts'
import { closeLoaded, loadEngine } from './load.ts'

/** What is drawn of files. */
const lazyScreens = [
  () => import('./ComposerFiles.vue'),
  () => import('./SendingFiles.vue'),
  () => import('./DropTarget.vue'),
]

export function useTaking(user: string): void {
  useGivenFiles()
  const link = useLink()
  const load = () => loadEngine().catch(() => undefined)
  watch(
    () => link.outgoing.some((item) => !isChanging(item) && item.attached !== undefined),
    (is) => is && void load(),
    { immediate: true },
  )
  // Without a connection it could not be loaded any more, and files can be taken without one too.
  whenIdle(() =>
    Promise.all([load(), import('./check.ts'), ...lazyScreens.map((part) => part())]).catch(() => undefined),
  )
  onScopeDispose(() => closeLoaded(user))
}
