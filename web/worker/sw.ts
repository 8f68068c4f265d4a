// The service worker, alone in its file: the app without a network (shell.ts), and what happens while no page is open (push.ts).
import type { PushPayload } from '../../server/protocol/push-payload.ts'
import type { ToWorker } from './words.ts'
import { answerOf } from './answers.ts'
import { build } from './build.ts'
import { answerPicture } from './pictures.ts'
import { hear, open } from './push.ts'
import { keepShared } from './shared.ts'
import { answerFile, answerPage, fetchBuild, fetchUsed, first, insist, tidy } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

self.addEventListener('install', (event) => event.waitUntil(install()))

/** Half a build leaves the one before in its place. Where there is none, pages come from the network, and notifications are heard. */
async function install(): Promise<void> {
  await fetchBuild().catch((error: unknown) => {
    if (self.registration.active !== null) throw error
  })
  await fetchUsed()
  // Open pages stay as they are: their files are kept.
  await self.skipWaiting()
}

self.addEventListener('activate', (event) => event.waitUntil(takeOver()))

async function takeOver(): Promise<void> {
  await self.clients.claim()
  await tidy()
  for (const window of await self.clients.matchAll({ type: 'window' }))
    window.postMessage({ type: 'build', build: build.id })
}

self.addEventListener('fetch', (event) => {
  const { request } = event
  const later = (work: Promise<unknown>) => event.waitUntil(work)
  switch (answerOf(request, self.location.origin, first)) {
    case 'page':
      later(tidy())
      return event.respondWith(answerPage(request, later))
    case 'file':
      return event.respondWith(answerFile(request, later))
    case 'picture':
      return event.respondWith(answerPicture(request, later))
    case 'shared':
      return event.respondWith(answerShared(request))
    case 'network':
  }
})

/** A page asks where it is to go; without an id it says that it could not be taken. */
async function answerShared(request: Request): Promise<Response> {
  const id = await request
    .formData()
    .then(keepShared)
    .catch(() => 'none')
  return Response.redirect(`/shared/${id}`, 303)
}

self.addEventListener('message', (event) => {
  const said = event.data as ToWorker
  switch (said.type) {
    case 'insist':
      insist()
      return event.ports[0]?.postMessage('done')
    case 'used':
      return event.waitUntil(fetchUsed(said.paths))
  }
})

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
