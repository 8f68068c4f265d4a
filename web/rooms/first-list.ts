// The list of rooms is asked for before the connection is there. Whether its answer lacks a room that was made in between.
import type { RoomSummary } from '../../server/protocol/people.ts'

/** `reload` is called, at most once, if it does. */
export function firstListOf(reload: () => void) {
  /** The newest public room, as the server said in its welcome, until an answer is known to have it. */
  let wanted: bigint | undefined
  /** The newest room of the list that was answered. */
  let newest: bigint | undefined

  function compare(): void {
    if (wanted === undefined || newest === undefined) return
    const isLacking = newest < wanted
    wanted = undefined
    if (isLacking) reload()
  }

  return {
    /** An answer that comes now is older than the welcome. */
    isAwaited: (): boolean => wanted !== undefined,
    welcomed(newestOpen: string): void {
      wanted = BigInt(newestOpen)
      compare()
    },
    answered(rooms: readonly RoomSummary[]): void {
      newest = rooms.reduce((most, { id }) => (BigInt(id) > most ? BigInt(id) : most), 0n)
      compare()
    },
    reset: () => void (wanted = newest = undefined),
  }
}
