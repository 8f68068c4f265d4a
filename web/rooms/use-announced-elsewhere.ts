// What happens away from the page on screen. Screen readers are told that the connection is back, or that somebody has mentioned
// this person in another room; everybody is by the alerts that they have chosen.
import { onScopeDispose, watch } from 'vue'
import { isSpoken, showsInRoom } from '../../server/protocol/timeline.ts'
import { useAlerts } from '../alerts/use-alerts.ts'
import { announce } from '../ui/announce.ts'
import { roomName } from '../ui/room-kinds.ts'
import { useLink } from '../wire/link.ts'
import { isolate } from '../words/say.ts'
import { t } from '../words/words.ts'
import { names } from './named.ts'
import { useRooms } from './rooms.ts'

/** `here`: the room on screen, which says itself what happens in it. */
export function useAnnouncedElsewhere({
  ownId,
  here,
}: {
  ownId: () => string
  here: () => string | undefined
}): void {
  useAlerts({ ownId: ownId() })
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

  /** By the server's clock. What is older was missed, and badges tell it. */
  let since = Infinity
  onScopeDispose(
    link.feed.listen((event) => {
      if (event.type === 'welcome') since = Math.min(since, event.at)
      if (event.type !== 'entries') return
      const room = rooms.byId(event.room)
      const mention = event.messages.findLast(
        (message) =>
          isSpoken(message) &&
          message.at > since &&
          names(message, ownId()) &&
          !(event.room === here() && showsInRoom(message)),
      )
      if (room && room.level !== 'nothing' && mention && mention.seq > room.read)
        announce(t('aloud.mentioned', { name: isolate(mention.user.name), room: isolate(roomName(room)) }))
    }),
  )
}
