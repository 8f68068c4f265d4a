// A search of what is on this device, by the same rules as the server's: shown when the server cannot be asked.
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { limits } from '../../server/protocol/limits.ts'
import { kindOf, parseQuery, type FilterName } from '../../server/protocol/query.ts'
import type { RoomSummary } from '../../server/protocol/people.ts'
import type { Hit, SearchQuery } from '../../server/protocol/search.ts'
import { isSpoken } from '../../server/protocol/timeline.ts'
import { match, seek, type Query } from '../../server/text/search/match.ts'
import { isMe, personKey, roomsNamed, roomsWith } from '../../server/text/search/named-rooms.ts'
import type { RoomCopies } from './room-copies.ts'

interface Searching {
  copies: RoomCopies
  /** Those that one is in. */
  rooms: readonly RoomSummary[]
  own: string
  query: SearchQuery
}

/** Newest first, at most as many as one page of the server's has. `rooms`: how many were looked through. */
export interface FoundHere {
  hits: Hit[]
  rooms: number
}

export async function searchHere({ copies, rooms, own, query }: Searching): Promise<FoundHere> {
  const { filters, words } = parseQuery(query.q ?? '')
  const values = (name: FilterName): string[] =>
    filters.filter((filter) => filter.name === name).map(({ value }) => value)
  const meant = roomsNamed(rooms, values('in'), query.room)
  const all = new Map<string, SpokenMessage[]>()
  for (const { id } of meant) {
    const messages = await copies.all(id)
    if (messages !== undefined && messages.length > 0) all.set(id, messages.filter(isSpoken))
  }
  const ids = peopleIn([...all.values()], rooms, own)
  const partners = values('with').flatMap((name) => ids(name))
  const isWith = new Set(roomsWith(meant, partners).map(({ id }) => id))
  const sought = seek({
    words,
    from: authors(values('from'), ids),
    has: values('has').flatMap((kind) => kindOf(kind) ?? []),
    files: values('file').map((text) => ({ text, isPrefix: true })),
    since: query.after === undefined ? undefined : query.after + 1,
    until: query.before,
  } satisfies Query)
  const hits = [...all].flatMap(([room, messages]) =>
    isWith.has(room)
      ? messages.flatMap((message, at): Hit[] => {
          const ranges = match(sought, message)
          const [before, after] = [messages[at - 1], messages[at + 1]]
          return ranges ? [{ room, message, ranges, ...(before && { before }), ...(after && { after }) }] : []
        })
      : [],
  )
  const newest = hits.sort((a, b) => b.message.at - a.message.at)
  return { hits: newest.slice(0, limits.search.hits.max), rooms: all.size }
}

const authors = (names: readonly string[], ids: (name: string) => string[]): string[] | undefined =>
  names.length === 0 ? undefined : names.flatMap(ids)

/** Whom a name means, of those who have said something here or are in a direct room. */
function peopleIn(
  all: readonly SpokenMessage[][],
  rooms: readonly RoomSummary[],
  own: string,
): (name: string) => string[] {
  const known = new Map<string, Set<string>>()
  const learn = ({ id, name }: { id: string; name: string }): void => {
    const key = personKey(name)
    known.set(key, (known.get(key) ?? new Set()).add(id))
  }
  for (const messages of all) for (const { user } of messages) learn(user)
  for (const { people = [] } of rooms) people.forEach(learn)
  return (name) => (isMe(name) ? [own] : [...(known.get(personKey(name)) ?? [])])
}
