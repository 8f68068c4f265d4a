// Nobody is signed in here any more, or may be shown what is here: it goes. In the chunk of the sign-in page, which loads the rest
// only if there is something to remove.
import { overMarker, removeMarker } from './marker.ts'

export async function forgetCopy(): Promise<void> {
  const user = overMarker()
  if (user === undefined) return
  try {
    const { emptyDisk } = await import('./disk.ts')
    await emptyDisk(user)
    // Only https and localhost have it: elsewhere there is no worker that keeps pictures.
    if ('caches' in globalThis) await caches.delete('brook-pictures')
    removeMarker()
  } catch (error) {
    // The marker stays: the next page removes it.
    console.warn('What this browser had kept could not be removed yet.', error)
  }
}
