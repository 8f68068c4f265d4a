// How far a room is complete in this tab. A cursor moves only over contiguous numbers, so a hole cannot hide. Pure.
// Invariant: every number from the start to `upTo` has been accepted; `upTo + 1` has not. `settle` keeps it.

/** Numbers `from` to `to`, both inclusive. */
export interface Range {
  readonly from: number
  readonly to: number
}

export interface Cursor {
  readonly upTo: number
  /** What was accepted beyond a hole: ascending, and separate from each other and from `upTo`. */
  readonly above: readonly Range[]
  /** The highest number that is known to exist. */
  readonly known: number
  /** Since when (ms) a number up to `known` has been missing; undefined if none is. */
  readonly holeSince: number | undefined
}

/**
 * A hole may close by itself within this time: another server's tail may be a moment behind. Below the promised 2 s.
 */
export const healAfterMs = 1_000

/** A cursor for a client that has everything up to `seq`. */
export const startAt = (seq: number): Cursor => ({ upTo: seq, above: [], known: seq, holeSince: undefined })

/** Number `seq` is here. Order and repetition do not matter. */
export const accept = (cursor: Cursor, seq: number, now: number): Cursor =>
  has(cursor, seq) ? cursor : settle(cursor, [...cursor.above, { from: seq, to: seq }], now)

/** Everything up to `seq` is here, from a page or from `changes`. */
export const acceptUpTo = (cursor: Cursor, seq: number, now: number): Cursor =>
  seq <= cursor.upTo ? cursor : settle({ ...cursor, upTo: seq }, cursor.above, now)

/** Numbers up to `head` exist, whether or not they are here. */
export const know = (cursor: Cursor, head: number, now: number): Cursor =>
  head <= cursor.known ? cursor : settle({ ...cursor, known: head }, cursor.above, now)

/** The connection is back and the server sends what was missed: the time allowed for holes begins at `from`. */
export const returned = (cursor: Cursor, head: number, from: number): Cursor =>
  settle({ ...cursor, known: Math.max(cursor.known, head), holeSince: undefined }, cursor.above, from)

export const has = (cursor: Cursor, seq: number): boolean =>
  seq <= cursor.upTo || cursor.above.some(({ from, to }) => from <= seq && seq <= to)

/** When (ms) the oldest hole must be healed; undefined if there is none. */
export const healAt = ({ holeSince }: Cursor): number | undefined =>
  holeSince === undefined ? undefined : holeSince + healAfterMs

function settle(
  { upTo: before, known: knownBefore, holeSince }: Cursor,
  ranges: readonly Range[],
  now: number,
) {
  let upTo = before
  const above: Range[] = []
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = above.at(-1)
    if (from <= upTo + 1) upTo = Math.max(upTo, to)
    else if (last !== undefined && from <= last.to + 1) {
      above[above.length - 1] = { from: last.from, to: Math.max(last.to, to) }
    } else above.push({ from, to })
  }
  const known = Math.max(knownBefore, upTo, above.at(-1)?.to ?? 0)
  // A hole that remains inherits the age of the oldest one: it is healed early rather than late.
  return { upTo, above, known, holeSince: upTo < known ? (holeSince ?? now) : undefined } satisfies Cursor
}
