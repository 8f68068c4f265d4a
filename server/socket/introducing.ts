// What a connection is sent when it comes to its rooms: those of a welcome, and one that it has just been moved into.
import type { Log } from '../log/log.ts'
import type { RoomList } from '../membership/room-list.ts'
import { limits } from '../protocol/limits.ts'
import { catchUp, type Budget } from './catch-up.ts'
import type { Connection } from './connection.ts'

interface Known {
  log: Pick<Log, 'tail'>
  nameOf?: Budget['nameOf']
}

/** What was missed since the cursors; rooms without one continue from the welcome. */
export function releaseAll(
  connection: Connection,
  cursors: Record<string, number>,
  { log, nameOf }: Known,
): void {
  const budget = { bytes: limits.catchUpBytes, nameOf }
  for (const [room, head] of connection.rooms) {
    const cursor = cursors[room]
    if (cursor === undefined && !connection.isHeld(room)) continue
    const tail = log.tail(room)
    if (tail !== undefined) catchUp(connection, room, cursor ?? head, tail, budget)
  }
}

/** The room, and what it has from `seq` on. Not awaited by the moves: a slow answer must not keep somebody in a room they leave. */
export async function introduce(
  connection: Connection,
  { room, seq }: { room: string; seq: number },
  {
    memberships,
    log,
    onError,
  }: Known & {
    memberships: Pick<RoomList, 'summary'>
    onError: (error: unknown, where: string) => void
  },
): Promise<void> {
  const known = await memberships.summary(connection.user.id, room).catch((error: unknown) => {
    onError(error, 'sending a room')
    return undefined
  })
  // Left meanwhile, perhaps to join again.
  if (connection.rooms.get(room) !== seq - 1) return
  if (known !== undefined) connection.tell({ type: 'room', room: known })
  const part = log.tail(room)
  // No longer held: a request of the browser has released the room meanwhile.
  if (part !== undefined && connection.isHeld(room))
    catchUp(connection, room, seq - 1, part, { bytes: limits.catchUpBytes })
}
