// The pipeline, asked for every two seconds while the page is seen.
import { onScopeDispose, shallowRef } from 'vue'
import type { PipelineAnswer } from '../../../server/protocol/pipeline.ts'
import { readPipeline } from '../../wire/admin-api.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

/** As often as the processes report. */
const everyMs = 2_000

export function usePipeline() {
  const state = shallowRef<PipelineAnswer>()
  /** Why the last request failed; the earlier answer stays. */
  const failed = shallowRef<Refusal>()
  let timer: ReturnType<typeof setTimeout> | undefined
  let isOver = false

  async function look(): Promise<void> {
    clearTimeout(timer)
    if (!document.hidden) {
      const answer = await readPipeline()
      if (isOver) return
      failed.value = isRefusal(answer) ? answer : undefined
      if (!isRefusal(answer)) state.value = answer
    }
    clearTimeout(timer)
    timer = setTimeout(() => void look(), everyMs)
  }
  const onVisible = (): void => {
    if (!document.hidden) void look()
  }

  void look()
  document.addEventListener('visibilitychange', onVisible)
  onScopeDispose(() => {
    isOver = true
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', onVisible)
  })
  return { state, failed, look }
}
