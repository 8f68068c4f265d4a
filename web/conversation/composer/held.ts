// What holds a person back from writing in a room: it is archived, only moderators write in it, it is slow, or they
// block whom they would write to.
import { computed, type ComputedRef } from 'vue'
import { mayAlwaysWrite, standingIn } from '../../../server/protocol/rights.ts'
import { isBlocked } from '../../directs/blocks.ts'
import { useConversation } from '../conversation.ts'

/** Why there is no composer; undefined: there is one. */
export function useHeld(): ComputedRef<'archived' | 'read_only' | 'you_blocked' | undefined> {
  const { timeline, user } = useConversation()
  return computed(() => {
    const { room } = timeline
    if (room?.archived === true) return 'archived'
    const [other, third] = room?.people ?? []
    if (other !== undefined && third === undefined && isBlocked(other.id)) return 'you_blocked'
    if (room === undefined || room.speak !== 'moderators') return undefined
    return mayAlwaysWrite(standingIn(room, user.admin)) ? undefined : 'read_only'
  })
}

/** How many milliseconds this person waits between two messages; 0: they need not. */
export function useSlowMode(): ComputedRef<number> {
  const { timeline, user } = useConversation()
  return computed(() => {
    const { room } = timeline
    const { slowMs = 0 } = room ?? {}
    return slowMs === 0 || room === undefined || mayAlwaysWrite(standingIn(room, user.admin)) ? 0 : slowMs
  })
}
