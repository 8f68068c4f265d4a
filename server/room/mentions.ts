// Whom a text names: `@` and the name of somebody in the room, in any script; `@room` for everybody in it and `@here` for
// those who are here at that moment. Found once, when it is said: a later rename changes nothing. Speech never waits for it.
import type { Mention } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey } from '../protocol/names.ts'
import type { Member, Person, RoomKind } from '../protocol/people.ts'
import * as rights from '../protocol/rights.ts'

/** Who is in a room. */
export interface Circle {
  kind: RoomKind
  members: readonly Member[]
  total: number
}

export interface MentionParts {
  circleOf: (userId: string, room: string) => Promise<Circle | undefined>
  isAdministrator: (userId: string) => boolean
  /** Hears of each look. `late` and `failed`: nobody was named, for the room could not be looked up in time. */
  onLooked?: (outcome: Looked) => void
}

/** Somebody was named; nobody was; or it could not be known. */
export type Looked = 'found' | 'nobody' | 'late' | 'failed'

/** Whom a text names. It must not throw: a name is not worth a message. */
export type MentionsOf = (user: Person, room: string, text: string) => Promise<Mention[]>

const { names: mostNames, waitMs } = limits.mentions

/** Looks up whom people name. While MySQL is away, or slow, nobody is: the words are said all the same. */
export const findMentions =
  ({ circleOf, isAdministrator, onLooked }: MentionParts) =>
  async (user: Person, room: string, text: string): Promise<Mention[]> => {
    const late = AbortSignal.timeout(waitMs)
    const given = new Promise<'late'>((resolve) => late.addEventListener('abort', () => resolve('late')))
    const asked = circleOf(user.id, room).catch(() => 'failed' as const)
    const circle = await Promise.race([asked, given])
    if (typeof circle !== 'object') {
      onLooked?.(circle ?? 'failed')
      return []
    }
    const named = mentionsIn(text, circle, user, mayNameAll(circle, user, isAdministrator(user.id)))
    onLooked?.(named.length > 0 ? 'found' : 'nobody')
    return named
  }

/** `@room` and `@here` are for those who have the right, and never for a program. */
export function mayNameAll(
  { kind, members, total }: Circle,
  user: Person,
  isAdministrator: boolean,
): boolean {
  const role = members.find(({ id }) => id === user.id)?.role ?? 'member'
  return user.bot !== true && rights.mayNameAll({ kind, role, admin: isAdministrator }, total)
}

/** Code is quoted, not said. */
const withoutCode = (text: string): string =>
  text.replace(/```[\s\S]*?(?:```|$)|`[^`\n]*`/g, (code) => ' '.repeat(code.length))

const spaceless = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Thai}\p{sc=Hang}]/u
const wordly = /[\p{L}\p{N}_]/u

/** In the order of the text, each name once. Nobody names themselves. */
export function mentionsIn(text: string, circle: Circle, user: Person, mayAll: boolean): Mention[] {
  const byName = new Map(circle.members.map(({ id, name }) => [nameKey(name), [id]]))
  if (mayAll) {
    byName.set(
      'room',
      circle.members.map(({ id }) => id),
    )
    byName.set(
      'here',
      circle.members.filter(({ here }) => here).map(({ id }) => id),
    )
  }
  const keys = [...byName.keys()]
  const found = new Map<string, string[]>()
  const plain = withoutCode(text)
  for (const { index } of [
    ...plain.matchAll(/(?<![\p{L}\p{N}_.@/])@(?=\S)|(?<=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}])@(?=\S)/gu),
  ].slice(0, mostNames)) {
    const rest = plain.slice(index + 1, index + 1 + 2 * limits.nameChars)
    const name = mayBegin(rest, keys) ? longest(rest, byName) : undefined
    const ids = name === undefined ? [] : (byName.get(nameKey(name)) ?? []).filter((id) => id !== user.id)
    if (name !== undefined && ids.length > 0) found.set(name, ids)
  }
  return [...found].map(([name, ids]) => ({ name, ids }))
}

/**
 * False where no name begins: asked once of each `@`, for comparing every beginning costs. What follows a name may change
 * its last letters (a mark joins the one before it), so those are left open.
 */
function mayBegin(rest: string, keys: readonly string[]): boolean {
  const whole = nameKey(rest)
  return keys.some((key) => whole.startsWith(key.slice(0, -2)))
}

/** The longest beginning of `rest` that is a name. `@Ann` is not in `@Anna`; Chinese needs no space after a name. */
function longest(rest: string, names: ReadonlyMap<string, unknown>): string | undefined {
  const chars = [...rest].slice(0, limits.nameChars + 1)
  for (let length = Math.min(chars.length, limits.nameChars); length > 0; length--) {
    const [last, next] = [chars[length - 1] ?? '', chars[length] ?? '']
    if (last.trim() === '') continue
    if (wordly.test(last) && wordly.test(next) && !spaceless.test(last) && !spaceless.test(next)) continue
    const name = chars.slice(0, length).join('')
    if (names.has(nameKey(name))) return name
  }
  return undefined
}
