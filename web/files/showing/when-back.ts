// What could not be loaded without a connection is loaded when there is one again.
import { useEventListener } from '@vueuse/core'
import { watch } from 'vue'
import { useLink } from '../../wire/link.ts'

/** As long as the component is there. */
export function whenBack(act: () => unknown): void {
  const link = useLink()
  // A short break may cost a request and not the connection.
  useEventListener(window, 'online', () => act())
  watch(
    () => link.state,
    (state) => state === 'live' && act(),
  )
}
