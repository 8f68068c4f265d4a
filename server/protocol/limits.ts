// Every number that limits what Brook accepts or keeps, each with its reason. Both server and web app read them here.
import { featureLimits } from './feature-limits.ts'
import { memberLimits } from './member-limits.ts'
import { mailLimits } from './mail-limits.ts'
import { nameLimits } from './name-limits.ts'
import { profileLimits } from './profile-limits.ts'
import { notifyLimits } from './notify-limits.ts'
import { pushLimits } from './push-limits.ts'
import { hour, kib, minute, second } from './units.ts'

export const limits = {
  ...featureLimits,
  ...memberLimits,
  ...nameLimits,
  ...profileLimits,
  ...notifyLimits,
  mail: mailLimits,
  ...pushLimits,
  /** UTF-8 bytes of one message: some 5,000 Chinese characters. Must stay below maxFrameBytes with JSON's escapes. */
  messageBytes: 16 * kib,
  /** Bytes of one WebSocket frame from a browser; three escaped messages fit, a flood does not. */
  frameBytes: 64 * kib,
  /** Bytes of an HTTP request body; the same as a frame, because the same message may come either way. */
  bodyBytes: 64 * kib,
  /**
   * Markdown of one message that is formatted; above any of these limits it is shown as it was typed, so that drawing
   * takes a browser a few milliseconds whatever is sent. `marks`: characters that may begin something, which the parser
   * compares with each other; `nodes`: elements drawn, ten times those of a long message; `nesting`: nested quotes and
   * lists, more than fit on a phone; `cells`: of a table, including empty ones; `items`: of lists, less than a third of
   * `nodes`, because each makes three; `links`: addresses, a quarter of `nodes` for the same reason. Code with more
   * coloured pieces than `nodes` is shown in one colour.
   */
  markdown: { marks: 2_000, nodes: 2_000, nesting: 20, cells: 1_000, items: 500, links: 500 },
  /** Characters of a code block that are highlighted: some 200 lines. Longer ones are shown in one colour. */
  colouredChars: 8 * kib,
  /** Requests in one frame: a browser that reconnects sends its outbox in one. */
  frameCommands: 64,
  /** Rooms that one resume may name: as many as one person may be in, and the direct ones of their list. */
  resumeRooms: 1_500,
  /** Between two messages of one person in a room with slow mode: a few a day. */
  slowMs: 6 * hour,
  /** Messages of one page of history: a tall screen holds about 40. */
  page: { default: 50, max: 200 },
  /**
   * What takes a process long, such as pages, searches and exports: `atOnce` in all, `ofOne` of one person, and `waiting` of one;
   * a browser asks for fewer at once. It is computed in slices of `sliceMs`, with pauses of `restTimes` as long in which everybody
   * else is served: a message that comes within a slice is late by a millisecond, and two of three come in a pause.
   */
  heavy: { atOnce: 4, ofOne: 1, waiting: 50, sliceMs: 2, restTimes: 2 },
  /** Unread messages are counted up to here; a badge shows 999+ above it. */
  maxUnread: 1_000,
  /** Queued bytes at which a reader is too slow: its socket is closed, and it resumes from its cursor. */
  socketQueueBytes: 1024 * kib,
  /** Entries that a reconnecting client receives from memory; a longer gap is paged over HTTP. */
  catchUpEntries: 500,
  /** ... and their bytes over all rooms of one resume. Less than socketQueueBytes, or resuming would look like being slow. */
  catchUpBytes: 512 * kib,
  /** Requests of one connection that may wait for the log at once; above that, it is not read from. */
  commandsUnderWay: 64,
  /** Invalid frames before a connection is closed for abuse. */
  badFrames: 50,
  /**
   * Connections of one person to one server: ten devices with ten tabs each. Those that a lost network has left behind
   * count until a ping is missed.
   */
  socketsPerPerson: 100,
  /** A connection that sends nothing goes live in its rooms this long after its welcome. Less than pingEveryMs. */
  resumeGraceMs: 1 * second,
  /** Proxies close idle connections after 60 s; two pings fit below that. */
  pingEveryMs: 25 * second,
  /** A stopping server tells its browsers to move over this period, so that they do not reconnect all at once ... */
  moveAwayMs: 5 * second,
  /** ... and waits this long for work in progress. Both stay below the 30 s within which it must exit. */
  drainMs: 5 * second,
  /** Redis remembers a cid this long; an older one is looked up in MySQL before it is appended. */
  cidWindowMs: 4 * hour,
  /**
   * Per shard: entries of one call, which blocks Redis for some 2 ms; calls in flight, so that a machine may be forty times
   * busier before one of them takes appendTimeoutMs; and entries that may wait for a call, a fifth of a second of a typical
   * Redis. More is refused, because it would wait longer than people watch a message that is not saved.
   */
  appends: { entries: 64, calls: 8, waiting: 4_096 },
  /** How long a call may take before its outcome is unknown; then Redis has appendRetryMs to recover for one retry. */
  appendTimeoutMs: 800,
  /** Twice appendTimeoutMs and this stay below sendAnsweredMs. */
  appendRetryMs: 300,
  /** A send is answered within this time, whatever happens to Redis. */
  sendAnsweredMs: 2 * second,
  /** How long an act waits for what it is about, when this process was told a moment ago that it is kept. */
  readBackMs: 2 * second,
  /**
   * A connection to Redis is looked at every `lookEveryMs` and made anew when it owes an answer for `silentMs` (and as long as
   * it blocks), longer than a slow fsync; or is not ready within `readyMs`, so that sends are back within 5 s of any outage.
   * `closeMs`: to send what is already written. `deafMs`: the log goes on without its tail. `mysqlMs`: a probe's patience.
   */
  silence: {
    lookEveryMs: 500,
    silentMs: 3 * second,
    readyMs: 2 * second,
    closeMs: 200,
    deafMs: 3 * second,
    mysqlMs: 2 * second,
  },
  /** How far Redis's clock may be from ours before it is reported; machines that keep time are within a second. */
  clocksApartMs: 5 * second,
  /** Archived entries stay in the stream at least this long, so that short gaps never touch MySQL. */
  resumeWindowMs: 5 * minute,
  /** Entries that a tail keeps in memory at least, archived or not, for reconnects and newest pages. */
  tailEntries: 50_000,
  /** ... and at most this many, so that a busy hour does not fill Redis. */
  resumeWindowEntries: 50_000,
  /**
   * What may wait for MySQL: half an hour at 200 messages a second stays below warnAt. The rest above refuseAt is for
   * what is in flight when sends are refused, so that Redis and the tails never reach their limits.
   */
  backlog: { entries: 800_000, bytes: 768 * 1024 * kib, warnAt: 0.5, shedAt: 0.65, refuseAt: 0.75 },
  /** Different emoji on one message, which fill a screen; and reactions in total, some 60 KiB of a page. */
  reactions: { kinds: 50, total: 1_000 },
  /** Pinned messages of a room: nobody reads a longer list, and all of them are one answer. */
  pins: 100,
  /** Versions of one message in an answer: the newest ones, at most 800 KB. */
  revisions: 50,
  /** When a refused send may be retried. */
  overloadedRetryMs: 3 * second,
  sync: {
    /**
     * Entries of one read and one transaction: its round trips cost little beside them. Typical ones are 1 to 3 MB, and reading
     * them holds Redis for some 7 ms. Less than the 10,000 after which a Galera node may commit within LOAD DATA.
     */
    rows: 4_000,
    /** Bytes of one transaction, which a replica of MySQL replays in one piece. */
    bytes: 8 * 1024 * kib,
    /** Rows of one statement, and their bytes: less than max_allowed_packet's smallest default (1 MiB on old servers). */
    statement: { rows: 500, bytes: 768 * kib },
  },
  /** A typing indicator fades after showMs; a browser repeats it every tellMs, which must be shorter. */
  typing: { tellMs: 3 * second, showMs: 5 * second },
  /** Server processes of one port: each has 8 connections to MySQL, and 16 times that stays below its default of 151. */
  workers: 16,
  /**
   * What was decided in MySQL and Redis did not hear: tried again every `everyMs`, one small read of a table that is empty,
   * so that it is done within 5 s of Redis's return; and `rows` of one step, some milliseconds of work.
   */
  untold: { everyMs: 2 * second, rows: 200 },
  /**
   * Whether those who are connected still may be is asked when something may have been missed, and every `everyMs` for what
   * nobody noticed; `people` of one statement. A write waits for an answer that is under way, at most `waitMs`, for it must
   * be answered within sendAnsweredMs.
   */
  rechecks: { everyMs: 1 * minute, people: 500, waitMs: 500 },
  /** Background work that failed is tried again after this: a store that restarts is back within seconds. */
  repeated: { retryMs: 1 * second },
  /** How long a session lives without being used. */
  sessionMs: 90 * 24 * hour,
  /**
   * ... and at most, however much it is used: a token that was copied somewhere is over one day. Twice a year everybody still
   * knows their password; more often, and they write it down.
   */
  sessionAtMostMs: 180 * 24 * hour,
  /** Public rooms that one read of the directory fetches, and reads for one page of it: 20,000 rooms are looked through. */
  directory: { rooms: 1_000, reads: 20 },
  /** Rooms that one person may be in, and members of one room in one answer; the next page has the others. */
  roomsPerPerson: 1_000,
  membersListed: 2_000,
  /**
   * Members of rooms in the memory of each process: `people` in total, some 300 bytes each, least recently used rooms
   * dropped first. Read again after `refreshMs`, because a notice may be missing; `retryMs` after MySQL was down.
   */
  roomPeople: { people: 100_000, refreshMs: 30 * second, retryMs: 2 * second },
  /**
   * Read markers are written in `slices` of people: at most one statement per slice is in flight in a process, each of up
   * to `rows`, after `waitMs`, which is what a kill -9 loses. `held`: marks of a slice that wait while MySQL is down, and
   * as many again in its queue, some 200 bytes each. `known`: marks that a process remembers, its own and others', so
   * that badges are right before MySQL has them; about 10 MB.
   */
  readMarkers: { slices: 8, rows: 500, waitMs: 1 * second, held: 10_000, known: 100_000 },
} as const
