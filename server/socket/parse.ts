// A line of a frame becomes a command, or a refusal. Nothing of the raw object goes further than this.
import { Compile } from 'typebox/compile'
import { commands, type Command } from '../protocol/commands.ts'
import type { Refusal } from '../protocol/errors.ts'

const validators = {
  resume: Compile(commands.resume),
  send: Compile(commands.send),
  edit: Compile(commands.edit),
  delete: Compile(commands.delete),
  react: Compile(commands.react),
  pin: Compile(commands.pin),
  typing: Compile(commands.typing),
  read: Compile(commands.read),
  command: Compile(commands.command),
}

const isKnown = (type: unknown): type is keyof typeof validators =>
  typeof type === 'string' && Object.hasOwn(validators, type)

/** What a refused line named, so that the browser can tell which of its commands it was. */
export interface Named {
  cid?: string
  room?: string
}

export type Parsed = { command: Command } | { refusal: Refusal; named: Named }

/** Trap: JSON.parse keeps an own `__proto__`; the command is built anew, field by field. */
export function parseCommand(line: string): Parsed {
  let raw: unknown
  try {
    raw = JSON.parse(line)
  } catch {
    return { refusal: { code: 'bad_frame' }, named: {} }
  }
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw))
    return { refusal: { code: 'bad_frame' }, named: {} }
  const { type } = raw as { type?: unknown }
  const named = nameOf(raw)
  if (!isKnown(type)) return { refusal: { code: 'unknown_type' }, named }
  const validator = validators[type]
  if (!validator.Check(raw)) {
    const [first] = validator.Errors(raw)
    const detail = `${first?.instancePath ?? ''} ${first?.message ?? ''}`.trim()
    const code = first?.schemaPath === '#/properties/cid' ? 'bad_cid' : 'bad_request'
    return { refusal: { code, detail }, named }
  }
  return { command: rebuild(raw as Command) }
}

function rebuild(raw: Command): Command {
  switch (raw.type) {
    case 'resume':
      return raw.rooms === undefined
        ? { type: 'resume' }
        : { type: 'resume', rooms: Object.fromEntries(Object.entries(raw.rooms)) }
    case 'send': {
      const { room, cid, text, replyTo, thread, alsoInRoom } = raw
      return {
        ...{ type: 'send', room, cid, text },
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(thread === undefined ? {} : { thread }),
        ...(alsoInRoom === undefined ? {} : { alsoInRoom }),
      }
    }
    case 'edit':
      return { type: 'edit', room: raw.room, seq: raw.seq, cid: raw.cid, text: raw.text }
    case 'delete':
      return { type: 'delete', room: raw.room, seq: raw.seq, cid: raw.cid }
    case 'react': {
      const { room, seq, cid, emoji, on } = raw
      return { type: 'react', room, seq, cid, emoji, on }
    }
    case 'pin':
      return { type: 'pin', room: raw.room, seq: raw.seq, cid: raw.cid, on: raw.on }
    case 'typing':
      return { type: 'typing', room: raw.room, ...(raw.thread === undefined ? {} : { thread: raw.thread }) }
    case 'read':
      return raw.turn === undefined
        ? { type: 'read', room: raw.room, seq: raw.seq }
        : { type: 'read', room: raw.room, seq: raw.seq, turn: raw.turn }
    case 'command': {
      const { room, cid, name, args, thread } = raw
      return { type: 'command', room, cid, name, args, ...(thread === undefined ? {} : { thread }) }
    }
  }
}

function nameOf(raw: object): Named {
  const { cid, room } = raw as { cid?: unknown; room?: unknown }
  const named: Named = {}
  if (typeof cid === 'string' && cid.length <= 64) named.cid = cid
  if (typeof room === 'string' && room.length <= 20) named.room = room
  return named
}
