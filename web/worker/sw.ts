// The service worker, alone in its file: what happens while no page is open. It is registered once somebody turns notifications on.
import type { PushPayload } from '../../server/protocol/push-payload.ts'
import { hear, open } from './push.ts'

declare const self: ServiceWorkerGlobalScope

// Another version takes over at once: it keeps nothing that a page relies on.
self.addEventListener('install', () => void self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('push', (event) => {
  if (event.data !== null) event.waitUntil(hear(event.data.json() as PushPayload))
})
self.addEventListener('notificationclick', (event) => event.waitUntil(open(event.notification)))

/** The browser has another address now. If it is refused, the page says so the next time it is opened. */
self.addEventListener('pushsubscriptionchange', (event) => {
  event.waitUntil(subscribeAgain())
})

async function subscribeAgain(): Promise<void> {
  const { publicKey } = (await (await fetch('/api/push')).json()) as { publicKey: string }
  const subscription = await self.registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: publicKey,
  })
  const { endpoint, keys } = subscription.toJSON()
  const language = self.navigator.language.startsWith('zh') ? 'zh' : 'en'
  await fetch('/api/push/subscriptions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ endpoint, keys, language }),
  })
}
