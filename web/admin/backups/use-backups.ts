// The backups, looked at again while the page is open, more often while one is being made; and "back up now".
import { onScopeDispose, ref, shallowRef } from 'vue'
import type { BackupsAnswer } from '../../../server/protocol/backups.ts'
import { backUpNow, readBackups } from '../../wire/api.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

const everyMs = 30_000
const runningEveryMs = 2_000

export function useBackups() {
  const state = shallowRef<BackupsAnswer>()
  /** Why the last request failed; the earlier answer stays. */
  const failed = shallowRef<Refusal>()
  const isAsking = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false

  function take(answer: BackupsAnswer | Refusal): void {
    if (isOver) return
    failed.value = isRefusal(answer) ? answer : undefined
    if (!isRefusal(answer)) state.value = answer
    clearTimeout(timer)
    timer = setTimeout(() => void look(), state.value?.isRunning === true ? runningEveryMs : everyMs)
  }

  async function look(): Promise<void> {
    take(await readBackups())
  }

  async function now(): Promise<void> {
    if (isAsking.value) return
    isAsking.value = true
    take(await backUpNow())
    isAsking.value = false
  }

  void look()
  onScopeDispose(() => {
    isOver = true
    clearTimeout(timer)
  })
  return { state, failed, isAsking, look, now }
}
