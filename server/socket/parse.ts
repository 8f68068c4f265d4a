// Parses a line of a frame into a request or a refusal. Nothing of the raw object goes further.
import { Type, type TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { requests, type Request } from '../protocol/requests.ts'
import type { Refusal } from '../protocol/errors.ts'

const validators = {
  resume: Compile(requests.resume),
  send: Compile(requests.send),
  edit: Compile(requests.edit),
  delete: Compile(requests.delete),
  react: Compile(requests.react),
  pin: Compile(requests.pin),
  typing: Compile(requests.typing),
  read: Compile(requests.read),
  command: Compile(requests.command),
  watch: Compile(requests.watch),
  idle: Compile(requests.idle),
}

const isKnown = (type: unknown): type is keyof typeof validators =>
  typeof type === 'string' && Object.hasOwn(validators, type)

/** The fields that a refused line named, so that the browser knows which of its requests it was. */
export interface Named {
  cid?: string
  room?: string
}

export type Parsed = { request: Request } | { refusal: Refusal; named: Named }

/** Trap: JSON.parse keeps an own `__proto__`; the request is rebuilt from its schema. */
export function parseRequest(line: string): Parsed {
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
  return { request: rebuilt(requests[type], raw) as Request }
}

/** A value that passed its schema, rebuilt with only the fields of the schema. */
function rebuilt(schema: TSchema, value: unknown): unknown {
  if (!Type.IsObject(schema)) return typeof value === 'object' && value !== null ? copied(value) : value
  const fields: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(schema.properties))
    if (Object.hasOwn(value as object, name))
      fields[name] = rebuilt(field, (value as Record<string, unknown>)[name])
  return fields
}

/** Lists and records. The schema's pattern for their keys does not allow `__proto__`. */
const copied = (value: object): object =>
  Array.isArray(value) ? value.slice() : Object.fromEntries(Object.entries(value))

function nameOf(raw: object): Named {
  const { cid, room } = raw as { cid?: unknown; room?: unknown }
  const named: Named = {}
  if (typeof cid === 'string' && cid.length <= 64) named.cid = cid
  if (typeof room === 'string' && room.length <= 20) named.room = room
  return named
}
