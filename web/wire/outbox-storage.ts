// Where the outbox stores what waits: an interface, and the memory that replaces the storage if the browser has none.
import type { Outgoing } from './outgoing.ts'
import { unsharedLock, type AcquireLock } from './send-lock.ts'

export interface OutboxStorage {
  /** False: what waits is lost with this tab (private mode). */
  readonly lasts: boolean
  /** All that `user` has waiting or failed, in order. */
  all: (user: string) => Promise<Outgoing[]>
  /** Resolves when it is on the disk. */
  put: (item: Outgoing) => Promise<void>
  remove: (cid: string) => Promise<void>
  /** One tab of the browser at a time sends the items of `user`. */
  acquireLock: AcquireLock
}

export const inOrder = (items: Iterable<Outgoing>): Outgoing[] => [...items].sort((a, b) => a.place - b.place)

export function memoryStorage(): OutboxStorage {
  const items = new Map<string, Outgoing>()
  return {
    lasts: false,
    all: (user) => Promise.resolve(inOrder(items.values()).filter((item) => item.user === user)),
    put: (item) => Promise.resolve(void items.set(item.cid, item)),
    remove: (cid) => Promise.resolve(void items.delete(cid)),
    acquireLock: unsharedLock,
  }
}
