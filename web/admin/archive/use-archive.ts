// The state of the archive, polled while the page is open, and "archive now" with its result.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { SyncAnswer, SyncNowAnswer } from '../../../server/protocol/sync.ts'
import { archiveNow, archiveState } from '../../wire/api.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

/** Often enough to see it move, rarely enough to cost nothing. */
const everyMs = 2_000
const busyEveryMs = 500

export function useArchive() {
  const state = shallowRef<SyncAnswer>()
  /** Why the last request failed; the earlier answer stays. */
  const failed = shallowRef<Refusal>()
  const outcome = shallowRef<SyncNowAnswer | Refusal>()
  const isArchiving = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false

  async function look(): Promise<void> {
    clearTimeout(timer)
    if (!document.hidden) {
      const answer = await archiveState()
      if (isOver) return
      failed.value = isRefusal(answer) ? answer : undefined
      if (!isRefusal(answer)) state.value = answer
    }
    clearTimeout(timer)
    timer = setTimeout(() => void look(), isArchiving.value ? busyEveryMs : everyMs)
  }

  async function now(): Promise<void> {
    if (isArchiving.value) return
    isArchiving.value = true
    outcome.value = undefined
    void look()
    outcome.value = await archiveNow()
    isArchiving.value = false
    await look()
  }

  void look()
  onScopeDispose(() => {
    isOver = true
    clearTimeout(timer)
  })
  return { state, failed, outcome, isArchiving, look, now }
}
