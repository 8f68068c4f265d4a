// What could not be loaded without a connection is loaded when there is one again.
import { watch } from 'vue'
import { useLink } from '../../wire/link.ts'

/** As long as the component is there. */
export function whenBack(act: () => unknown): void {
  const link = useLink()
  watch(
    () => link.state,
    (state) => state === 'live' && act(),
  )
}
