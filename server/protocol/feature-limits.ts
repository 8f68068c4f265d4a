// The limits of what is built on rooms and messages, feature by feature; read them in `limits`.
import { moderationLimits } from './moderation-limits.ts'
import { hour, kib, minute, second } from './units.ts'

export const featureLimits = {
  /** Calls between processes (server/rpc). */
  calls: {
    /** Bytes of the parameters and of the answer: a page of text fits, and Redis and its subscribers are not strained. */
    paramsBytes: 64 * kib,
    answerBytes: 256 * kib,
    /** A person waits for most calls; long work reports its progress instead. */
    timeoutMs: { default: 5 * second, max: 2 * minute },
    /** A restarting worker is back within this time; after it, nobody serves the function. */
    noWorkerMs: 1 * second,
    /** Workers send a heartbeat every heartbeatMs and count as gone after workerGoneMs: two may be lost. */
    heartbeatMs: 2 * second,
    workerGoneMs: 6 * second,
    /** A call is forgotten this long after its time: enough to reconnect to Redis after a restart. */
    lingerMs: 10 * second,
    /** A caller with the same id gets the answer again for this long. */
    answerKeptMs: 30 * second,
    /** Calls of one function that wait for a worker; at a millisecond each that is longer than anybody waits. */
    waiting: 5_000,
    /** Calls that one process runs at once; the others wait for a worker with a free slot. */
    atOnce: 16,
  },
  /** Characters of the workspace's name: as of a room's. */
  workspaceNameChars: 64,
  /** How long the owner's link is good: a first evening, and the next day. `start` prints another at each start. */
  ownerLinkMs: 24 * hour,
  ...moderationLimits,
  /** What browsers keep of the workspace: shown for `usualDays` without the server, at most for a year. */
  offline: { usualDays: 30, days: 365 },
  /** The end of an account: what is left to do is looked for every `everyMs`; a deletion of a message is told by every server. */
  ending: { everyMs: 2 * second, atOnce: 100, pauseMs: 1 * second },
  /** What people are called. */
  names: {
    /** How long a former name leads to its person or room, and is nobody else's: everybody has heard of the new one by then. */
    leadMs: 30 * 24 * hour,
    /** Former names that lead to one room: whoever renames it every day holds no more names back from others. */
    ofRoom: 10,
    /** Those who were renamed of late, told to whoever connects: a page that was open all the while has few other names in it. */
    told: 200,
    /** How often a process asks whether there are new ones; the bus says so sooner, while Redis is there. */
    lookEveryMs: 2 * second,
  },
  /**
   * Direct rooms. `people` of one, with whoever makes it: as many faces as a list shows; a larger circle is a room. `shown` in
   * somebody's list, the newest: the others come back when something is said. `kept`: those whose people a process has in memory,
   * some 500 bytes each. `blocked`: by one person.
   */
  directs: { people: 15, shown: 500, kept: 50_000, blocked: 1_000 },
  /** People in a page of the administrators' list: a few screens. */
  people: { page: { default: 50, max: 200 } },
  /** The audit log. Entries of a page: a few screens; an export reads the larger ones. */
  audit: { page: { default: 100, max: 1_000 } },
  /** For how long somebody may count as new: a month, after which one knows them. */
  newForMs: 30 * 24 * hour,
  /** How often a process asks what newcomers may do; the bus says so sooner. */
  newcomersLookMs: 10 * second,
  /** Links that invite. */
  invites: {
    /** Those that still let somebody in: more, and nobody knows any more who can come by what. */
    atOnce: 200,
    /** Rooms that whoever comes by one is in at once: a newcomer's first day. */
    rooms: 20,
    /** People by one link; who wants more leaves the number open. */
    uses: 100_000,
    /** Of those that end by themselves: longer than anybody plans ahead. */
    lastsMs: 366 * 24 * hour,
    /** Of those who came by one, the newest that are named. */
    shown: 50,
    /** Those that are over stay in the list for so long: one sees who came by them. */
    shownMs: 30 * 24 * hour,
  },
  /** Requests to join. */
  joinRequests: {
    /** Those that wait: more than administrators read in an evening, so whoever floods the queue fills no disk. */
    atOnce: 200,
    /** ... from one address: an office, or a class. */
    ofAddress: 10,
    /** A line or two about who they are. */
    wordsChars: 250,
    /** For so long it waits; administrators may be on holiday. */
    lastsMs: 14 * 24 * hour,
    /** For so long the browser that waits learns of the answer. */
    answerMs: 7 * 24 * hour,
    /** An address that is banned with an answer: after that it may be somebody else's. */
    banMs: 30 * 24 * hour,
  },
  identity: {
    /** Between the password and the code: somebody finds their phone, unlocks it and opens the app. */
    secondStepMs: 5 * minute,
    /** Between the QR code and its confirmation: somebody installs an app first. */
    setUpMs: 15 * minute,
    /** Between the question to a device for a passkey and its answer: somebody finds it, and unlocks it. */
    passkeyMs: 5 * minute,
    /** Passkeys of one person: each of their devices, at each name of this Brook. */
    passkeys: 20,
    /** A code for another device: it is at hand, and scans it now; then the screen has as long to confirm. */
    deviceMs: 2 * minute,
    /** A link that resets a password: it is sent today, and opened tomorrow morning. */
    resetMs: 24 * hour,
    /** A sign-in at an identity provider: with its own password, second factor and consent. */
    oidcMs: 15 * minute,
    /** A person waits for the directory at the sign-in page: two of its answers, on a bad day. */
    ldap: { timeoutMs: 5 * second },
    /** Whoever has no password has signed in so lately at the provider, where others ask for the password again. */
    freshMs: 10 * minute,
    /** Of two people with one name, the second becomes "ann 2": so many are tried. */
    freeNames: 50,
    /** Recovery codes: as many as fit on a slip of paper; each is for a lost phone. */
    recoveryCodes: 10,
  },
  /** An administrator's "archive now" is answered within this time; the browser gives up after 10 s. */
  archiveNowMs: 8 * second,
  /** Slash commands. */
  commands: {
    /** Characters of a command's name, and of the texts beside it in the list. */
    nameChars: 32,
    usageChars: 120,
    helpChars: 250,
    /** Characters of the arguments: a question with many answers fits. */
    argsChars: 4_000,
    /** A person waits for the answer; less than the 10 s after which they type it again. */
    timeoutMs: 5 * second,
    /** Commands of one process, and of all together that are listed: as many as a list can usefully show. */
    perProcess: 50,
    listed: 200,
  },
  bots: {
    /** Entries of one answer to a bot: some 100 KB of typical messages. */
    entries: { default: 100, max: 200 },
    /** How long a poll may wait: proxies close idle connections after 60 s. */
    waitMs: 50 * second,
    /** Long polls of one bot that may wait at once: one, and those whose broken connection was not noticed. */
    waitsOfOne: 4,
    /** Long polls that may wait at one server, some 2 KB each. */
    waits: 5_000,
    /** Rooms that one answer reads from MySQL, two statements each; the others wait for the next one. */
    roomsBehind: 8,
    /** Characters of a cursor: a thousand rooms take some 7,000. Less than the 16 KB that a request's headers may have. */
    cursorChars: 12_000,
    /** How much the clocks of the machines may differ, for a cursor that is older than the log's epoch. */
    clocksMs: 1 * minute,
  },
  hooks: {
    /** Webhooks of one kind in a room: each outgoing one is a request per message. */
    perRoom: 20,
    /** Bytes of a posted payload: 100 KB of Slack's attachments and blocks show a screen of text. */
    bodyBytes: 256 * kib,
    /** Maximum characters of an Idempotency-Key. */
    keyChars: 256,
    urlChars: 2_000,
    /** Characters of an outgoing webhook's filter word. */
    wordChars: 64,
    /** Messages that one read fetches for a webhook: some 10 KB; a new lease holder may repeat one of them. */
    batch: 50,
    /**
     * Webhooks that one process delivers at once, each with one request in flight and a write a second to renew its lease;
     * those of one owner or one room among them; and after how long a receiver is slow: most answer within a tenth of it.
     */
    slots: { all: 128, ofOne: 8, slowMs: 1 * second },
    /** A receiver must answer within this time, or the delivery is retried. Slack and GitHub wait 3 and 10 s. */
    timeoutMs: 10 * second,
    /** Bytes that are read of a response: only its status matters. */
    answerBytes: 16 * kib,
    /** The delays between retries double from the first to the max, half of each random ... */
    retry: { firstMs: 1 * second, maxMs: 5 * minute },
    /** ... and a webhook that has failed for this long is paused: a night's outage is over by then. */
    giveUpMs: 24 * hour,
  },
  /** Finding a moment: bars of the month scale (fifty years of months), and answers cached for a minute, some 10 KB each. */
  moments: { parts: 600, kept: 500, keptMs: 1 * minute },
  /**
   * Exports that one process writes at once, each holding one page, and those of one person among them; after how long
   * without reading a reader is cut off, which a slow phone in a tunnel is not; and how often a failed page is retried. After a
   * page nothing is exported for `restTimes` as long: all exports take a quarter of a core, and write some 10,000 typical
   * messages a second.
   */
  exports: { atOnce: 8, ofOne: 2, stalledMs: 30 * second, restTimes: 3, tries: 5, retryMs: 1 * second },
  /** Limits of the built-in bot. */
  builtinBot: {
    /** Dice at once, their sides, and the terms of one roll; above `shown` dice only the sum is shown. */
    roll: { dice: 100, sides: 1_000, terms: 10, shown: 30 },
    /** Pending reminders of one person, their characters, how far ahead they may be, and how long a sent one is kept. */
    remind: { max: 50, chars: 500, minMs: 1 * second, maxMs: 366 * 24 * hour, keptMs: 30 * 24 * hour },
  },
  /** People in a room whose members see who has read a message: one knows them all, and a line has room for their names. */
  seenBy: 20,
  /** Messages that are sent later. */
  scheduled: {
    /** Of one person, those that were refused among them: each list shows all; a team's reminders of a quarter fit. */
    atOnce: 100,
    /** As far ahead as anybody plans. */
    maxMs: 366 * 24 * hour,
    /** How often each process looks for what is due: a message comes within a second of its time. */
    everyMs: 1 * second,
    /** Those that one look sends. */
    batch: 100,
    /** Whoever sends one has as long; then another tries. Longer than a send takes to be answered. */
    leaseMs: 30 * second,
    /** After a refusal that may pass, unless it says when. */
    retryMs: 5 * second,
    /** Sent later than this after its time, a message says so. */
    lateMs: 1 * minute,
    /** For so long a deletion can be undone, and the same request has the same answer. */
    keptMs: 24 * hour,
    /** How often each process looks for what is to be dropped, and how much of it at once. */
    dropEveryMs: 1 * hour,
    dropped: 500,
  },
  /** What a phone shows of a poll without scrolling twice. Each vote writes what all of the `voters` come to. */
  polls: { min: 2, max: 20, chars: 200, maxMs: 366 * 24 * hour, voters: 1_000 },
  /**
   * At most `names` of one text are looked up: more is a list, not a mention. `@room` and `@here` reach at most `everybody`,
   * whose ids are 8 KB of the entry; in private rooms of up to `smallRoom` everybody may use them. The look-up is given up
   * after `waitMs`, well below the 2 s within which a send is answered.
   */
  mentions: { names: 50, everybody: 1_000, smallRoom: 20, waitMs: 400 },
  threads: {
    /** Avatars of repliers on a message: three are drawn, the rest is for a closer look. */
    faces: 5,
    /** Followed threads that a browser knows, some 60 bytes each: hardly anybody replies in older ones. */
    known: 1_000,
  },
  /** Saved messages of one person: each browser knows the numbers of all, some 10 KB; nobody reads a longer list. */
  saved: 1_000,
  /** Search. */
  search: {
    /** Characters of a query, and its words and filters: what a person types, not a text to compare with. */
    queryChars: 500,
    pieces: 20,
    /** Messages of an answer: a screen and a half. */
    hits: { default: 20, max: 50 },
    /** Numbers on either side of a hit that are searched for its neighbours: edits and reactions have numbers too. */
    nearby: 4,
    /** Messages that one answer reads and compares, a long one counting once more for each KiB; the next page continues. */
    examined: 4_000,
    /** Characters of a cursor: the positions of a thousand rooms take some 9,000. Less than the 16 KB of the headers. */
    cursorChars: 12_000,
    /** Ranges marked in one message. */
    ranges: 100,
    /** Messages of one step of the indexer, while it follows sync and while it is far behind: some 10 and 100 ms of work. */
    step: { following: 500, behind: 4_000 },
    /** Blocks rebuilt at once: each holds its tokens in memory, some 50 MB, and locks its messages' edits for seconds. */
    rebuilds: 2,
  },
  /** Import of another system's export. Each limits memory or time against an archive made to exhaust it. */
  imports: {
    /** Files of an archive, some 200 bytes of memory each: ten years of 150 channels. */
    files: 500_000,
    /** How many times its packed size an archive may unpack to; exports reach 30, a zip bomb 1,000 and far more. */
    unpackedTimes: 200,
    /** ... a smaller archive counts as this size, because a tiny archive of equal lines packs better. */
    minPackedBytes: 64 * kib,
    /** Bytes of one day of one channel, which is sorted in memory: some 60,000 messages. */
    dayBytes: 64 * 1024 * kib,
    /** Bytes of one message in an export, with all its attachments. */
    messageBytes: 1024 * kib,
    /** Bytes of the list of people or of rooms. */
    listBytes: 64 * 1024 * kib,
    /** Messages of one page, as many as the API gives. */
    page: 200,
    /** Thread roots that one room remembers, some 100 bytes each; a reply to an older one appears without its thread. */
    threads: 200_000,
  },
} as const
