// Which tab of this browser speaks: one, so that nobody hears of a message twice. Another takes over when it is closed.
import { onScopeDispose, ref, type Ref } from 'vue'

/** True while this tab is the one. Without locks each tab is. */
export function useSpeaker(owner: string): Readonly<Ref<boolean>> {
  const speaks = ref(false)
  if (!('locks' in navigator)) {
    speaks.value = true
    return speaks
  }
  const end = new AbortController()
  const lock = navigator.locks.request(`brook-speaker:${owner}`, { signal: end.signal }, () => {
    speaks.value = true
    return new Promise<void>((resolve) => {
      if (end.signal.aborted) resolve()
      end.signal.addEventListener('abort', () => resolve())
    })
  })
  // Closed while it waited.
  lock.catch(() => undefined)
  onScopeDispose(() => {
    speaks.value = false
    end.abort()
  })
  return speaks
}
