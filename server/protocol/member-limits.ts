// The limits of what people set for themselves in rooms; read them in `limits`.
import { hour } from './units.ts'

export const memberLimits = {
  /** How long a room may be muted, unless until it is turned off: whoever wants it longer turns it off for good. */
  muteMs: 366 * 24 * hour,
} as const
