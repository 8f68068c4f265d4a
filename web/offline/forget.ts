// Nobody is signed in here any more, or may be shown what is here: it goes. In the chunk of the sign-in page, which loads the rest
// only if there is something to remove.
import { overMarker, removeMarker } from './marker.ts'

export async function forgetCopy(): Promise<void> {
  if (!overMarker()) return
  try {
    const { emptyDisk } = await import('./disk.ts')
    await emptyDisk()
    removeMarker()
  } catch (error) {
    // The marker stays: the next page removes it.
    console.warn('What this browser had kept could not be removed yet.', error)
  }
}
