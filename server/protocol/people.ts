// People and rooms as the browser sees them: the shapes of welcome and of HTTP answers.
import { Type, type Static } from 'typebox'
import { shownMemberSettings } from './member-setting-fields.ts'
import { namedKinds, roomKindNames, type RoomKind as Kind } from './room-kinds.ts'
import { shownSettings } from './room-setting-fields.ts'
import { Closed, Id, Nullable, Seq, Time } from './schema.ts'

/**
 * Somebody who says or does something. `bot` marks messages of bots and webhooks; `icon` is one emoji shown as their
 * avatar.
 */
export const Person = Closed({
  id: Id,
  name: Type.String(),
  bot: Type.Optional(Type.Literal(true)),
  icon: Type.Optional(Type.String()),
})
export type Person = Static<typeof Person>

/** The signed-in person. A guest has no password and can set one later; `admin`: an administrator of this Brook. */
export const User = Closed({
  id: Id,
  name: Type.String(),
  guest: Type.Boolean(),
  admin: Type.Boolean(),
  bot: Type.Optional(Type.Literal(true)),
})
export type User = Static<typeof User>

/** Whoever does something, as the server knows them: with when they came, which nobody is told. */
export type Actor = User & { since?: number }

export const userOf = ({ since: _since, ...user }: Actor): User => user

/** A user as others see them. */
export const personOf = ({ id, name, bot }: Pick<User, 'id' | 'name' | 'bot'>): Person =>
  bot === true ? { id, name, bot } : { id, name }

export const RoomKind = Type.Unsafe<Kind>(Type.Union(roomKindNames.map((name) => Type.Literal(name))))
export type RoomKind = Kind
/** Of a room that is made with a name. */
export const NamedKind = Type.Unsafe<Kind>(Type.Union(namedKinds.map((name) => Type.Literal(name))))
export type { RevisionReaders } from './room-settings.ts'

/** Somebody's role in a room; rights.ts says what it permits. */
export const Role = Type.Union([Type.Literal('owner'), Type.Literal('moderator'), Type.Literal('member')])
export type Role = Static<typeof Role>

/**
 * A room in somebody's list. `head` is its newest number, `read` how far this person has read, in which `turn` (the
 * generation of position.ts; a missing one is 0), `unread` the messages of others after that (up to
 * limits.maxUnread), `mentions` those that mention this person, and replies in its threads that do, above how far
 * they have read each thread (`threadMentions` of them are not shown in the room). `lastAt` is the time of the newest entry, null if
 * unknown.
 */
export const RoomSummary = Closed({
  id: Id,
  name: Type.String(),
  kind: RoomKind,
  /** True for the room that every newcomer is in; nobody can leave it. */
  isDefault: Type.Boolean(),
  joined: Type.Boolean(),
  role: Nullable(Role),
  ...shownSettings,
  /** Names that it had of late, which still lead to it. */
  formerly: Type.Optional(Type.Array(Type.String())),
  head: Seq,
  read: Seq,
  turn: Type.Optional(Seq),
  unread: Type.Integer({ minimum: 0 }),
  mentions: Type.Optional(Type.Integer({ minimum: 0 })),
  threadMentions: Type.Optional(Type.Integer({ minimum: 0 })),
  lastAt: Nullable(Time),
  ...shownMemberSettings,
  /** Of a direct room: the others who are in it; nobody else: only you. Its `name` is made of theirs. */
  people: Type.Optional(Type.Array(Person)),
})
export type RoomSummary = Static<typeof RoomSummary>

export const Member = Closed({
  id: Id,
  name: Type.String(),
  role: Role,
  here: Type.Boolean(),
  bot: Type.Optional(Type.Literal(true)),
  /** They have no password: whoever has their browser is this person. */
  guest: Type.Optional(Type.Literal(true)),
})
export type Member = Static<typeof Member>

export const SessionSummary = Closed({
  id: Id,
  current: Type.Boolean(),
  createdAt: Time,
  usedAt: Time,
  /** The browser's description of itself, shortened; '' if there was none. */
  agent: Type.String(),
  /** What its owner calls it; null: nothing. */
  name: Nullable(Type.String()),
})
export type SessionSummary = Static<typeof SessionSummary>
