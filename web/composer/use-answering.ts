// What the draft answers: known by its number, and shown once the message is at hand.
import { computed, watch, type Ref } from 'vue'
import type { Person } from '../../server/protocol/people.ts'
import { findLine } from '../message/rows.ts'
import type { RoomFace } from '../room/room-face.ts'

/** What the composer shows of it. */
export interface Answered {
  user: Person
  text: string
}

export function useAnswering(seq: Ref<number | undefined>, face: () => RoomFace) {
  const found = computed(() => {
    if (seq.value === undefined || face().status !== 'ready') return undefined
    return findLine(face().rows, seq.value) ?? face().quoted(seq.value)
  })
  watch(
    () => [seq.value, face().status, found.value] as const,
    ([wanted, status, there]) => {
      if (wanted === undefined || status !== 'ready') return
      if (there === undefined) face().lookUp(wanted)
      // Nobody answers what is gone.
      else if (there.deletedAt !== null) seq.value = undefined
    },
    { immediate: true },
  )
  return computed<Answered | undefined>(() => found.value)
}
