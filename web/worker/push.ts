// What the service worker does with a push message: shows it once, closes what was read elsewhere, and leads to the message.
import type { PushPayload, ShownPush } from '../../server/protocol/push-payload.ts'
import { tileOf } from './tile.ts'

declare const self: ServiceWorkerGlobalScope

/** What a shown notification knows of itself. */
interface Kept {
  id: string
  link: string
}

const keptOf = (one: Notification): Kept | undefined => one.data as Kept | undefined
const isAtLeast = (one: Notification, id: string): boolean => BigInt(keptOf(one)?.id ?? 0) >= BigInt(id)

export async function hear(payload: PushPayload): Promise<void> {
  if (payload.type === 'show') await show(payload)
  else await close(payload.tag, payload.id)
  await putNumber(payload.badge)
}

/** Trap: a message that was sent twice, because its sender was killed in between, is not shown twice. */
async function show(push: ShownPush): Promise<void> {
  const before = await self.registration.getNotifications({ tag: push.tag })
  if (push.id !== '0' && before.some((one) => isAtLeast(one, push.id))) return
  const icon = push.room === undefined ? undefined : await tileOf(push.room, push.roomName ?? '')
  const data: Kept = { id: push.id, link: push.link }
  await self.registration.showNotification(push.title, {
    body: push.body,
    tag: push.tag,
    icon: icon ?? '/icon-192.png',
    badge: '/icon-192.png',
    data,
    // In the place of the one before, and heard again.
    ...{ renotify: true, timestamp: push.at },
  })
}

async function close(tag: string, id: string): Promise<void> {
  for (const one of await self.registration.getNotifications({ tag })) if (!isNewer(one, id)) one.close()
}

const isNewer = (one: Notification, id: string): boolean => BigInt(keptOf(one)?.id ?? 0) > BigInt(id)

/** On the app's icon, until the app is opened and counts itself. Undefined: it stays as it is. */
async function putNumber(toDo: number | undefined): Promise<void> {
  if (toDo === undefined) return
  const { setAppBadge, clearAppBadge } = self.navigator as Partial<WorkerNavigator>
  // Not every system has one, and one that refuses takes nothing away.
  await (toDo === 0 ? clearAppBadge?.call(self.navigator) : setAppBadge?.call(self.navigator, toDo))?.catch(
    () => undefined,
  )
}

/** Opens the message: in a window that is there, or in a new one. */
export async function open(notification: Notification): Promise<void> {
  notification.close()
  const link = keptOf(notification)?.link ?? '/'
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const shown =
    windows.find(({ focused }) => focused) ??
    windows.find((one) => one.visibilityState === 'visible') ??
    windows[0]
  if (shown === undefined) return void (await self.clients.openWindow(link))
  shown.postMessage({ type: 'open', link })
  // Refused where nobody has clicked; the page is led there all the same.
  await shown.focus().catch(() => undefined)
}
