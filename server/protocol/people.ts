// People and rooms as the browser sees them: the shapes of welcome and of HTTP answers.
import { Type, type Static } from 'typebox'
import { Closed, Id, Nullable, Seq, Time } from './schema.ts'

/** Somebody who says or does something. A bot's or a webhook's words say so; `icon` is one emoji shown as its face. */
export const Person = Closed({
  id: Id,
  name: Type.String(),
  bot: Type.Optional(Type.Literal(true)),
  icon: Type.Optional(Type.String()),
})
export type Person = Static<typeof Person>

/** Oneself. A guest has no password and can set one later; an administrator (`admin`) looks after this Brook. */
export const User = Closed({
  id: Id,
  name: Type.String(),
  guest: Type.Boolean(),
  admin: Type.Boolean(),
  bot: Type.Optional(Type.Literal(true)),
})
export type User = Static<typeof User>

/** A user as others see them. */
export const personOf = ({ id, name, bot }: Pick<User, 'id' | 'name' | 'bot'>): Person =>
  bot === true ? { id, name, bot } : { id, name }

export const RoomKind = Type.Union([Type.Literal('public'), Type.Literal('private')])
export type RoomKind = Static<typeof RoomKind>

/** What somebody is in a room; rights.ts says what that lets them do. */
export const Role = Type.Union([Type.Literal('owner'), Type.Literal('moderator'), Type.Literal('member')])
export type Role = Static<typeof Role>

/** Who may read what a message said before it was edited; `moderators`: and owners. */
export const RevisionReaders = Type.Union([
  Type.Literal('everyone'),
  Type.Literal('moderators'),
  Type.Literal('nobody'),
])
export type RevisionReaders = Static<typeof RevisionReaders>

/**
 * A room in somebody's list. `head` is its newest number, `read` how far this person has read, in which `turn` (see
 * position.ts; none is 0), `unread` the
 * messages of others after that (up to limits.unreadMost), `mentions` those that name this person. `lastAt` is the time of the newest entry, null when unknown.
 */
export const RoomSummary = Closed({
  id: Id,
  name: Type.String(),
  kind: RoomKind,
  topic: Type.String(),
  /** True for the room every newcomer is in; it cannot be left. */
  isDefault: Type.Boolean(),
  joined: Type.Boolean(),
  role: Nullable(Role),
  revisions: Type.Optional(RevisionReaders),
  head: Seq,
  read: Seq,
  turn: Type.Optional(Seq),
  unread: Type.Integer({ minimum: 0 }),
  mentions: Type.Optional(Type.Integer({ minimum: 0 })),
  lastAt: Nullable(Time),
})
export type RoomSummary = Static<typeof RoomSummary>

export const Member = Closed({
  id: Id,
  name: Type.String(),
  role: Role,
  here: Type.Boolean(),
  bot: Type.Optional(Type.Literal(true)),
})
export type Member = Static<typeof Member>

export const SessionSummary = Closed({
  id: Id,
  current: Type.Boolean(),
  createdAt: Time,
  usedAt: Time,
  /** The browser's own words about itself, shortened; '' when it gave none. */
  agent: Type.String(),
})
export type SessionSummary = Static<typeof SessionSummary>
