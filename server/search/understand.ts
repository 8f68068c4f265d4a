// Resolves the names in a query to rooms and people; only rooms that the person may read are found by name.
import type { Db } from '../db.ts'
import { idByName } from '../naming/names-taken.ts'
import type { SeenRoom } from '../membership/roster.ts'
import type { Refusal } from '../protocol/errors.ts'
import { limits } from '../protocol/limits.ts'
import type { User } from '../protocol/people.ts'
import {
  hasKinds,
  kindOf,
  parseQuery,
  spanOf,
  utc,
  type FilterName,
  type QueryProblem,
} from '../protocol/query.ts'
import type { SearchQuery } from '../protocol/search.ts'
import type { Query } from '../text/search/match.ts'
import { isMe, personKey, roomsNamed, roomsWith } from '../text/search/named-rooms.ts'

const words: Record<QueryProblem['kind'], (piece: string) => string> = {
  empty: () => 'there is no word in it',
  too_long: () => `it is longer than ${limits.search.queryChars} characters`,
  too_many: () => `it has more than ${limits.search.pieces} words and filters`,
  bad_date: (piece) => `"${piece}" is no day; write it as 2026-11-21, 2026-11 or 2026`,
  bad_has: (piece) => `has: takes ${hasKinds.join(', ')}, not "${piece}"`,
  no_value: (piece) => `nothing follows ${piece}`,
}

const bad = (kind: QueryProblem['kind'], piece = ''): Refusal => ({
  code: 'bad_query',
  detail: words[kind](piece),
})

/** What to search for, and in which of these rooms. */
export async function understand(
  db: Db,
  user: User,
  { q = '', room, from, before, after, has }: SearchQuery,
  rooms: readonly SeenRoom[],
): Promise<(Query & { rooms: string[] }) | Refusal> {
  const query = parseQuery(q)
  const { problem, filters } = query
  const isNarrowed = [room, from, before, after, has].some((given) => given !== undefined)
  if (problem !== undefined && !(problem.kind === 'empty' && isNarrowed))
    return bad(problem.kind, problem.piece)
  const values = (name: FilterName): string[] =>
    filters.filter((filter) => filter.name === name).map(({ value }) => value)
  const written = [...values('has'), ...(has === undefined ? [] : has.split(','))].map((kind) => kind.trim())
  const wrong = written.find((kind) => kindOf(kind) === undefined)
  if (wrong !== undefined) return bad('bad_has', wrong)

  const partners = await Promise.all(values('with').map((name) => peopleNamed(db, user, [name])))
  if (partners.some((ids) => ids.length === 0)) return { code: 'no_such_person' }
  const searched = roomsNamed(roomsWith(rooms, partners.flat()), values('in'), room)
  if (searched.length === 0) return { code: 'not_found', detail: 'no room that you may read has this name' }
  const names = [...values('from'), ...(from === undefined ? [] : [from])]
  const people = names.length === 0 ? undefined : await peopleNamed(db, user, names)
  if (people?.length === 0) return { code: 'no_such_person' }
  const span = spanOf(filters, utc)
  return {
    words: query.words,
    rooms: searched.map(({ id }) => id),
    from: people,
    has: written.flatMap((kind) => kindOf(kind) ?? []),
    files: values('file').map((text) => ({ text, isPrefix: true })),
    since: after === undefined ? span.since : after + 1,
    until: before ?? span.until,
  }
}

async function peopleNamed(db: Db, user: User, names: readonly string[]): Promise<string[]> {
  const keys = names.filter((name) => !isMe(name)).map(personKey)
  const ids: string[] = names.some(isMe) ? [user.id] : []
  for (const key of new Set(keys)) {
    const id = await idByName(db, key)
    if (id !== undefined) ids.push(id)
  }
  return ids
}
