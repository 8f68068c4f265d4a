// What HTTP takes and answers. The routes build OpenAPI from these; the browser imports their types.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import {
  Member,
  Person,
  RevisionReaders,
  Role,
  RoomKind,
  RoomSummary,
  SessionSummary,
  User,
} from './people.ts'
import { Cid, Closed, Emoji, Id, Nullable, Seq, Text, Time } from './schema.ts'

const Name = Type.String({ maxLength: 256 })
const Password = Type.String({ maxLength: 1024 })

export const GuestBody = Closed({ name: Name })
export const CredentialsBody = Closed({ name: Name, password: Password })
export const PasswordBody = Closed({ password: Password, current: Type.Optional(Password) })
export const UserAnswer = Closed({ user: User })
export const SessionsAnswer = Closed({ sessions: Type.Array(SessionSummary) })

export const RoomBody = Closed({
  name: Name,
  kind: RoomKind,
  topic: Type.Optional(Type.String({ maxLength: 1024 })),
})
/** What is to be otherwise about a room: at least one of these. */
export const RoomChangeBody = Type.Object(
  {
    topic: Type.Optional(Type.String({ maxLength: 1024 })),
    revisions: Type.Optional(RevisionReaders),
  },
  { additionalProperties: false, minProperties: 1 },
)
export const MemberBody = Closed({ name: Name })
export const RoleBody = Closed({ role: Role })
export const RoomsAnswer = Closed({ rooms: Type.Array(RoomSummary) })
export const RoomAnswer = Closed({ room: RoomSummary })
export const MembersAnswer = Closed({ members: Type.Array(Member), total: Type.Integer() })

export const RoomParams = Closed({ room: Id })
export const MemberParams = Closed({ room: Id, user: Id })
export const SessionParams = Closed({ session: Id })

/** At most one of before (exclusive), after (exclusive) and around; none means the newest page. */
export const PageQuery = Closed({
  before: Type.Optional(Seq),
  after: Type.Optional(Seq),
  around: Type.Optional(Seq),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
  /** The room as it was at this number. What has been deleted since stays deleted. */
  asOf: Type.Optional(Seq),
  /** Only what the room shows: without replies that are in their threads alone. */
  view: Type.Optional(Type.Literal('room')),
})
export const ChangesQuery = Closed({
  after: Seq,
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
})

/** One kind of emoji on a message, and whose: in the order of their reacting, each with the number of that entry. */
export const Reaction = Closed({
  emoji: Type.String(),
  users: Type.Array(Closed({ id: Id, name: Type.String(), seq: Seq })),
})
export type Reaction = Static<typeof Reaction>

/** A name in the text, as it is typed there after the @, and who was meant: several for `@here` and `@room`. */
export const Mention = Closed({ name: Type.String(), ids: Type.Array(Id) })
export type Mention = Static<typeof Mention>

/**
 * What a person reads, by its number: words somebody said, or a notice. `updatedSeq` is the number of the last entry
 * that changed it (its own at first). A deleted message keeps its number, and nothing of its text.
 */
const said = { seq: Seq, updatedSeq: Seq, user: Person, at: Time }
export const NoticeBody = Type.Union([
  Closed({ kind: Type.Literal('created') }),
  Closed({ kind: Type.Literal('joined') }),
  Closed({ kind: Type.Literal('left') }),
  Closed({ kind: Type.Literal('added'), person: Person }),
  Closed({ kind: Type.Literal('topic'), topic: Type.String() }),
  Closed({ kind: Type.Literal('revisions'), revisions: RevisionReaders }),
  Closed({ kind: Type.Literal('removed'), person: Person }),
  Closed({ kind: Type.Literal('role'), person: Person, role: Role }),
])
/**
 * The thread that begins with a message: how many replies it has had (a deleted one keeps its place), the newest, and
 * whose the newest are, at most limits.threads.faces.
 */
export const ThreadSummary = Closed({
  replies: Type.Integer({ minimum: 1 }),
  lastSeq: Seq,
  lastAt: Time,
  people: Type.Array(Person),
})
export type ThreadSummary = Static<typeof ThreadSummary>
export const SpokenMessage = Closed({
  ...said,
  kind: Type.Literal('message'),
  cid: Cid,
  text: Type.String(),
  /** Whom the text names; none when it names nobody. */
  mentions: Type.Optional(Type.Array(Mention)),
  replyTo: Nullable(Seq),
  editedAt: Nullable(Time),
  deletedAt: Nullable(Time),
  /** Kinds in the order of their first reaction. */
  reactions: Type.Array(Reaction),
  /** Since when it is pinned to its room, and by whom; none when it is not. */
  pinnedAt: Type.Optional(Time),
  pinnedBy: Type.Optional(Closed({ id: Id, name: Type.String() })),
  /** The message whose thread it is said in, and whether the room shows it too. */
  thread: Type.Optional(Seq),
  alsoInRoom: Type.Optional(Type.Literal(true)),
  /** The thread that begins with it; none before the first reply. */
  threaded: Type.Optional(ThreadSummary),
})
export const NoticeMessage = Closed({ ...said, kind: Type.Literal('notice'), notice: NoticeBody })
export const Message = Type.Union([SpokenMessage, NoticeMessage])
export type SpokenMessage = Static<typeof SpokenMessage>
export type NoticeMessage = Static<typeof NoticeMessage>
export type Message = Static<typeof Message>

export const PageAnswer = Closed({
  messages: Type.Array(Message),
  hasBefore: Type.Boolean(),
  hasAfter: Type.Boolean(),
  /** The newest number that this page knows of: these messages are as it left them. */
  upTo: Seq,
})

export const ThreadParams = Closed({ room: Id, root: Type.Integer({ minimum: 1 }) })
/** At most one of before and after, both exclusive; none means the newest replies. */
export const ThreadQuery = Closed({
  before: Type.Optional(Seq),
  after: Type.Optional(Seq),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
})
/** The message that the thread begins with, and a page of its replies; `upTo` as of a page. */
export const ThreadAnswer = Closed({
  root: SpokenMessage,
  messages: Type.Array(Message),
  hasBefore: Type.Boolean(),
  hasAfter: Type.Boolean(),
  upTo: Seq,
})
/** `head` is the number up to which these changes are complete once `more` is false. */
export const ChangesAnswer = Closed({ messages: Type.Array(Message), head: Seq, more: Type.Boolean() })

/** The last pinned first. */
export const PinsAnswer = Closed({ pins: Type.Array(SpokenMessage) })
export type PinsAnswer = Static<typeof PinsAnswer>

/** One text that a message had: since `at`, by entry `seq`; the first is the message itself. */
export const Revision = Closed({ seq: Seq, at: Time, user: Person, text: Type.String() })
export type Revision = Static<typeof Revision>
/** Oldest first, the text of today last. `more`: older ones are left out. */
export const RevisionsAnswer = Closed({ revisions: Type.Array(Revision), more: Type.Boolean() })
export type RevisionsAnswer = Static<typeof RevisionsAnswer>

/** `before`: the `next` of the page before this one. */
export const MentionsQuery = Closed({
  before: Type.Optional(Type.String({ pattern: '^[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.page.most })),
})
/** Newest first; `next` is null on the last page. */
export const MentionsAnswer = Closed({
  mentions: Type.Array(Closed({ room: Id, unread: Type.Boolean(), message: SpokenMessage })),
  next: Nullable(Type.String()),
})

export const MessageParams = Closed({ room: Id, seq: Type.Integer({ minimum: 1 }) })
export const ReactionParams = Closed({ room: Id, seq: Type.Integer({ minimum: 1 }), emoji: Emoji })
export const EditBody = Closed({ cid: Cid, text: Text })
export const CidBody = Closed({ cid: Cid })
export const SendBody = Closed({
  ...{ cid: Cid, text: Text, replyTo: Type.Optional(Seq) },
  /** Say it in the thread of this message, and in the room as well. */
  ...{ thread: Type.Optional(Seq), alsoInRoom: Type.Optional(Type.Boolean()) },
})
export const SendAnswer = Closed({ seq: Seq, at: Time })

/** A slash command: what is typed after the slash, what follows it, what it does, and which bot answers. */
const CommandName = Type.String({ pattern: `^[a-z][a-z0-9_-]{0,${limits.commands.nameChars - 1}}$` })
export const OfferedCommand = Closed({
  name: CommandName,
  usage: Type.String({ maxLength: limits.commands.usageChars }),
  help: Type.String({ maxLength: limits.commands.helpChars }),
  user: Person,
})
export const CommandsAnswer = Closed({ commands: Type.Array(OfferedCommand) })
export const CommandBody = Closed({
  cid: Cid,
  name: Type.String({ maxLength: 256 }),
  args: Type.String({ maxLength: limits.commands.argsChars }),
  /** Asked in the thread of this message: there the bot answers. */
  thread: Type.Optional(Seq),
})
const Note = Closed({
  ...{ type: Type.Literal('note'), room: Id, cid: Cid, user: Type.Optional(Person) },
  ...{ text: Type.String(), at: Time, name: Type.Optional(Type.String()), thread: Type.Optional(Seq) },
  code: Type.Optional(
    Type.Union([
      Type.Literal('unknown_command'),
      Type.Literal('command_timeout'),
      Type.Literal('command_failed'),
    ]),
  ),
})
/** A message of the bot, under its number in the room; or a note for you alone. */
export const CommandAnswer = Type.Union([Closed({ message: SendAnswer }), Closed({ note: Note })])

/** `after`: acknowledges, and asks for what follows; none: what was acknowledged last. A cursor is opaque. */
export const BotQuery = Closed({
  after: Type.Optional(Type.String({ maxLength: limits.bots.cursorChars })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: limits.bots.entries.most })),
  waitMs: Type.Optional(Type.Integer({ minimum: 0, maximum: limits.bots.waitMs })),
})
/**
 * Entries as the socket tells them, each with `type`, `room` and `seq`; and `changed`, with the `message` as it stands
 * after changes that are told no more one by one. `more`: ask again, there is more already.
 */
export const BotAnswer = Closed({
  entries: Type.Array(
    Type.Object({ type: Type.String(), room: Id, seq: Seq, at: Time }, { additionalProperties: true }),
  ),
  cursor: Type.String(),
  more: Type.Boolean(),
})
/** A cursor that an answer gave, or the number of each room up to which the bot is done. One of the two. */
export const CursorBody = Closed({
  cursor: Type.Optional(Type.String({ maxLength: limits.bots.cursorChars })),
  rooms: Type.Optional(
    Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), Seq, {
      maxProperties: limits.resumeRooms,
      additionalProperties: false,
    }),
  ),
})
export const CursorAnswer = Closed({ cursor: Type.String() })
/** A shard of the log and its archive. Times in ms; null where there is none. */
export const SyncShard = Closed({
  shard: Type.Integer(),
  /** Which sync process may write to the archive, and for how much longer unless it says so again. */
  holder: Nullable(Type.String()),
  leaseMs: Type.Integer(),
  /** Entries in the stream, archived ones included, and those that MySQL lacks. */
  entries: Type.Integer(),
  unarchived: Type.Integer(),
  /** The time of the newest archived entry, and of the oldest that is not. */
  archivedAt: Nullable(Time),
  waitingSince: Nullable(Time),
  /** Entries that MySQL refused. */
  dead: Type.Integer(),
})
/** A sync process, as it tells of itself since it was started. */
export const SyncProcess = Closed({
  name: Type.String(),
  host: Type.String(),
  pid: Type.Integer(),
  since: Time,
  lastRunAt: Nullable(Time),
  /** What ended its last run early. */
  trouble: Nullable(Type.String()),
  shards: Type.Array(
    Closed({
      ...{ shard: Type.Integer(), holds: Type.Boolean() },
      ...{ rows: Type.Integer(), dead: Type.Integer(), runs: Type.Integer(), failures: Type.Integer() },
    }),
  ),
})
/** A process that is `silent` counts as living and did not say how it is. */
export const SyncAnswer = Closed({
  at: Time,
  shards: Type.Array(SyncShard),
  processes: Type.Array(
    Type.Union([SyncProcess, Closed({ name: Type.String(), silent: Type.Literal(true) })]),
  ),
})
export const SyncNowAnswer = Closed({ rows: Type.Integer(), tookMs: Type.Integer() })

export const ErrorAnswer = Closed({ error: Type.Object({ code: Type.String(), message: Type.String() }) })

export type UserAnswer = Static<typeof UserAnswer>
export type RoomsAnswer = Static<typeof RoomsAnswer>
export type RoomAnswer = Static<typeof RoomAnswer>
export type MembersAnswer = Static<typeof MembersAnswer>
export type SessionsAnswer = Static<typeof SessionsAnswer>
export type MentionsAnswer = Static<typeof MentionsAnswer>
export type ThreadAnswer = Static<typeof ThreadAnswer>
export type PageAnswer = Static<typeof PageAnswer>
export type ChangesAnswer = Static<typeof ChangesAnswer>
export type BotAnswer = Static<typeof BotAnswer>
export type SendAnswer = Static<typeof SendAnswer>
export type OfferedCommand = Static<typeof OfferedCommand>
export type CommandsAnswer = Static<typeof CommandsAnswer>
export type SyncShard = Static<typeof SyncShard>
export type SyncProcess = Static<typeof SyncProcess>
export type SyncAnswer = Static<typeof SyncAnswer>
export type SyncNowAnswer = Static<typeof SyncNowAnswer>
