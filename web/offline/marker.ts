// Who has a copy on this device, in localStorage: it is read before anything else is loaded, so it stands in a file of its own.
import type { User } from '../../server/protocol/people.ts'

const key = 'brook:copy'
const day = 24 * 60 * 60_000

interface Marker {
  user: User
  /** When the server last said who this is (ms, by this device's clock), and for how many days the copy is shown after that. */
  at: number
  days: number
}

/** What is to be removed is no longer shown, whether or not that has succeeded yet. */
interface Removed {
  removed: string
}
type Kept = Marker | Removed

function read(): Kept | undefined {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? 'null')
    return isMarker(kept) || isRemoved(kept) ? kept : undefined
  } catch {
    return undefined
  }
}

const isMarker = (value: unknown): value is Marker =>
  typeof value === 'object' && value !== null && 'user' in value && 'at' in value && 'days' in value

const isRemoved = (value: unknown): value is Removed =>
  typeof value === 'object' && value !== null && 'removed' in value

function write(kept: Kept | undefined): void {
  try {
    if (kept === undefined) localStorage.removeItem(key)
    else localStorage.setItem(key, JSON.stringify(kept))
  } catch {
    // Blocked or full: the next page asks the server who is here before it shows anything.
  }
}

/** Whose copy may be shown; `over`: there is one that may not be shown any more. */
export function whoWasHere(now = Date.now()): User | 'over' | undefined {
  const kept = read()
  if (kept === undefined) return undefined
  return isRemoved(kept) || now - kept.at > kept.days * day ? 'over' : kept.user
}

/** When the server was last there for whoever has the copy (ms). */
export function lastContact(): number | undefined {
  const kept = read()
  return kept === undefined || isRemoved(kept) ? undefined : kept.at
}

/** The server says that this is `user`. */
export const keepMarker = (user: User, days: number, now = Date.now()): void => write({ user, days, at: now })

/** Nothing of the copy is shown from now on. Returns whose it was, if there is one. */
export function overMarker(): string | undefined {
  const kept = read()
  if (kept === undefined) return undefined
  const id = isRemoved(kept) ? kept.removed : kept.user.id
  write({ removed: id })
  return id
}

/** The copy is gone. */
export function removeMarker(): void {
  const kept = read()
  if (kept !== undefined && isRemoved(kept)) write(undefined)
}
