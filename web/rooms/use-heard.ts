// Tells screen readers what happens away from the page on screen: the connection is back, or somebody has mentioned
// this person in another room.
import { onScopeDispose, watch } from 'vue'
import { isSpoken } from '../../server/protocol/timeline.ts'
import { announce } from '../ui/announce.ts'
import { roomName } from '../ui/room-kinds.ts'
import { useLink } from '../wire/link.ts'
import { t } from '../words/words.ts'
import { names } from './named.ts'
import { useRooms } from './rooms.ts'

/** `here`: the room on screen, which says itself what happens in it. */
export function useHeard({ ownId, here }: { ownId: () => string; here: () => string | undefined }): void {
  const link = useLink()
  const rooms = useRooms()
  let wasOffline = false
  watch(
    () => link.state,
    (state) => {
      if (state === 'offline') wasOffline = true
      if (state !== 'live' || !wasOffline) return
      wasOffline = false
      announce(t('aloud.online'))
    },
  )

  /** The newest number of each room when it was first heard of here: what is older was missed, and badges tell it. */
  const since = Date.now()
  onScopeDispose(
    link.feed.listen((event) => {
      if (event.type !== 'entries' || event.room === here()) return
      const room = rooms.byId(event.room)
      const mention = event.messages.findLast(
        (message) =>
          isSpoken(message) && message.user.id !== ownId() && message.at > since && names(message, ownId()),
      )
      if (room && mention && mention.seq > room.read)
        announce(t('aloud.mentioned', { name: mention.user.name, room: roomName(room) }))
    }),
  )
}
