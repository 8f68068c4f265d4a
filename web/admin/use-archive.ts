// How the archive stands, asked again and again while somebody looks, and "archive now" with what came of it.
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { SyncAnswer, SyncNowAnswer } from '../../server/protocol/http.ts'
import { archiveNow, archiveState } from '../wire/api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

/** Often enough to see it move, rarely enough to cost nothing. */
const everyMs = 2_000
const busyEveryMs = 500

export function useArchive() {
  const state = shallowRef<SyncAnswer>()
  /** Why it could not be had the last time; what was had before stays. */
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
