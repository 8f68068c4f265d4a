// The limits of mail; read them in `limits`.
import { hour, minute, second } from './units.ts'

export const mailLimits = {
  /** Characters of an address, and of what stands before its @ (RFC 5321, 4.5.3.1). */
  addressChars: 254,
  localChars: 64,
  /** Domains whose people may come in: those of one organisation, however many names it has. */
  domains: 50,
  /** A link that confirms an address, or lets somebody in: it is opened tonight, or tomorrow morning. */
  linkMs: 24 * hour,
  /** A link that resets a password. Whoever asks for it waits for it. */
  resetMs: 30 * minute,
  /** Mails that wait: a day of everybody's while the mail server is away, some 500 bytes each. */
  waiting: 100_000,
  /** A mail server may be away for a day; then as long as its queue and ours need. */
  keptMs: 30 * hour,
  /** How often a process looks for mails that others have left, and for those whose time has come. */
  lookEveryMs: 2 * second,
  /** Read at once, and sent at once by one process: most mail servers take five connections of one client. */
  batch: 50,
  atOnce: 3,
  /** An attempt takes at most so long, and nobody else tries meanwhile: the lease is longer. */
  attemptMs: 60 * second,
  leaseMs: 3 * minute,
  /** How long the server may be silent. */
  silentMs: 20 * second,
  /** After the first failure, and at most: greylisting opens after some minutes. */
  retry: { firstMs: 15 * second, maxMs: 20 * minute },
  /** While the mail server itself is away: one mail at a time asks for it. */
  away: { firstMs: 1 * second, maxMs: 1 * minute },
  /** Mail of what was missed. */
  missed: {
    /** How often a process looks for what was decided, and whose time has come: of minutes, nobody notices. */
    lookEveryMs: 5 * second,
    /** What was decided that one transaction takes in. */
    batch: 1_000,
    /** Rooms of people whose mails are written at a time. */
    due: 100,
    /** Whoever is at a device is asked about again after this. */
    hereMs: 1 * minute,
    /** The next mail about the same room, for the same person, at the soonest. */
    againMs: 1 * hour,
    /** What is older was missed long ago: mail was not set up then, or Brook was away. */
    oldMs: 24 * hour,
    /** Messages of one mail; more of them are counted. */
    messages: 20,
  },
} as const
