// The question that is open below a webhook before something is done with it: at most one in a list.
import { shallowRef } from 'vue'

export function useAsking<What extends string>(changed: () => void) {
  const asking = shallowRef<{ hook: string; what: What }>()
  return {
    ask: (hook: { id: string }, what: What) => void (asking.value = { hook: hook.id, what }),
    asks: (hook: { id: string }, what: What) => asking.value?.hook === hook.id && asking.value.what === what,
    /** It is done, or cancelled. */
    done: () => {
      asking.value = undefined
      changed()
    },
  }
}
