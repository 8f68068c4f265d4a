// What the outbox is still writing when its page goes away. A reload ends transactions of IndexedDB that are not
// committed, and on a slow disk a commit takes longer than it takes to press F5. So it is kept in localStorage, which
// has it once setItem returns, and the next page of this browser writes it to the disk.
import type { Outgoing } from './outgoing.ts'

const key = 'brook:unwritten'

function read(): Outgoing[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]')
    return Array.isArray(kept) ? (kept as Outgoing[]) : []
  } catch {
    return []
  }
}

function write(items: readonly Outgoing[]): void {
  try {
    if (items.length === 0) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(items))
  } catch {
    // Full or blocked: as before, what was not committed is gone with the page.
  }
}

/** Adds to what is kept, or takes out of it, by cid. */
function change(items: Iterable<Outgoing>, isKept: boolean): void {
  const changed = new Map([...items].map((item) => [item.cid, item]))
  if (changed.size === 0) return
  write([...read().filter(({ cid }) => !changed.has(cid)), ...(isKept ? changed.values() : [])])
}

/** Follows what is being written: `put` resolves when the item is on the disk. Returns `put`, followed. */
export function followWrites(put: (item: Outgoing) => Promise<void>): (item: Outgoing) => Promise<void> {
  const writing = new Map<string, Outgoing>()
  globalThis.addEventListener('pagehide', () => change(writing.values(), true))
  // Back from the browser's cache of pages: the writes go on here.
  globalThis.addEventListener('pageshow', ({ persisted }) => persisted && change(writing.values(), false))
  return async (item) => {
    writing.set(item.cid, item)
    try {
      await put(item)
    } finally {
      if (writing.get(item.cid) === item) writing.delete(item.cid)
    }
  }
}

/**
 * Writes what a former page could not. An item that was written after all is only written again, under its cid. `lasts`: what is
 * written outlives this page; otherwise the next page needs it as well.
 */
export async function writeUnwritten(put: (item: Outgoing) => Promise<void>, lasts: boolean): Promise<void> {
  const items = read()
  for (const item of items) await put(item)
  if (lasts) change(items, false)
}

/** It was sent or removed: no later page may write it. */
export const forgetUnwritten = (cid: string): void => write(read().filter((item) => item.cid !== cid))
