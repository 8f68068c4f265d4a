// Says it when one was taken out of a room: the room is gone from the list, and who did it is not seen any more.
import { onScopeDispose } from 'vue'
import { tellRefused } from '../ui/notify.ts'
import { useLink } from '../wire/link.ts'
import { hash, isolate, useSay } from '../words/say.ts'
import { useRooms } from './rooms.ts'

export function useRemoved(ownId: () => string): void {
  const rooms = useRooms()
  const link = useLink()
  const { t } = useSay()
  /** By room: what will be said when it is gone. */
  const removed = new Map<string, string>()

  const stop = link.feed.listen((told) => {
    if (told.type === 'entries') {
      for (const message of told.messages) {
        if (message.kind !== 'notice' || message.notice.kind !== 'removed') continue
        if (message.notice.person.id !== ownId()) continue
        const room = isolate(hash(rooms.byId(told.room)?.name ?? ''))
        removed.set(told.room, t('people.youRemoved', { name: isolate(message.user.name), room }))
      }
    } else if (told.type === 'gone') {
      const words = removed.get(told.room)
      removed.delete(told.room)
      if (words !== undefined) tellRefused(words)
    }
  })
  onScopeDispose(stop)
}
