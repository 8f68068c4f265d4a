import type { KeptOut } from '../../server/protocol/moderation.ts'

/** A ban may be lifted at any time; nobody sits before that page and counts the seconds. */
const everyMs = 60_000
/** The clocks of a browser and of the server differ a little. */
const againMs = 5_000
/** So much after its end, the server knows it too. */
const graceMs = 500

/** After how many milliseconds a browser asks whether a ban still holds. */
export function whenToAsk({ until }: Pick<KeptOut, 'until'>, now: number): number {
  if (until === null) return everyMs
  return until > now ? Math.min(everyMs, until - now + graceMs) : againMs
}
