// The limits of keeping order: bans, erasing, reports, rules of words, retention; read them in `limits`.
import { hour, minute, second } from './units.ts'

export const moderationLimits = {
  /** Bans, from the workspace and from a room. */
  bans: {
    /** Those that hold, all of which every process has in memory, some 300 bytes each. */
    atOnce: 10_000,
    /** Those of one room. */
    inRoom: 1_000,
    reasonChars: 250,
    /** Those of one page of the administrators' list. */
    page: { default: 100, max: 500 },
    /** Of those that end by themselves: whoever is to stay away longer is banned for good. */
    lastsMs: 10 * 366 * 24 * hour,
    /** A range of addresses has at least so many fixed bits: what one provider has, not a continent. */
    bits: { v4: 8, v6: 19 },
    /** How often a process asks whether there are new ones; the bus says so sooner, while Redis is there. */
    lookEveryMs: 2 * second,
  },
  /** Deleting everything that somebody has said (server/erasing). */
  erasing: {
    /** For how long it can be undone; then what they said is erased. A night and a day to notice a mistake. */
    undoMs: 24 * hour,
    /** How often a process looks for what another has left undone. */
    lookEveryMs: 2 * second,
    /** Messages that are erased in one transaction, some 50 ms; then the table is left alone for as long as that took. */
    step: 500,
    /** Deletions of an administrators' list: those that can be undone, the newest. */
    listed: 200,
  },
  /** Reports of messages, and what waits for moderators. */
  reports: {
    noteChars: 500,
    answerChars: 250,
    /** Cases that wait at once, some 20 KB at most each: more than anybody works off, and an attack otherwise. */
    open: 5_000,
    /** Reports of one message that are kept: a hundredth one says nothing new. */
    ofOne: 100,
    /** ... of them shown with it. */
    shown: 20,
    /** Messages of one person that wait for review: whoever sends more waits with the rest. */
    heldOfOne: 50,
    page: { default: 20, max: 50 },
    /** Answers that wait for one person: those of their newest reports. */
    answers: 20,
    /**
     * What was said, and the notes, are dropped so long after a case was handled: a week, in which somebody may object. The case
     * itself, without words, stays for a quarter of a year.
     */
    wordsKeptMs: 7 * 24 * hour,
    keptMs: 90 * 24 * hour,
    /** How often each process looks for what is to be dropped. */
    dropEveryMs: 10 * minute,
    /** Moderators and administrators who are told at once of what is new. */
    told: 500,
  },
  /** Rules of words and sites: each message is compared with all of them at once; their characters, which is how far it looks ahead. */
  wordRules: { atOnce: 500, chars: 100 },
  /** Deleting what is old. */
  retention: {
    /** Ten years; whoever keeps messages longer keeps them for ever. */
    days: 3_660,
    /** Numbers that one entry covers: their words go in the transaction of sync that carries it, some 100 ms. */
    step: 500,
    /** How often it is looked for, and by how much the oldest message of a room may be too old: an entry an hour, not a message. */
    everyMs: 10 * minute,
    slackMs: 1 * hour,
    /** Until the archive has an entry: the next one waits for it, so that the archive is never full of them. */
    archivedMs: 30 * second,
  },
}
