// The limits of what people set for themselves in rooms; read them in `limits`.
import { hour, second } from './units.ts'

export const memberLimits = {
  /** How long a room may be muted, unless until it is turned off: whoever wants it longer turns it off for good. */
  muteMs: 366 * 24 * hour,
  /**
   * Sections of one's own, and characters of their names: more than a screen shows at once, and nobody finds anything in more;
   * a name has one line of a narrow pane.
   */
  sections: { own: 50, nameChars: 32 },
  /**
   * Groups of a workspace, each of which somebody looks after; and people in one, whose ids are 4 KB of each entry that
   * mentions it. All are in every process's memory, which asks for them so often; the bus says sooner that they have changed.
   */
  groups: { atOnce: 200, people: 500, lookEveryMs: 10 * second },
} as const
