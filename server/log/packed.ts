// How an entry stands in the stream: two fields, its number `seq` and `e`, the packed rest. append.lua adds the number.
// The form before this one is in flat-fields.ts.
import { BadEntry, type Draft } from './entry.ts'

/** What every entry says about itself. Undefined: it does not say so, or not as text. */
export interface Envelope {
  room: string | undefined
  type: string | undefined
  user: string | undefined
  name: string | undefined
  cid: string | undefined
  isBot: boolean
  icon: string | undefined
  /** What it says beyond its type: an object, or it is undefined. */
  body: Record<string, unknown> | undefined
}

/**
 * `e` is a JSON array: body, room, type, the user's id and name, cid; then 1 for a bot (else 0) and its icon, where there is
 * something to say. Later versions may add to its end. Invariant: it begins with `[{` and the body's first field, for
 * append.lua puts fields before that one.
 */
export function packDraft({ room, user, cid, body }: Draft): string {
  const { type, ...rest } = body
  const packed: unknown[] = [rest, room, type, user.id, user.name, cid]
  if (user.bot === true || user.icon !== undefined) packed.push(user.bot === true ? 1 : 0)
  if (user.icon !== undefined) packed.push(user.icon)
  return JSON.stringify(packed)
}

/** @throws BadEntry when `e` is no JSON array */
export function unpack(e: string, idText: string): Envelope {
  const parts = parsed(e)
  if (!Array.isArray(parts)) throw new BadEntry(`entry ${idText} has a bad e`)
  const [body, room, type, user, name, cid, bot, icon] = parts as unknown[]
  return {
    room: textOf(room),
    type: textOf(type),
    user: textOf(user),
    name: textOf(name),
    cid: textOf(cid),
    isBot: bot === 1,
    icon: textOf(icon),
    body: objectOf(body),
  }
}

/** What a JSON text says; undefined when it is none. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

export const objectOf = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined

const textOf = (part: unknown): string | undefined => (typeof part === 'string' ? part : undefined)
