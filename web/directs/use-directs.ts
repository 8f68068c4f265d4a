// Opens direct conversations, closes them, and blocks people, with words for what is refused.
import { useRouter } from 'vue-router'
import type { RoomSummary } from '../../server/protocol/people.ts'
import { useRooms } from '../rooms/rooms.ts'
import { tellDone, tellRefused, tellUndoable } from '../ui/notify.ts'
import { closeDirect, openDirect, reopenDirect } from '../wire/directs-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { isolate, useSay } from '../words/say.ts'
import { setBlocked } from './blocks.ts'

export function useDirects() {
  const router = useRouter()
  const rooms = useRooms()
  const { t, refusal: sayRefusal } = useSay()

  /** Goes to the room of these people, made if there is none. */
  async function open(people: readonly string[]): Promise<Refusal | undefined> {
    const answer = await openDirect(people)
    if (isRefusal(answer)) return answer
    rooms.took(answer.room)
    await router.push({ name: 'room', params: { id: answer.room.id } })
    return undefined
  }

  async function openOrTell(people: readonly string[]): Promise<void> {
    const refused = await open(people)
    if (refused) tellRefused(sayRefusal(refused))
  }

  async function close(room: RoomSummary): Promise<void> {
    const refused = await closeDirect(room.id)
    if (isRefusal(refused)) return void tellRefused(sayRefusal(refused))
    await router.push({ name: 'home' })
    const undo = async (): Promise<void> => {
      const answer = await reopenDirect(room.id)
      if (isRefusal(answer)) tellRefused(sayRefusal(answer))
      else await router.push({ name: 'room', params: { id: room.id } })
    }
    tellUndoable(t('directs.closed'), [{ undo: () => void undo() }])
  }

  async function block(user: { id: string; name: string }, is: boolean): Promise<void> {
    const refused = await setBlocked(user, is)
    if (refused) tellRefused(sayRefusal(refused))
    else tellDone(t(is ? 'directs.blocked' : 'directs.unblocked', { name: isolate(user.name) }))
  }

  return { open, openOrTell, close, block }
}
