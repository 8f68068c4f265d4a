// The reader's place in a room, kept per person and room for this tab: across switching rooms and reloads.

export interface Place {
  seq: number
  /**
   * Pixels from the top of the list to the row; none for a message that the reader is led to, which is then in the
   * middle.
   */
  offset?: number
}

const keyOf = (user: string, room: string) => `brook.place.${user}.${room}`
const memory = new Map<string, string>()

/** Undefined: at the newest. */
export function keepPlace(user: string, room: string, place: Place | undefined): void {
  const key = keyOf(user, room)
  const text = place === undefined ? '' : `${place.seq} ${place.offset ?? 0}`
  if (memory.get(key) === text) return
  memory.set(key, text)
  try {
    if (place === undefined) sessionStorage.removeItem(key)
    else sessionStorage.setItem(key, text)
  } catch {
    // Storage is blocked for this page: the place lives as long as the page.
  }
}

export function keptPlace(user: string, room: string): Place | undefined {
  const [seq, offset] = read(keyOf(user, room)).split(' ').map(Number)
  return seq === undefined || offset === undefined || !(seq > 0) ? undefined : { seq, offset }
}

function read(key: string): string {
  try {
    return memory.get(key) ?? sessionStorage.getItem(key) ?? ''
  } catch {
    // As above; memory has it.
    return ''
  }
}
