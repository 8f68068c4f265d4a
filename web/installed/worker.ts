// The page's side of the service worker: it keeps the app for the next start, with a network or without, and is registered for
// everybody once the page has come to rest. Without one, as in some private windows, everything else is as it is.
import { watch } from 'vue'
import { version } from '../wire/page-version.ts'
import type { ToPage, ToWorker } from '../worker/words.ts'

/** Undefined: this browser has none, or refuses it. */
export const registerWorker = (): Promise<ServiceWorkerRegistration | undefined> =>
  'serviceWorker' in navigator
    ? navigator.serviceWorker.register('/sw.js').catch(() => undefined)
    : Promise.resolve(undefined)

export async function keepApp(): Promise<void> {
  const registration = await registerWorker()
  if (registration === undefined) return
  const { serviceWorker } = navigator
  serviceWorker.addEventListener('message', ({ data }: MessageEvent<ToPage>) => {
    if (data.type === 'build') version.heard(data.build)
  })
  // What it keeps is there by the time that somebody reloads.
  watch(version.state, (state) => state === 'old' && void registration.update().catch(() => undefined))
  // The first visit: this page has loaded its parts without it.
  if (serviceWorker.controller === null)
    serviceWorker.addEventListener('controllerchange', tellUsed, { once: true })
}

function tellUsed(): void {
  const paths = performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname)
  const used = paths.filter((path) => path.startsWith('/assets/'))
  navigator.serviceWorker.controller?.postMessage({ type: 'used', paths: used } satisfies ToWorker)
}
