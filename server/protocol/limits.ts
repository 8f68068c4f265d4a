// Every number that bounds what Brook accepts or keeps, each with its reason. Both sides read them here.

const kib = 1024
const second = 1_000
const minute = 60 * second
const hour = 60 * minute

export const limits = {
  /** UTF-8 bytes of one message: some 5,000 Chinese characters. Must stay below maxFrameBytes with JSON's escapes. */
  messageBytes: 16 * kib,
  /** Bytes of one WebSocket frame from a browser; three escaped messages fit, a flood does not. */
  frameBytes: 64 * kib,
  /** Bytes of an HTTP request body; the same as a frame, for the same message may come either way. */
  bodyBytes: 64 * kib,
  /**
   * Markdown of one message that is drawn as such; above any of them it is shown as it was typed, so that drawing costs
   * a browser a few milliseconds whatever is sent. `marks`: characters that may begin something, which the parser
   * compares with each other; `nodes`: what is drawn, ten times a long message; `nesting`: quotes and lists in each
   * other, more than a phone has room for; `cells`: of a table, with its empty ones; `items`: of lists, below a third of
   * `nodes`, for each makes three; `links`: addresses, a quarter of `nodes` for the same reason. Code that falls into more
   * coloured pieces than `nodes` stands in one colour.
   */
  markdown: { marks: 2_000, nodes: 2_000, nesting: 20, cells: 1_000, items: 500, links: 500 },
  /** Characters of a code block that are coloured: some 200 lines. Longer ones stand in one colour. */
  colouredChars: 8 * kib,
  /** Commands in one frame: a browser that returns sends its outbox in one. */
  frameCommands: 64,
  /** Rooms that one resume may name: all that one person may be in. */
  resumeRooms: 1_000,
  /** Characters (code points) of a person's or a room's name. */
  nameChars: 32,
  roomNameChars: 64,
  topicChars: 250,
  /** Eight is the least that NIST SP 800-63B allows; the top stops a hash from being a denial of service. */
  passwordChars: { least: 8, most: 256 },
  /** Messages of one page of history: a tall screen holds about 40. */
  page: { usual: 50, most: 200 },
  /** Unread messages are counted up to here; a badge shows 999+ above it. */
  unreadMost: 1_000,
  /** Queued bytes at which a reader is too slow: its socket is closed and it resumes from its cursor. */
  socketQueueBytes: 1024 * kib,
  /** Entries that a returning connection is told from memory; a longer gap is paged over HTTP. */
  catchUpEntries: 500,
  /** ... and their bytes over all rooms of one resume. Below socketQueueBytes, or returning would look like being slow. */
  catchUpBytes: 512 * kib,
  /** Commands of one connection that may wait for the log at once; it is not read from while there are more. */
  commandsUnderWay: 64,
  /** Frames that are no commands at all before a connection is closed as abuse. */
  badFrames: 50,
  /** A connection that says nothing is released into its rooms this long after its welcome. Below pingEveryMs. */
  resumeGraceMs: 1 * second,
  /** Proxies close idle connections after 60 s; two pings fit below that. */
  pingEveryMs: 25 * second,
  /** A stopping server tells its browsers to move over this long, so that they do not return all at once ... */
  moveAwayMs: 5 * second,
  /** ... and waits this long for what is still under way. Both stay below the 30 s in which a stop must end. */
  drainMs: 5 * second,
  /** Redis remembers a cid this long; an older one is looked up in MySQL before it is appended. */
  cidWindowMs: 4 * hour,
  /**
   * Of one shard: entries of one call, which nobody else's command may come between, some 2 ms of Redis; calls under way, so
   * that a machine may be forty times busier before one of them takes appendTimeoutMs; and what may wait for its call, a
   * fifth of a second of a usual Redis. More is refused, for it would wait longer than anybody looks at a message that is
   * not kept.
   */
  appends: { entries: 64, calls: 8, waiting: 4_096 },
  /** How long a call may take before its outcome is unknown; then Redis has appendRetryMs to come back for one more. */
  appendTimeoutMs: 800,
  /** Twice appendTimeoutMs and this stay below sendAnsweredMs. */
  appendRetryMs: 300,
  /** In which a send is answered, whatever has become of Redis. */
  sendAnsweredMs: 2 * second,
  /** Archived entries stay in the stream at least this long, so that short gaps never touch MySQL. */
  resumeWindowMs: 5 * minute,
  /** Entries that a tail keeps in memory at least, archived or not: what coming back and newest pages are served from. */
  tailEntries: 50_000,
  /** ... and at most this many, so that a busy hour does not fill Redis. */
  resumeWindowEntries: 50_000,
  /**
   * What may wait for MySQL: half an hour at 200 messages a second stays below warnAt. The rest above refuseAt is for
   * what is under way when sends are refused, so Redis and the tails never reach their end.
   */
  backlog: { entries: 800_000, bytes: 768 * 1024 * kib, warnAt: 0.5, shedAt: 0.65, refuseAt: 0.75 },
  /** Kinds of emoji on one message, which fill a screen; and reactions of all people, some 60 KiB of a page. */
  reactions: { kinds: 50, total: 1_000 },
  /** Pinned messages of a room: more is no list that anybody reads, and all of them are one answer. */
  pins: 100,
  /** Versions of one message in an answer: the newest, at most 800 KB of them. */
  revisions: 50,
  /** When a refused send may be tried again. */
  overloadedRetryMs: 3 * second,
  sync: {
    /** Entries of one read and one transaction: a commit costs little beside them, and usual ones are some 3 MB. */
    rows: 2_000,
    /** Bytes of one transaction, which a follower of MySQL replays in one piece. */
    bytes: 8 * 1024 * kib,
    /** Rows of one statement, and their bytes: below max_allowed_packet's smallest default (1 MiB on old servers). */
    statement: { rows: 500, bytes: 768 * kib },
  },
  /** A typing line fades after showMs; a browser tells it again every tellMs, which must be the shorter. */
  typing: { tellMs: 3 * second, showMs: 5 * second },
  /** Server processes of one port: each has 8 connections to MySQL, and 16 times that stays below its usual 151. */
  workers: 16,
  /** How long a session lives without being used. */
  sessionMs: 90 * 24 * hour,
  /** Calls between processes (server/rpc). */
  calls: {
    /** Bytes of what is asked and of what is answered: a page of text fits, Redis and its subscribers are not strained. */
    paramsBytes: 64 * kib,
    answerBytes: 256 * kib,
    /** A person waits for most of them; a long piece of work tells how far it is instead. */
    timeoutMs: { usual: 5 * second, most: 2 * minute },
    /** A restarting worker is back within this time; then nobody serves the function. */
    noWorkerMs: 1 * second,
    /** Workers say that they are there every heartbeatMs and count as gone after workerGoneMs: two beats may be lost. */
    heartbeatMs: 2 * second,
    workerGoneMs: 6 * second,
    /** A call is forgotten this long after its time: enough to reach Redis again after a restart. */
    lingerMs: 10 * second,
    /** An answer is given again to whoever asks with the same id this much later. */
    answerKeptMs: 30 * second,
    /** Calls of one function that wait for a worker; at a millisecond each that is longer than anybody waits. */
    waiting: 5_000,
    /** Calls that one process works on at once; the others wait for a worker with a free hand. */
    atOnce: 16,
  },
  /** An administrator's "archive now" is answered within this: below the 10 s after which the browser gives up. */
  archiveNowMs: 8 * second,
  /** Slash commands. */
  commands: {
    /** Characters of what is typed after the slash, and of what stands beside it in the list. */
    nameChars: 32,
    usageChars: 120,
    helpChars: 250,
    /** Characters of what follows the name: a question with many answers fits. */
    argsChars: 4_000,
    /** A person waits for the answer; below the 10 s after which somebody types it again. */
    timeoutMs: 5 * second,
    /** Commands of one process, and of all together that are listed: what a list to choose from can hold. */
    perProcess: 50,
    listed: 200,
  },
  bots: {
    /** Places of one answer to a bot: some 100 KB of usual messages. */
    entries: { usual: 100, most: 200 },
    /** How long a poll may wait: proxies close idle connections after 60 s. */
    waitMs: 50 * second,
    /** Polls of one bot that may wait at once: one, and those whose network forgot to say that it went. */
    waitsOfOne: 4,
    /** Polls that may wait at one server, some 2 KB each. */
    waits: 5_000,
    /** Rooms that one answer reads from MySQL, two statements each; the others wait for the next. */
    roomsBehind: 8,
    /** Characters of a cursor: a thousand rooms take some 7,000. Below the 16 KB that a request's head may have. */
    cursorChars: 12_000,
    /** By how much the clocks of the machines may differ, for a cursor that is older than the log's epoch. */
    clocksMs: 1 * minute,
  },
  hooks: {
    /** Webhooks of one kind in a room: each outgoing one is a request a message. */
    perRoom: 20,
    /** Bytes of a posted payload: Slack's attachments and blocks say in 100 KB what is a screen of words. */
    bodyBytes: 256 * kib,
    /** Characters of an Idempotency-Key that count. */
    keyChars: 256,
    urlChars: 2_000,
    /** Characters of the word an outgoing webhook listens for. */
    wordChars: 64,
    /** Messages that one look fetches for a webhook: some 10 KB, and what a new holder may deliver twice is one of them. */
    batch: 50,
    /** Webhooks that one process delivers at once; each has one request under way. */
    underWay: 64,
    /** A receiver answers within this, or it is tried again. Slack and GitHub wait 3 and 10 s. */
    timeoutMs: 10 * second,
    /** Bytes that are read of an answer: its status is all that counts. */
    answerBytes: 16 * kib,
    /** The waits between tries double from the first to the most, half of each by chance ... */
    retry: { firstMs: 1 * second, mostMs: 5 * minute },
    /** ... and a webhook that has failed for so long is paused: a night's outage is over by then. */
    giveUpMs: 24 * hour,
  },
  /** Finding a moment: bars of a scrubber (fifty years of months), and answers kept for a minute, some 10 KB each. */
  moments: { parts: 600, kept: 500, keptMs: 1 * minute },
  /** Exports that one process writes at once, each holding one page; and how often a page is asked for again. */
  exports: { atOnce: 4, tries: 5, retryMs: 1 * second },
  /** What the house's own bot takes. */
  houseBot: {
    /** Dice at once, their sides, and the parts of one throw; above `shown` numbers only the sum is said. */
    roll: { dice: 100, sides: 1_000, terms: 10, shown: 30 },
    /** Reminders of one person that wait, their characters, how far ahead they may be, and how long a sent one is kept. */
    remind: { most: 50, chars: 500, leastMs: 1 * second, mostMs: 366 * 24 * hour, keptMs: 30 * 24 * hour },
    /** Ten answers: there are ten numerals to click. */
    poll: { least: 2, most: 10, chars: 200 },
  },
  /**
   * Of one text `names` are looked up: more is a list, not a call. `@room` and `@here` reach at most `everybody`, whose
   * ids are 8 KB of the entry; in private rooms of up to `smallRoom` everybody may. Looking up is given up after `waitMs`,
   * well below the 2 s in which a send is answered.
   */
  mentions: { names: 50, everybody: 1_000, smallRoom: 20, waitMs: 400 },
  threads: {
    /** Faces on a message that others have replied to: three are drawn, the rest is for who looks closer. */
    faces: 5,
    /** Threads that a browser knows to be followed, some 60 bytes each: in older ones hardly anybody replies. */
    known: 1_000,
  },
  /** Messages that one person has saved: each browser knows the numbers of all, some 10 KB; a longer list is not read. */
  saved: 1_000,
  /** Rooms that one person may be in, and members of one room that are listed. */
  roomsPerPerson: 1_000,
  membersListed: 2_000,
  /**
   * Read markers are written in `slices` of persons: so many statements of a process are under way at most, each of up
   * to `rows`, after `waitMs`, which is what a kill -9 loses. `held`: marks of a slice that wait while MySQL is away, and
   * as many again that came last, some 200 bytes each. `known`: marks that a process remembers, its own and others', so
   * that badges are right before MySQL knows; about 10 MB.
   */
  readMarkers: { slices: 8, rows: 500, waitMs: 1 * second, held: 10_000, known: 100_000 },
  /** Search. */
  search: {
    /** Characters of a query, and its words and filters: what a person types, not a text to compare with. */
    queryChars: 500,
    pieces: 20,
    /** Messages of an answer: a screen and a half. */
    hits: { usual: 20, most: 50 },
    /** Numbers on either side of a hit among which its neighbours are looked for: edits and reactions have numbers too. */
    nearby: 4,
    /** Messages that one answer reads and compares, some 200 ms; what is further away comes with the next one. */
    examined: 4_000,
    /** Characters of a cursor: where each of a thousand rooms goes on takes some 9,000. Below the 16 KB of a head. */
    cursorChars: 12_000,
    /** Places marked in one message. */
    ranges: 100,
    /** Messages of one step of the indexer, while it follows and while it is far behind: some 10 and 100 ms of work. */
    step: { following: 500, behind: 4_000 },
    /** Blocks rebuilt at once: each holds one block's tokens in memory, some 50 MB, and locks its edits for seconds. */
    rebuilds: 2,
  },
  /** What is read of another's export. Each bounds memory or time against an archive made to exhaust it. */
  imports: {
    /** Files of an archive, some 200 bytes of memory each: ten years of 150 channels. */
    files: 500_000,
    /** How many times its packed size an archive may unpack to; exports reach 30, a bomb 1,000 and far above. */
    unpackedTimes: 200,
    /** ... whatever is smaller than this counts as this, for a tiny archive of equal lines packs better. */
    packedLeast: 64 * kib,
    /** Bytes of one day of one channel, which is sorted in memory: some 60,000 messages. */
    dayBytes: 64 * 1024 * kib,
    /** Bytes of one message in an export, with everything that hangs on it. */
    messageBytes: 1024 * kib,
    /** Bytes of the list of people or of rooms. */
    listBytes: 64 * 1024 * kib,
    /** Messages of one page, as many as the API gives. */
    page: 200,
    /** Beginnings of threads that one room remembers, some 100 bytes each; an answer to an older one stands alone. */
    threads: 200_000,
  },
} as const

/** Token buckets per person or address: `burst` at once, then `per` in `everyMs`. PACING=off lifts them. */
export const rates = {
  /** A person types far less; a script that answers a backlog fits in the burst. */
  send: { burst: 30, per: 10, everyMs: second },
  /** A bot answers many people at once, and is one program: above that it floods its rooms. */
  botSend: { burst: 100, per: 20, everyMs: second },
  /** A poll that finds something answers at once; each brings up to limits.bots.entries.most. */
  botPoll: { burst: 20, per: 10, everyMs: second },
  /** Of one incoming webhook at one server: Slack's rate, and a burst for a monitor that has much to say at once. */
  hook: { burst: 10, per: 1, everyMs: second },
  /** A search reads up to limits.search.examined messages; a person who types gets one for each pause. */
  search: { burst: 20, per: 3, everyMs: second },
  typing: { burst: 5, per: 2, everyMs: second },
  read: { burst: 20, per: 10, everyMs: second },
  resume: { burst: 10, per: 1, everyMs: second },
  /** Accounts made from one address: a school behind one router gets in, a script does not. */
  signUp: { burst: 30, per: 30, everyMs: hour },
  /** Password guesses on one account, from anywhere; and from one address, on any account. */
  signInAccount: { burst: 10, per: 10, everyMs: 15 * minute },
  signInAddress: { burst: 50, per: 50, everyMs: 15 * minute },
  /** Rooms made by one person. */
  createRoom: { burst: 20, per: 20, everyMs: hour },
  /** WebSocket handshakes from one address at one server: 5,000 people behind one proxy are back within 15 s. */
  handshake: { burst: 1_000, per: 300, everyMs: second },
} as const

export interface Rate {
  burst: number
  per: number
  everyMs: number
}
