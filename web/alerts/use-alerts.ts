// Tells of new messages while a page is open: with a sound, and as a notification of the system where this device is not told by
// push anyway. Nothing for what is read by then: what is on screen, here or on another device, is.
import { onScopeDispose, watch } from 'vue'
import { useRouter } from 'vue-router'
import { isSpoken } from '../../server/protocol/timeline.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import type { InboxMark } from '../../server/protocol/inbox.ts'
import { placeKey } from '../../server/protocol/place-key.ts'
import { tagOfRoom } from '../../server/protocol/push-payload.ts'
import { registerWorker } from '../installed/worker.ts'
import { useRooms } from '../rooms/rooms.ts'
import { inBrief } from '../text/brief.ts'
import { useFollowed } from '../thread/followed/followed.ts'
import { roomName } from '../ui/room-kinds.ts'
import { useLink } from '../wire/link.ts'
import { useOwnLook } from '../wire/looks.ts'
import { t } from '../words/words.ts'
import { tileOf } from '../worker/tile.ts'
import type { ToPage } from '../worker/words.ts'
import { usePushDevice } from './device.ts'
import { isHeard } from './heard.ts'
import { useNotifySettings } from './settings.ts'
import { play } from './sounds.ts'
import { useSpeaker } from './speaker.ts'

/** A room on screen is marked as read within this time, and the mark comes from other devices too. */
const settleMs = 800
/** Messages that are remembered until it is known that they concern this person. */
const remembered = 200
/** Characters of a message. */
const maxChars = 200

export function useAlerts({ ownId }: { ownId: string }): void {
  const link = useLink()
  const rooms = useRooms()
  const followed = useFollowed()
  const device = usePushDevice()
  const notify = useNotifySettings()
  const speaks = useSpeaker(ownId)
  const own = useOwnLook()
  const lately = new Map<string, SpokenMessage>()
  const timers = new Set<ReturnType<typeof setTimeout>>()

  if (device.permission === 'granted') void registerWorker()

  const isRead = ({ room, seq, thread, readBy }: InboxMark): boolean => {
    if (readBy === 'thread' && thread !== undefined) return followed.readUpTo(room, thread) >= seq
    return (rooms.byId(room)?.read ?? 0) >= seq
  }

  const { show, closeRead } = useShown(isRead)
  useOpened()

  async function speak(mark: InboxMark): Promise<void> {
    // Asked for with the first message: most people hear of none while they look at Brook for a moment.
    if (notify.settings === undefined) await notify.load()
    if (device.devices === undefined) await device.load()
    const settings = notify.settings
    if (!speaks.value || settings === undefined || isRead(mark)) return
    const message = lately.get(placeKey(mark.room, mark.seq))
    const about = { room: mark.room, by: message?.user.id }
    if (!isHeard({ settings, choice: own.value?.choice, now: Date.now(), ...about })) return
    void play(settings.sound)
    // On this device the service worker shows it: once is enough.
    if (device.state !== 'on' && device.permission === 'granted')
      await show(mark, settings.previews ? message : undefined)
  }

  onScopeDispose(
    link.feed.listen((event) => {
      if (event.type === 'read' || event.type === 'thread') setTimeout(closeRead, 0)
      if (event.type === 'entries')
        for (const message of event.messages) {
          if (!isSpoken(message)) continue
          lately.set(placeKey(event.room, message.seq), message)
          const [oldest] = lately.keys()
          if (lately.size > remembered && oldest !== undefined) lately.delete(oldest)
        }
      if (event.type !== 'inbox' || event.told === undefined) return
      const { told } = event
      const timer = setTimeout(() => {
        timers.delete(timer)
        void speak(told)
      }, settleMs)
      timers.add(timer)
    }),
  )
  const stop = watch(speaks, () => closeRead())
  onScopeDispose(() => {
    stop()
    for (const timer of timers) clearTimeout(timer)
  })
}

/** The notifications of the system that this tab shows, by tag. */
function useShown(isRead: (mark: InboxMark) => boolean) {
  const rooms = useRooms()
  const router = useRouter()
  const shown = new Map<string, { mark: InboxMark; close: () => void }>()

  async function show(mark: InboxMark, message: SpokenMessage | undefined): Promise<void> {
    const room = rooms.byId(mark.room)
    if (room === undefined) return
    const name = roomName(room)
    const title = message
      ? t('alerts.saidIn', { name: message.user.name, room: name })
      : t('alerts.newIn', { room: name })
    const body = message ? Array.from(inBrief(message)).slice(0, maxChars).join('') : ''
    const tag = tagOfRoom(mark.room)
    const icon = (await tileOf(mark.room, room.name)) ?? '/icon-192.png'
    const path = mark.thread === undefined ? `${mark.seq}` : `thread/${mark.thread}/${mark.seq}`
    const link = `/rooms/${mark.room}/${path}`
    try {
      const one = new Notification(title, { body, tag, icon, silent: true })
      one.addEventListener('click', () => {
        window.focus()
        one.close()
        void router.push(link)
      })
      shown.set(tag, { mark, close: () => one.close() })
    } catch {
      // On a phone only a service worker may.
      const registration = await registerWorker()
      await registration?.showNotification(title, { body, tag, icon, silent: true, data: { id: '0', link } })
    }
  }

  /** What was read, anywhere, is shown no more. */
  function closeRead(): void {
    for (const [tag, { mark, close }] of shown)
      if (isRead(mark)) {
        close()
        shown.delete(tag)
      }
  }

  onScopeDispose(() => {
    for (const { close } of shown.values()) close()
  })
  return { show, closeRead }
}

/** A click on a notification that the service worker has shown. */
function useOpened(): void {
  const router = useRouter()
  const opens = ({ data }: MessageEvent<ToPage>): void => {
    if (data.type === 'open') void router.push(data.link)
  }
  if (!('serviceWorker' in navigator)) return
  navigator.serviceWorker.addEventListener('message', opens)
  onScopeDispose(() => navigator.serviceWorker.removeEventListener('message', opens))
}
