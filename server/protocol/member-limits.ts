// The limits of what people set for themselves in rooms; read them in `limits`.
import { hour } from './units.ts'

export const memberLimits = {
  /** How long a room may be muted, unless until it is turned off: whoever wants it longer turns it off for good. */
  muteMs: 366 * 24 * hour,
  /**
   * Sections of one's own, and characters of their names: more than a screen shows at once, and nobody finds anything in more;
   * a name has one line of a narrow pane.
   */
  sections: { own: 50, nameChars: 32 },
} as const
