// The message that the draft answers: known by its number, and shown once it is loaded.
import { computed, watch, type ComputedRef, type Ref } from 'vue'
import type { Person } from '../../../server/protocol/people.ts'
import { findLine } from '../lines/rows.ts'
import type { Timeline } from '../timeline.ts'

/** What the composer shows of it. */
export interface Answered {
  user: Person
  text: string
}

export function useAnswering(
  seq: Ref<number | undefined>,
  timeline: Timeline,
): ComputedRef<Answered | undefined> {
  const found = computed(() => {
    if (seq.value === undefined || timeline.status !== 'ready') return undefined
    return findLine(timeline.rows, seq.value) ?? timeline.quoted(seq.value)
  })
  watch(
    () => [seq.value, timeline.status, found.value] as const,
    ([wanted, status, there]) => {
      if (wanted === undefined || status !== 'ready') return
      if (there === undefined) timeline.lookUp(wanted)
      // A deleted message cannot be answered.
      else if (there.deletedAt !== null) seq.value = undefined
    },
    { immediate: true },
  )
  return found
}
