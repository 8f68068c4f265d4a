// Loads the engine: at once if there is something for it, otherwise when the page is idle.
import type { FileEngine } from './engine.ts'

let loaded: FileEngine | undefined
let isClosed = true

/** The engine, if it is there. */
export const engine = (): FileEngine | undefined => loaded

/** Fails if its code cannot be loaded, or nobody is signed in any more. */
export async function loadEngine(): Promise<FileEngine> {
  isClosed = false
  const { engineHere } = await import('./engine-here.ts')
  if (isClosed) throw new Error('signed out meanwhile')
  loaded = engineHere()
  return loaded
}

/** `user` is not signed in any more. */
export function closeLoaded(user: string): void {
  isClosed = true
  loaded = undefined
  void import('./engine-here.ts').then(
    ({ closeEngine }) => closeEngine(user),
    () => undefined,
  )
}
