// What a browser may say over the WebSocket. One JSON object a line, several lines a frame.
import { Type, type Static } from 'typebox'
import { limits } from './limits.ts'
import { Cid, Closed, Emoji, Id, Seq, Text } from './schema.ts'

/**
 * Where I was: per room the last number up to which I have everything. Rooms not named start at their head. Without
 * `rooms` a bot goes on from what it has acknowledged, and everybody else from the heads.
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

export const Send = Closed({
  type: Type.Literal('send'),
  room: Id,
  cid: Cid,
  text: Text,
  replyTo: Type.Optional(Seq),
  /** Said in the thread of this message, and in the room as well. */
  thread: Type.Optional(Seq),
  alsoInRoom: Type.Optional(Type.Boolean()),
})

/** `seq` is the message's number in each of these. */
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

/** With `thread` what is typed is a reply in it. */
export const Typing = Closed({ type: Type.Literal('typing'), room: Id, thread: Type.Optional(Seq) })

/**
 * I have read this room up to `seq`. Within a turn the pointer never goes back; a later `turn`, named by the time in ms,
 * leads it anywhere (see position.ts). Without a turn it is the one that stands.
 */
export const Read = Closed({ type: Type.Literal('read'), room: Id, seq: Seq, turn: Type.Optional(Seq) })

/**
 * A slash command: `/name args`. Its answer is an ack (the bot's message), a note, or an error, each with this cid. Asked
 * in a thread, the bot's message is a reply there.
 */
export const SlashCommand = Closed({
  type: Type.Literal('command'),
  room: Id,
  cid: Cid,
  name: Type.String({ maxLength: 256 }),
  args: Type.String({ maxLength: limits.commands.argsChars }),
  thread: Type.Optional(Seq),
})

/** All commands by their type. */
export const commands = {
  resume: Resume,
  send: Send,
  edit: Edit,
  delete: Delete,
  react: React,
  pin: Pin,
  typing: Typing,
  read: Read,
  command: SlashCommand,
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

/** A frame's line that was understood, and is not yet allowed. */
export type Command = Resume | Send | Edit | Delete | React | Pin | Typing | Read | SlashCommand
