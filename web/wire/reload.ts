// Reloads the page as the server has it now, where the service worker would give the one that it has kept.
import type { ToWorker } from '../worker/words.ts'

/** A worker that does not answer is not waited for. */
const withinMs = 1_000

export async function reloadAnew(): Promise<void> {
  const worker = 'serviceWorker' in navigator ? navigator.serviceWorker.controller : null
  if (worker !== null)
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = () => resolve()
      setTimeout(resolve, withinMs)
      worker.postMessage({ type: 'insist' } satisfies ToWorker, [port2])
    })
  location.reload()
}
