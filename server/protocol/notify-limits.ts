// The limits of notifications and of the inbox; read them in `limits`.
import { day, hour, minute, second } from './units.ts'

export const notifyLimits = {
  /** What somebody sets for themselves. */
  notifications: {
    /** More words than that are everything; all of a workspace are in the memory of the process that decides. */
    keywords: { max: 50, chars: 50 },
    /** Who may disturb the night: a family and those on call, not the whole workspace; some 3 KB of the settings. */
    pierce: { people: 50, rooms: 50 },
    /** Two of each day: a siesta and a night. */
    quiet: { spans: 14 },
    /** A pause that nobody remembers is worse than none; whoever wants to hear nothing mutes rooms. */
    snoozeMs: 366 * day,
    /** Sooner, and a mail is sent of what is being read; later than a day nobody waits for. */
    mailAfterMinutes: { min: 5, max: 24 * 60 },
  },
  /** Deciding who is told (server/notify). */
  notify: {
    /** Entries that one transaction decides: some 100 ms of work on a busy log, some 3 ms on a quiet one. */
    batch: 500,
    /** Between two passes: a lively room costs MySQL some 70 statements a second, however many write; nobody notices the wait. */
    restMs: 150,
    /** Rows of one statement. */
    rows: 1_000,
    /** Another process takes over a shard whose holder has not renewed its lease for this long, so a crash delays notifications by no more. */
    leaseSeconds: 4,
    /** How often the holder says that it lives, looks for polls that are over, and the others whether it does. */
    renewMs: 1 * second,
    /** How long what somebody was told stays in their inbox: a quarter, in which they may have been on a long leave. */
    keptMs: 90 * day,
    /** How often old ones are looked for, and how many are deleted at a time, some 20 ms. */
    sweep: { everyMs: 10 * minute, rows: 1_000 },
    /** For so long an act on the inbox can be undone: longer than a toast stays. */
    undoMs: 1 * hour,
  },
  inbox: {
    /** A screen and a half. */
    page: { default: 30, max: 100 },
    /** What is to do, known to each browser, some 100 bytes each; a badge says "99+" long before. */
    marks: 1_000,
    /** Reads for one page of which most are left out, because they may not be seen any more. */
    reads: 5,
    /** Ids that one request may put away: those of a page. */
    ids: 100,
  },
} as const
