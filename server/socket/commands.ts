// What a connection may ask for, and what becomes of it: each command goes to its room of the house, and a refusal comes
// back under the command's cid.
import { isRefusal } from '../answer.ts'
import type { Bus } from '../bus.ts'
import type { Appended } from '../log/entry.ts'
import type { Pace } from '../pace.ts'
import type {
  Command,
  Delete,
  Edit,
  Pin,
  React,
  Read,
  Resume,
  Send,
  SlashCommand,
  Typing,
} from '../protocol/commands.ts'
import { closes, errors, type Refusal } from '../protocol/errors.ts'
import type { NoteEvent, ReadEvent } from '../protocol/events.ts'
import { limits } from '../protocol/limits.ts'
import type { Person } from '../protocol/people.ts'
import type { Position } from '../protocol/position.ts'
import type { Changes } from '../room/changes.ts'
import type { Rooms } from '../room/rooms.ts'
import type { Connection } from './connection.ts'
import type { Crowd } from './crowd.ts'
import { parseCommand, type Named } from './parse.ts'

export interface CommandOptions {
  rooms: Rooms
  changes: Changes
  crowd: Crowd
  bus: Bus
  paces: { send: Pace; botSend: Pace; typing: Pace; read: Pace; resume: Pace }
  /** Asked only for a room that this connection has not heard of joining yet. */
  isMember: (userId: string, room: string) => Promise<boolean>
  /** Asks for a slash command: the number of its answer, or a note for the asker. */
  run: (user: Person, command: SlashCommand) => Promise<{ message: Appended } | { note: NoteEvent } | Refusal>
  /** Where a bot goes on, by room: what it has acknowledged. */
  ackedBy: (botId: string) => Promise<Record<string, number>>
  /** True while passing things are let fall because the backlog is long. */
  isShedding: () => boolean
  /** Moves a person's read pointer; answers where it stands and what is unread after it. */
  markRead: (userId: string, room: string, to: Position) => Promise<Omit<ReadEvent, 'type' | 'room'>>
}

/** Takes one text frame: each line is a command of its own, and a bad one does not hinder the others. */
export function takeFrame(connection: Connection, text: string, options: CommandOptions): void {
  if (Buffer.byteLength(text) > limits.frameBytes) return refuseFrame(connection, { code: 'frame_too_large' })
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.length === 0) return refuseFrame(connection, { code: 'bad_frame' })
  if (lines.length > limits.frameCommands)
    return refuseFrame(connection, {
      code: 'frame_too_large',
      detail: `at most ${limits.frameCommands} commands`,
    })
  for (const line of lines) {
    const parsed = parseCommand(line)
    if ('command' in parsed) take(connection, parsed.command, options)
    else if (parsed.refusal.code === 'bad_frame') refuseFrame(connection, parsed.refusal)
    else tellRefusal(connection, parsed.refusal, parsed.named)
  }
}

function take(connection: Connection, command: Command, options: CommandOptions): void {
  switch (command.type) {
    case 'resume':
      return resume(connection, command, options)
    case 'send':
      return send(connection, command, options)
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
      return change(connection, command, options)
    case 'typing':
      return type(connection, command, options)
    case 'read':
      return read(connection, command, options)
    case 'command':
      return run(connection, command, options)
  }
}

function resume(connection: Connection, { rooms }: Resume, { crowd, paces, ackedBy }: CommandOptions): void {
  const wait = paces.resume.take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait })
  if (rooms !== undefined || connection.user.bot !== true) return crowd.release(connection, rooms ?? {})
  // Its rooms wait: without its cursors a bot would go on from the heads, and miss what it was away for.
  connection.isResuming = true
  ackedBy(connection.user.id)
    .then((cursors) => crowd.release(connection, cursors))
    .catch(() => {
      tellRefusal(connection, { code: 'unavailable', retryAfterMs: 5_000 })
      connection.close(closes.moving)
    })
    .finally(() => {
      connection.isResuming = false
    })
}

function send(connection: Connection, { type: _type, ...said }: Send, options: CommandOptions): void {
  append(connection, said, () => options.rooms.say(connection.person, said), options)
}

function change(connection: Connection, command: Edit | Delete | React | Pin, options: CommandOptions): void {
  const { person } = connection
  const { changes } = options
  const make = (): Promise<Appended | Refusal> => {
    switch (command.type) {
      case 'edit':
        return changes.edit(person, command)
      case 'delete':
        return changes.delete(person, command)
      case 'react':
        return changes.react(person, command)
      case 'pin':
        return changes.pin(person, command)
    }
  }
  append(connection, command, make, options)
}

/** What becomes an entry of a room: paced, for members alone, and answered with its number. */
function append(
  connection: Connection,
  { room, cid }: { room: string; cid: string },
  make: () => Promise<Appended | Refusal>,
  { paces, isMember }: CommandOptions,
): void {
  const named = { cid, room }
  const wait = (connection.user.bot === true ? paces.botSend : paces.send).take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait }, named)
  connection.begin()
  mayEnter(connection, room, isMember)
    .then((may) => (may ? make() : ({ code: 'not_found' } as const)))
    .then((outcome) => {
      if (isRefusal(outcome)) tellRefusal(connection, outcome, named)
      else connection.tell({ type: 'ack', cid, room, seq: outcome.seq, at: outcome.at })
    })
    .catch(() => tellRefusal(connection, { code: 'internal' }, named))
    .finally(() => connection.done())
}

/** The asker hears of it on all their connections; the acknowledgement is for this one alone. */
function run(
  connection: Connection,
  command: SlashCommand,
  { bus, paces, isMember, run: ask }: CommandOptions,
): void {
  const { room, cid } = command
  const named = { cid, room }
  const wait = paces.send.take(connection.user.id)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait }, named)
  connection.begin()
  mayEnter(connection, room, isMember)
    .then((may) => (may ? ask(connection.person, command) : { code: 'not_found' as const }))
    .then((told) => {
      if (isRefusal(told)) tellRefusal(connection, told, named)
      else if ('message' in told) connection.tell({ type: 'ack', cid, room, ...told.message })
      else bus.publish({ kind: 'note', user: connection.user.id, note: told.note })
    })
    .catch(() => tellRefusal(connection, { code: 'internal' }, named))
    .finally(() => connection.done())
}

/** A word may come just after its speaker joined, before the notice of it: then the list of members decides. */
async function mayEnter(
  connection: Connection,
  room: string,
  isMember: CommandOptions['isMember'],
): Promise<boolean> {
  return connection.rooms.has(room) || isMember(connection.user.id, room)
}

function type(
  connection: Connection,
  { room, thread }: Typing,
  { bus, paces, isShedding }: CommandOptions,
): void {
  // Passing and unimportant: what is too much, or not theirs, is let fall without a word.
  if (!connection.rooms.has(room) || isShedding() || paces.typing.take(connection.user.id) > 0) return
  bus.publish({ kind: 'typing', room, user: connection.person, ...(thread === undefined ? {} : { thread }) })
}

function read(
  connection: Connection,
  { room, seq, turn = connection.turns.get(room) ?? 0 }: Read,
  { bus, paces, markRead }: CommandOptions,
): void {
  const userId = connection.user.id
  if (!connection.rooms.has(room)) return tellRefusal(connection, { code: 'not_found' }, { room })
  const wait = paces.read.take(userId)
  if (wait > 0) return tellRefusal(connection, { code: 'too_many', retryAfterMs: wait }, { room })
  markRead(userId, room, { turn, seq })
    .then((mark) => bus.publish({ kind: 'read', user: userId, room, ...mark }))
    .catch(() => tellRefusal(connection, { code: 'internal' }, { room }))
}

function refuseFrame(connection: Connection, refusal: Refusal): void {
  connection.badFrames += 1
  if (connection.badFrames > limits.badFrames) return connection.close(closes.abuse)
  tellRefusal(connection, refusal)
}

function tellRefusal(
  connection: Connection,
  { code, detail, retryAfterMs }: Refusal,
  named: Named = {},
): void {
  const { words } = errors[code]
  const message = detail === undefined ? words : `${words} (${detail})`
  connection.tell({
    ...{ type: 'error', code, message, ...named },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })
}
