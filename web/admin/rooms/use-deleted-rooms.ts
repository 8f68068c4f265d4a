// The deleted rooms that can be restored, for administrators, and restoring them.
import type { DeletedRoom } from '../../../server/protocol/room-deletion.ts'
import { listDeletedRooms, restoreRoom } from '../../wire/admin-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

export function useDeletedRooms() {
  const list = usePagedList<DeletedRoom>({
    link: useLink(),
    ask,
    keyOf: ({ id }) => id,
    apply: () => undefined,
  })

  async function ask(): Promise<Page<DeletedRoom> | Refusal> {
    const answer = await listDeletedRooms()
    return isRefusal(answer) ? answer : { items: answer.rooms, next: null }
  }

  /** Restored on another device: it comes to the same. */
  async function restore({ id }: DeletedRoom, name?: string): Promise<Refusal | undefined> {
    const refused = await restoreRoom(id, name)
    if (isRefusal(refused) && refused.code !== 'not_found') return refused
    list.items.value = list.items.value.filter((one) => one.id !== id)
    return undefined
  }

  return { ...list, restore }
}
