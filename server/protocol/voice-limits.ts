// The limits of voice messages. Apart from `limits`, so that the sign-in page does not carry them.
import { minute, second } from './units.ts'

export const voiceLimits = {
  /** The longest: what people listen to at once; 1.2 MB at `bitsPerSecond`. */
  maxMs: 5 * minute,
  /** What a sender may say: a slow phone stops a little late. What is longer is a sound like any other. */
  toldMs: 5 * minute + 5 * second,
  /** The last seconds are shown as such. */
  lastMs: 10 * second,
  /** What is shorter was a slip of the finger. */
  minMs: 600,
  /** Speech is clear at this rate, in both codecs that browsers record. */
  bitsPerSecond: 32_000,
  /** A press that is longer holds; a shorter one is a tap, which records until it is stopped. */
  holdMs: 350,
  /** How far a finger slides to cancel, and to go on without being held: more than a trembling hand. */
  cancelPx: 96,
  lockPx: 64,
  /** How often the loudness is measured: the bars move smoothly, and 64 of a second's message are its own. */
  sampleMs: 50,
} as const
