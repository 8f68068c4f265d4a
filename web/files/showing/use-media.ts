// What is said of a film or sound that does not load: it is gone, this browser cannot play it, or it is out of reach; then it is tried
// again when the connection is back.
import { computed, ref, type Ref } from 'vue'
import { standingOf } from '../../wire/files-api.ts'
import { t } from '../../words/words.ts'
import { whenBack } from './when-back.ts'

export type MediaState = 'fine' | 'unplayable' | 'gone' | 'failed'

/** `id`: undefined if it is not on the server yet. */
export function useMedia(id: () => string | undefined): {
  state: Ref<MediaState>
  /** Why it is not there; undefined: it is. */
  why: Readonly<Ref<string | undefined>>
  failed: () => Promise<void>
} {
  const state = ref<MediaState>('fine')
  async function failed(): Promise<void> {
    const file = id()
    const standing = file === undefined ? 'there' : await standingOf(file)
    state.value = ({ there: 'unplayable', gone: 'gone', unreachable: 'failed' } as const)[standing]
  }
  whenBack(() => {
    if (state.value === 'failed') state.value = 'fine'
  })
  const why = computed(() => (state.value === 'fine' ? undefined : t(`showing.${state.value}`)))
  return { state, why, failed }
}
