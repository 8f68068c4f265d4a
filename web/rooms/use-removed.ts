// Tells the person that they were removed from a room, or that it was deleted: it disappears from the list, and the notice with it.
import { onScopeDispose } from 'vue'
import { asNow } from '../wire/present-names.ts'
import { tellRefused } from '../ui/notify.ts'
import { useLink } from '../wire/link.ts'
import { roomName } from '../ui/room-kinds.ts'
import { isolate, useSay } from '../words/say.ts'
import { useRooms } from './rooms.ts'

export function useRemoved(ownId: () => string): void {
  const rooms = useRooms()
  const link = useLink()
  const { t } = useSay()
  /** By room: the text to show when it is gone. */
  const removed = new Map<string, string>()

  const stop = link.feed.listen((event) => {
    if (event.type === 'entries') {
      for (const message of event.messages) {
        if (message.kind !== 'notice') continue
        const { notice, user } = message
        const isRemoved = notice.kind === 'removed' && notice.person.id === ownId()
        const isDeleted = notice.kind === 'deleted' && user.id !== ownId()
        if (!isRemoved && !isDeleted) continue
        const about = {
          name: isolate(asNow(user).name),
          room: isolate(roomName(rooms.byId(event.room))),
        }
        removed.set(event.room, t(isDeleted ? 'settings.deletedBy' : 'people.youRemoved', about))
      }
    } else if (event.type === 'gone') {
      const words = removed.get(event.room)
      removed.delete(event.room)
      if (words !== undefined) tellRefused(words)
    }
  })
  onScopeDispose(stop)
}
