// Repeatable random numbers: the same seed gives the same sequence (mulberry32).

export interface Chance {
  /** From 0 (inclusive) to 1 (exclusive). */
  (): number
}

export function chanceOf(seed: number): Chance {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from `min` to `max`, both inclusive. */
export const between = (chance: Chance, min: number, max: number): number =>
  min + Math.floor(chance() * (max - min + 1))

export function pick<T>(chance: Chance, things: readonly T[]): T {
  const thing = things[Math.floor(chance() * things.length)]
  if (thing === undefined) throw new Error('nothing to pick from')
  return thing
}
