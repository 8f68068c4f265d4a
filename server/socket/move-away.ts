// A server that stops moves its clients to another one, spread over some time.
import { limits } from '../protocol/limits.ts'
import type { Connection } from './connection.ts'

const sliceEveryMs = 100
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Tells all clients to move to another server, spread over limits.moveAwayMs; resolves when they are gone. */
export async function moveAway(
  connections: Iterable<Connection> & { readonly count: number },
): Promise<void> {
  const all = [...connections]
  const slice = Math.max(50, Math.ceil(all.length / (limits.moveAwayMs / sliceEveryMs)))
  for (let from = 0; from < all.length; from += slice) {
    for (const connection of all.slice(from, from + slice)) connection.moveAway()
    if (from + slice < all.length) await pause(sliceEveryMs)
  }
  for (let waited = 0; connections.count > 0 && waited < limits.drainMs; waited += 20) await pause(20)
}
