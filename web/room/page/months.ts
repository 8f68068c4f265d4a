// The number of messages in each month of a room: loaded once, when the room is there.
import { shallowRef, watch, type ShallowRef } from 'vue'
import type { DensityAnswer } from '../../../server/protocol/moments.ts'
import { density } from '../../wire/api.ts'
import { isRefusal } from '../../wire/refusal.ts'

export function useMonths(id: string, isReady: () => boolean): ShallowRef<DensityAnswer['parts']> {
  const months = shallowRef<DensityAnswer['parts']>([])
  watch(
    isReady,
    async (is) => {
      const answer = is ? await density(id) : undefined
      if (answer !== undefined && !isRefusal(answer)) months.value = answer.parts
    },
    { immediate: true },
  )
  return months
}
