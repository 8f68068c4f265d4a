// The requests and answers of HTTP. The routes build OpenAPI from these; the browser imports their types.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { cardFields } from './link-cards.ts'
import { MemberSettingsBody } from './member-setting-fields.ts'
import { pollFields } from './polls.ts'
import { Member, NamedKind, Person, Role, RoomSummary, SessionSummary, User } from './people.ts'
import { sentFields, shownFields } from './message.ts'
import { askedSettings, settingNotices } from './room-setting-fields.ts'
import type { SettingNotice } from './room-settings.ts'
import {
  Cid,
  Closed,
  EntrySeq,
  Emoji,
  Id,
  Limit,
  Line,
  NextQuery,
  Nullable,
  Seq,
  SeqQuery,
  Text,
  Time,
} from './schema.ts'

const Name = Line(limits.nameChars)
const Password = Line(limits.passwordChars.max)

/** The code of the link by which somebody comes. */
const Code = Type.String({ maxLength: 64 })

export const GuestBody = Closed({ name: Name, invite: Type.Optional(Code) })
export const SignUpBody = Closed({ name: Name, password: Password, invite: Type.Optional(Code) })
export const OwnerBody = Closed({ code: Code, name: Name, password: Password })
export const CredentialsBody = Closed({ name: Name, password: Password })
export const PasswordBody = Closed({ password: Password, current: Type.Optional(Password) })
export const UserAnswer = Closed({ user: User })
export const SessionsAnswer = Closed({ sessions: Type.Array(SessionSummary) })

export const RoomBody = Closed({
  name: Line(limits.roomNameChars),
  kind: NamedKind,
  topic: Type.Optional(Line(limits.topicChars)),
})
/** New settings of a room: at least one of these. */
export const RoomChangeBody = Type.Object(askedSettings, { additionalProperties: false, minProperties: 1 })
export const MemberBody = Closed({ name: Name })
export const RoleBody = Closed({ role: Role })
/** Who is the owner from now on, and what whoever gives the room away is then. */
export const HandOverBody = Closed({
  user: Id,
  own: Type.Optional(
    Type.Unsafe<'moderator' | 'member'>(
      Type.Union([Type.Literal('moderator'), Type.Literal('member')], { default: 'moderator' }),
    ),
  ),
})
export const RoomsAnswer = Closed({ rooms: Type.Array(RoomSummary) })
export const RoomAnswer = Closed({ room: RoomSummary })
/** By name; the `total` is that of the room, and `next` is null on the last page. */
export const MembersAnswer = Closed({
  members: Type.Array(Member),
  total: Type.Integer(),
  next: Nullable(Type.String()),
})
export const MembersQuery = Closed({
  after: NextQuery('^[1-9][0-9]{0,18}$'),
  limit: Limit(limits.membersListed, limits.membersListed),
})

export { MemberSettingsBody }

export const RoomParams = Closed({ room: Id })
export const MemberParams = Closed({ room: Id, user: Id })
export const SessionParams = Closed({ session: Id })

/** At most one of before (exclusive), after (exclusive) and around; none means the newest page. */
export const PageQuery = Closed({
  before: SeqQuery('messages below this number; without before, after and around, the newest'),
  after: SeqQuery('messages above this number; without it, see before'),
  around: SeqQuery('messages on both sides of this number; without it, see before'),
  limit: Limit(limits.page.default, limits.page.max),
  asOf: SeqQuery(
    'the room as it was at this number; what has been deleted since stays deleted. Without it, as it is',
  ),
  view: Type.Optional(
    Type.Literal('room', {
      description: 'only what the room shows; without it, also replies that are only in their threads',
    }),
  ),
})
export const ChangesQuery = Closed({
  after: Seq,
  limit: Limit(limits.page.max, limits.page.max),
})

/** One emoji on a message, and the people who reacted with it in that order, each with the number of that entry. */
export const Reaction = Closed({
  emoji: Type.String(),
  users: Type.Array(Closed({ id: Id, name: Type.String(), seq: Seq })),
})
export type Reaction = Static<typeof Reaction>

/**
 * What a person reads, by its number: a message or a notice. `updatedSeq` is the number of the last entry that
 * changed it (its own at first). A deleted message keeps its number, and nothing of its text.
 */
const said = { seq: Seq, updatedSeq: Seq, user: Person, at: Time }
const FixedNotice = Type.Union([
  /** `people`: of a direct room, who else is in it. */
  Closed({ kind: Type.Literal('created'), people: Type.Optional(Type.Array(Person)) }),
  Closed({ kind: Type.Literal('joined') }),
  Closed({ kind: Type.Literal('left') }),
  Closed({ kind: Type.Literal('added'), person: Person }),
  Closed({ kind: Type.Literal('removed'), person: Person }),
  /** `own`: whoever made somebody an owner in their own place has this role from then on. */
  Closed({ kind: Type.Literal('role'), person: Person, role: Role, own: Type.Optional(Role) }),
  /** The room was deleted; `shown`: to everybody, before. */
  Closed({ kind: Type.Literal('deleted'), shown: Type.Boolean() }),
  Closed({ kind: Type.Literal('undeleted') }),
  /** Somebody in a direct room would have it become a private one of this name; somebody would not; it is one now. */
  Closed({ kind: Type.Literal('asked_private'), name: Type.String() }),
  Closed({ kind: Type.Literal('kept_direct') }),
  Closed({ kind: Type.Literal('made_private'), name: Type.String() }),
  /** Numbers that neither store has any more: see log/remains.ts. */
  Closed({ kind: Type.Literal('lost'), from: Seq, to: Seq }),
])
/** Something that happened to a room and is not a message; also a changed setting. */
export type Notice = Static<typeof FixedNotice> | SettingNotice
export const NoticeBody = Type.Unsafe<Notice>(Type.Union([...FixedNotice.anyOf, ...settingNotices]))
/**
 * The thread that begins with a message: how many replies it has had (deleted ones count), the newest, and the
 * authors of the newest, at most limits.threads.faces.
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
  kind: Type.Union([Type.Literal('message'), Type.Literal('poll')]),
  cid: Cid,
  ...shownFields,
  deletedAt: Nullable(Time),
  /** In the order of the first reaction of each emoji. */
  reactions: Type.Array(Reaction),
  /** When it was pinned to its room, and by whom; missing if it is not pinned. */
  pinnedAt: Type.Optional(Time),
  pinnedBy: Type.Optional(Closed({ id: Id, name: Type.String() })),
  /** The thread that begins with it; missing before the first reply. */
  threaded: Type.Optional(ThreadSummary),
  /** It is deleted because it was older than so many days, as is everything before it in the room. */
  expired: Type.Optional(Type.Integer({ minimum: 1 })),
  ...pollFields,
  ...cardFields,
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
  /** The newest number that this page knows of: the messages are in the state at that number. */
  upTo: Seq,
})

export const ThreadParams = Closed({ room: Id, root: EntrySeq })
/** At most one of before and after, both exclusive; none means the newest replies. */
export const ThreadQuery = Closed({
  before: SeqQuery('replies below this number; without before and after, the newest'),
  after: SeqQuery('replies above this number; without it, see before'),
  limit: Limit(limits.page.default, limits.page.max),
})
/** The root message of the thread, and a page of its replies; `upTo` as in a page. */
export const ThreadAnswer = Closed({
  root: SpokenMessage,
  messages: Type.Array(Message),
  hasBefore: Type.Boolean(),
  hasAfter: Type.Boolean(),
  upTo: Seq,
})
/**
 * `head` is the number up to which these changes are complete once `more` is false. `anew`: everything that somebody had said was
 * deleted or restored within them, so whoever keeps the room's messages reads them again.
 */
export const ChangesAnswer = Closed({
  messages: Type.Array(Message),
  head: Seq,
  more: Type.Boolean(),
  anew: Type.Optional(Type.Literal(true)),
})

/** Last pinned first. */
export const PinsAnswer = Closed({ pins: Type.Array(SpokenMessage) })
export type PinsAnswer = Static<typeof PinsAnswer>

/** One text that a message had: since `at`, by entry `seq`; the first is the message itself. */
export const Revision = Closed({ seq: Seq, at: Time, user: Person, text: Type.String() })
export type Revision = Static<typeof Revision>
/** Oldest first, today's text last. `more`: older ones are left out. */
export const RevisionsAnswer = Closed({ revisions: Type.Array(Revision), more: Type.Boolean() })
export type RevisionsAnswer = Static<typeof RevisionsAnswer>

/** `before`: the `next` of the previous page. */
export const MentionsQuery = Closed({
  before: NextQuery('^[0-9]{1,16}-[1-9][0-9]{0,18}-[0-9]{1,16}$'),
  limit: Limit(limits.page.default, limits.page.max),
})
/** Newest first; `next` is null on the last page. */
export const MentionsAnswer = Closed({
  mentions: Type.Array(Closed({ room: Id, unread: Type.Boolean(), message: SpokenMessage })),
  next: Nullable(Type.String()),
})

export const MessageParams = Closed({ room: Id, seq: EntrySeq })
export const ReactionParams = Closed({ room: Id, seq: EntrySeq, emoji: Emoji })
export const EditBody = Closed({ cid: Cid, text: Text })
export const CidBody = Closed({ cid: Cid })
export const SendBody = Closed({ cid: Cid, ...sentFields })
export const SendAnswer = Closed({ seq: Seq, at: Time })

/** A slash command: its name, its arguments, what it does, and the bot that answers, if there is one. */
const CommandName = Type.String({ pattern: `^[a-z][a-z0-9_-]{0,${limits.commands.nameChars - 1}}$` })
export const OfferedCommand = Closed({
  name: CommandName,
  usage: Type.String({ maxLength: limits.commands.usageChars }),
  help: Type.String({ maxLength: limits.commands.helpChars }),
  user: Type.Optional(Person),
})
export const CommandsAnswer = Closed({ commands: Type.Array(OfferedCommand) })
export const CommandBody = Closed({
  cid: Cid,
  name: Type.String({ maxLength: 256 }),
  args: Type.String({ maxLength: limits.commands.argsChars }),
  /** Asked in the thread of this message: the bot answers there. */
  thread: Type.Optional(Seq),
})
const Note = Closed({
  type: Type.Literal('note'),
  room: Id,
  cid: Cid,
  user: Type.Optional(Person),
  text: Type.String(),
  at: Time,
  name: Type.Optional(Type.String()),
  thread: Type.Optional(Seq),
  failed: Type.Optional(Type.Literal(true)),
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

export { ErrorAnswer, nothing, refusals } from './schema.ts'

export type RoomChangeBody = Static<typeof RoomChangeBody>
export type UserAnswer = Static<typeof UserAnswer>
export type RoomsAnswer = Static<typeof RoomsAnswer>
export type RoomAnswer = Static<typeof RoomAnswer>
export type MembersAnswer = Static<typeof MembersAnswer>
export type SessionsAnswer = Static<typeof SessionsAnswer>
export type MentionsAnswer = Static<typeof MentionsAnswer>
export type ThreadAnswer = Static<typeof ThreadAnswer>
export type PageAnswer = Static<typeof PageAnswer>
export type ChangesAnswer = Static<typeof ChangesAnswer>
export type SendAnswer = Static<typeof SendAnswer>
export type OfferedCommand = Static<typeof OfferedCommand>
export type CommandsAnswer = Static<typeof CommandsAnswer>
