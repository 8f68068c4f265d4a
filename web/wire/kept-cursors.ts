// The cursors that survive a reload, per person, in localStorage. Invariant: messages are not stored, so a stored
// cursor is never a position to continue from. After a reload a room's cursor is the head of the newest page that was
// loaded; the stored one is its floor: what this browser has once shown must come back, and a page that ends below it
// (from another server that is a moment behind) counts as a hole and is healed.

const name = (user: string): string => `brook:cursors:${user}`

interface Kept {
  epoch: string
  rooms: Record<string, number>
}

/** The floors of `user`'s rooms; none if the log has started again (another epoch). */
export function readFloors(user: string, epoch: string): Record<string, number> {
  const kept = read(user)
  return kept?.epoch === epoch ? kept.rooms : {}
}

/** Stores what is complete. Two tabs write the same record, so a floor only rises within an epoch. */
export function keepCursors(user: string, epoch: string, cursors: ReadonlyMap<string, number>): void {
  const rooms = readFloors(user, epoch)
  for (const [room, upTo] of cursors) rooms[room] = Math.max(upTo, rooms[room] ?? 0)
  try {
    localStorage.setItem(name(user), JSON.stringify({ epoch, rooms } satisfies Kept))
  } catch {
    // Full, or a private mode without it: the floor is an additional check, and a reload is correct without one.
  }
}

function read(user: string): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(name(user)) ?? 'null')
    return isKept(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

const isKept = (value: unknown): value is Kept =>
  typeof value === 'object' &&
  value !== null &&
  'epoch' in value &&
  'rooms' in value &&
  typeof value.rooms === 'object' &&
  value.rooms !== null &&
  Object.values(value.rooms).every((seq) => Number.isSafeInteger(seq))
