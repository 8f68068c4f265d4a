// How far somebody has read a room, as an ordered position: one pointer per person and room. Pure, and shared.

/**
 * Read up to `seq`, in a generation (`turn` on the wire). Within a generation the pointer only grows. Marking a
 * message unread begins a later generation below it; so a late or repeated mark of an earlier one, from a device that
 * slept, has no effect. A generation is named by the time it began, in ms; 0 is the first.
 */
export interface Position {
  generation: number
  seq: number
}

export const isLater = (one: Position, other: Position): boolean =>
  one.generation === other.generation ? one.seq > other.seq : one.generation > other.generation

/** The later of two; in whatever order marks arrive, and however often, the result is the same. */
export const later = (one: Position, other: Position | undefined): Position =>
  other === undefined || !isLater(other, one) ? one : other

/** A generation after this one, even if the clock has gone back. */
export const generationAfter = (generation: number, now: number): number => Math.max(generation + 1, now)
