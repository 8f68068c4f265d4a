// What a browser may send over the WebSocket. One JSON object per line, several lines per frame.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { sentFields } from './message.ts'
import { Cid, Closed, Emoji, Id, Seq, Text } from './schema.ts'

/**
 * For each room, the last number up to which the client has everything. Rooms that are not named start at their head.
 * Without `rooms`, a bot continues from its last acknowledgement, and everybody else from the heads.
 */
export const Resume = Closed({
  type: Type.Literal('resume'),
  rooms: Type.Optional(
    Type.Record(Type.String({ pattern: '^[1-9][0-9]{0,18}$' }), Seq, {
      maxProperties: limits.resumeRooms,
      additionalProperties: false,
    }),
  ),
})

export const Send = Closed({ type: Type.Literal('send'), room: Id, cid: Cid, ...sentFields })

/** In each of these, `seq` is the message's number. */
export const Edit = Closed({ type: Type.Literal('edit'), room: Id, seq: Seq, cid: Cid, text: Text })
export const Delete = Closed({ type: Type.Literal('delete'), room: Id, seq: Seq, cid: Cid })
export const React = Closed({
  type: Type.Literal('react'),
  room: Id,
  seq: Seq,
  cid: Cid,
  emoji: Emoji,
  on: Type.Boolean(),
})

export const Pin = Closed({ type: Type.Literal('pin'), room: Id, seq: Seq, cid: Cid, on: Type.Boolean() })

/** With `thread`, the person is typing a reply in it. */
export const Typing = Closed({ type: Type.Literal('typing'), room: Id, thread: Type.Optional(Seq) })

/**
 * This person has read this room up to `seq`. Within a turn the pointer never goes back; a later `turn`, named by its
 * time in ms, moves it anywhere (see position.ts). Without a turn, the current one applies.
 */
export const Read = Closed({
  type: Type.Literal('read'),
  room: Id,
  seq: Seq,
  turn: Type.Optional(Seq),
  /** Counts what is unread in the room's threads too. */
  recount: Type.Optional(Type.Literal(true)),
})

/** Tells how these people look, now and when it changes; nobody else any more. Answered with `looks`. */
export const Watch = Closed({
  type: Type.Literal('watch'),
  people: Type.Array(Id, { maxItems: limits.presence.watched }),
})

/** Whether this device is idle: without input for limits.presence.idleAfterMs, or hidden. It is not, until it says so. */
export const Idle = Closed({ type: Type.Literal('idle'), on: Type.Boolean() })

/**
 * A slash command: `/name args`. Its answer is an ack (the bot's message), a note, or an error, each with this cid.
 * If it was asked in a thread, the bot's message is a reply there.
 */
export const SlashCommand = Closed({
  type: Type.Literal('command'),
  room: Id,
  cid: Cid,
  name: Type.String({ maxLength: 256 }),
  args: Type.String({ maxLength: limits.commands.argsChars }),
  thread: Type.Optional(Seq),
})

/** All requests by their type. */
export const requests = {
  resume: Resume,
  send: Send,
  edit: Edit,
  delete: Delete,
  react: React,
  pin: Pin,
  typing: Typing,
  read: Read,
  command: SlashCommand,
  watch: Watch,
  idle: Idle,
} as const

export type Resume = Static<typeof Resume>
export type Send = Static<typeof Send>
export type Edit = Static<typeof Edit>
export type Delete = Static<typeof Delete>
export type React = Static<typeof React>
export type Pin = Static<typeof Pin>
export type SlashCommand = Static<typeof SlashCommand>
export type Typing = Static<typeof Typing>
export type Read = Static<typeof Read>
export type Watch = Static<typeof Watch>
export type Idle = Static<typeof Idle>

/** A line of a frame, parsed but not yet allowed. */
export type Request =
  | Resume
  | Send
  | Edit
  | Delete
  | React
  | Pin
  | Typing
  | Read
  | SlashCommand
  | Watch
  | Idle
