// More at the edges of what is shown: from memory or, where that ends, from the next page.
import { computed, ref, shallowRef } from 'vue'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import type { Held } from './held.ts'
import type { PageReader } from './page-reader.ts'

export function useEdges(held: Held, reader: PageReader) {
  const loadingBefore = ref(false)
  const refusal = shallowRef<Refusal>()
  let isLoadingAfter = false

  /** Does nothing while a page is loading. */
  async function loadBefore(): Promise<void> {
    if (held.showAbove()) return
    const before = held.window.value.messages[0]?.seq
    if (loadingBefore.value || !held.window.value.hasBefore || before === undefined) return
    loadingBefore.value = true
    const answer = await reader.read({ before })
    loadingBefore.value = false
    if (answer === undefined) return
    refusal.value = isRefusal(answer) ? answer : undefined
    if (!isRefusal(answer)) held.addOlder(answer)
  }

  async function loadAfter(): Promise<void> {
    if (held.showBelow()) return
    if (isLoadingAfter || !held.window.value.hasAfter) return
    isLoadingAfter = true
    reader.begin()
    const answer = await reader.read({ after: held.window.value.messages.at(-1)?.seq ?? 0 })
    isLoadingAfter = false
    if (answer === undefined) return
    const live = reader.end()
    if (isRefusal(answer)) return
    held.addNewer(answer, live)
    reader.reached(answer)
  }

  return {
    loadingBefore,
    /** Why nothing more could be loaded above the first one. */
    beforeFailed: computed(() => (held.endsAbove() ? refusal.value : undefined)),
    /** The last page above was refused. */
    hasFailed: () => refusal.value !== undefined,
    forget: () => void (refusal.value = undefined),
    loadBefore,
    loadAfter,
  }
}
