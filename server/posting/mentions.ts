// Whom a text names: `@` and the name of somebody in the room, in any script; `@room` for everybody in it and `@here` for
// those who are here at that moment. Found once, when it is said: a later rename changes nothing. Speech never waits for it.
import type { Mention } from '../protocol/message.ts'
import { limits } from '../protocol/limits.ts'
import { nameKey, spokenKey } from '../protocol/names.ts'
import { openEnd, type NameIndex } from '../membership/name-index.ts'
import type { PeopleInRoom } from '../membership/people-in-room.ts'
import type { Person } from '../protocol/people.ts'
import * as rights from '../protocol/rights.ts'
import { beginsName, endsName } from '../text/mention-edges.ts'
import { partsIn, treeOf } from '../text/tree.ts'
import type { Passed } from './gate.ts'

export interface MentionDeps {
  /** Who is in a room: at once where it is known; undefined: there is no such room. */
  people: { of: (room: string) => PeopleInRoom | Promise<PeopleInRoom | undefined> }
  presence: { isHere: (userId: string) => boolean }
  groups?: NamedGroups
  /** Hears of each look. `late` and `failed`: nobody was named, for the room could not be looked up in time. */
  onLooked?: (outcome: Looked) => void
}

/** Groups by their names; `names` is undefined where there are none. */
export interface NamedGroups {
  readonly names: Pick<NameIndex, 'longestIn' | 'idOf'> | undefined
  membersOf: (group: string) => readonly string[]
}

/** Somebody was named; nobody was; or it could not be known. */
export type Looked = 'found' | 'nobody' | 'late' | 'failed'

const { names: maxNames, waitMs } = limits.mentions

/**
 * Looks up whom people name. While MySQL is away, or slow, and the room is not known, nobody is: the words are said all the
 * same.
 */
export class Mentions {
  readonly #deps: MentionDeps

  constructor(deps: MentionDeps) {
    this.#deps = deps
  }

  /** Whom a text names. It does not throw: a name is not worth a message. */
  async of({ person, admin, lacks }: Passed, room: string, text: string): Promise<Mention[]> {
    const { people: rooms, presence, groups, onLooked } = this.#deps
    if (!text.includes('@')) return []
    const asked = rooms.of(room)
    const people = asked instanceof Promise ? await inTime(asked) : asked
    if (typeof people !== 'object') {
      onLooked?.(people ?? 'failed')
      return []
    }
    // Whoever may not mention many at once does not by a group either.
    const mayMany = lacks?.includes('mentionAll') !== true
    const mayAll = mayMany && mayNameAll(people, person, admin)
    const isHere = (userId: string): boolean => presence.isHere(userId)
    const named = mentionsIn(text, person, { people, mayAll, isHere, groups: mayMany ? groups : undefined })
    onLooked?.(named.length > 0 ? 'found' : 'nobody')
    return named
  }
}

function inTime<T>(asked: Promise<T>): Promise<T | 'late' | 'failed'> {
  const signal = AbortSignal.timeout(waitMs)
  const late = new Promise<'late'>((resolve) => signal.addEventListener('abort', () => resolve('late')))
  return Promise.race([asked.catch(() => 'failed' as const), late])
}

/** `@room` and `@here` are for those who have the right, and never for a program. */
export function mayNameAll(people: PeopleInRoom, user: Person, isAdministrator: boolean): boolean {
  const { kind, total } = people
  const role = people.roleOf(user.id) ?? 'member'
  return user.bot !== true && rights.mayNameAll({ kind, role, admin: isAdministrator }, total)
}

/** Whom a name can mean. */
export interface Nameable {
  people: PeopleInRoom
  /** `@room` and `@here` mean many. */
  mayAll: boolean
  isHere: (userId: string) => boolean
  groups?: NamedGroups | undefined
}

/** In the order of the text, each name once; what is drawn as code, link or escaped names nobody. Nobody names themselves. */
export function mentionsIn(text: string, user: Person, nameable: Nameable): Mention[] {
  const looked = new Map<string, Mention | undefined>()
  const nameAt = (src: string, at: number): Mention | undefined => {
    const rest = src.slice(at, at + 2 * limits.nameChars + 2)
    if (!looked.has(rest) && looked.size < maxNames) looked.set(rest, longest(rest, nameable))
    return looked.get(rest)
  }
  // Most texts with an `@` name nobody: these are not parsed.
  if (namesIn(text, nameAt).length === 0) return []
  const blocks = treeOf(text, (src, at) => {
    const found = nameAt(src, at)
    return found && { length: found.name.length, mine: false }
  })
  const named = new Map(
    [...looked.values()].flatMap((found) => (found === undefined ? [] : [[found.name, found]])),
  )
  const drawn = [...partsIn(blocks)].flatMap((part) => (part.is === 'mention' ? [part.text.slice(1)] : []))
  const asTyped = blocks.flatMap((block) => (block.is === 'plain' ? namesIn(block.text, nameAt) : []))
  return [...new Set([...drawn, ...asTyped])].flatMap((name) => {
    const found = named.get(name)
    const others = (found?.ids ?? []).filter((id) => id !== user.id)
    return found === undefined || others.length === 0 ? [] : [{ ...found, ids: others }]
  })
}

/** The names after every `@` of a text without marks. */
const namesIn = (text: string, nameAt: (src: string, at: number) => Mention | undefined): string[] =>
  [...text.matchAll(/@/g)].flatMap(({ index }) => {
    const found = beginsName(text, index) ? nameAt(text, index + 1) : undefined
    return found === undefined ? [] : [found.name]
  })

/** The longest beginning of `rest` that is a name. `@Ann` is not in `@Anna`; Chinese needs no space after a name. */
function longest(rest: string, nameable: Nameable): Mention | undefined {
  const isAll = nameable.mayAll && /^(?:room|here)/iu.test(nameKey(rest))
  const { people, groups } = nameable
  const ofNames = Math.max(people.names.longestIn(rest), groups?.names?.longestIn(rest) ?? 0)
  const longestKey = Math.max(ofNames, isAll ? 'room'.length : 0)
  if (longestKey === 0) return undefined
  let found: Mention | undefined
  let name = ''
  for (const char of [...rest].slice(0, limits.nameChars)) {
    name += char
    if (!endsName(rest, name.length)) continue
    // What follows could take no more than its last letters away again.
    if (spokenKey(name).length > longestKey + openEnd) break
    found = meantBy(name, nameable) ?? found
  }
  return found
}

function meantBy(name: string, { people, mayAll, isHere, groups }: Nameable): Mention | undefined {
  const key = nameKey(name)
  if (mayAll && key === 'room') return { name, ids: people.ids() }
  if (mayAll && key === 'here') return { name, ids: people.ids().filter(isHere) }
  const id = people.names.idOf(name)
  if (id !== undefined) return { name, ids: [id] }
  const group = groups?.names?.idOf(name)
  if (groups === undefined || group === undefined) return undefined
  // Whoever is not in the room is not called into it.
  return { name, ids: groups.membersOf(group).filter((one) => people.roleOf(one) !== undefined), group }
}
