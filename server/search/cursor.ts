// Where a search continues: in each room below a number. Opaque to clients. Pure.

export interface Cursor {
  /** When the first page was requested, in ms. */
  began: number
  /** Exclusive; a room that is not listed starts at its head. */
  below: Map<string, number>
}

/** Rooms in base 36 with their numbers, separated by dots: a thousand of them fit into limits.search.cursorChars. */
export function writeCursor({ began, below }: Cursor): string {
  const rooms = [...below].map(([room, seq]) => `${BigInt(room).toString(36)}-${seq.toString(36)}`)
  return [began.toString(36), ...rooms].join('.')
}

export function readCursor(text: string): Cursor | undefined {
  const [began = '', ...rooms] = text.split('.')
  if (!/^[0-9a-z]{1,10}$/.test(began)) return undefined
  const below = new Map<string, number>()
  for (const one of rooms) {
    const match = /^([0-9a-z]{1,13})-([0-9a-z]{1,10})$/.exec(one)
    if (match === null) return undefined
    const room = [...(match[1] ?? '')].reduce(
      (sum, char) => sum * 36n + BigInt(Number.parseInt(char, 36)),
      0n,
    )
    below.set(String(room), Number.parseInt(match[2] ?? '', 36))
  }
  return { began: Number.parseInt(began, 36), below }
}
