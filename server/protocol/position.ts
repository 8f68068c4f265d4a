// How far somebody has read a room, as a place that has an order: one pointer per person and room. Pure, and shared.

/**
 * Read up to `seq`, in a turn. Within a turn the pointer only grows. Whoever marks a message unread begins a later turn
 * below it; so whatever comes late or again from an earlier turn, from a device that slept, leads nowhere. A turn is named
 * by the time it began, in ms; 0 is the one that everybody begins with.
 */
export interface Position {
  turn: number
  seq: number
}

export const isLater = (one: Position, other: Position): boolean =>
  one.turn === other.turn ? one.seq > other.seq : one.turn > other.turn

/** The later of two; in whatever order marks are heard, and however often, the same one is left. */
export const later = (one: Position, other: Position | undefined): Position =>
  other === undefined || !isLater(other, one) ? one : other

/** A turn after this one, also where the clock has gone back. */
export const turnAfter = (turn: number, now: number): number => Math.max(turn + 1, now)
