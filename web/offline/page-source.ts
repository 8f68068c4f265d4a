// A room's pages from the copy on this device, as far as that goes, and from the server otherwise. What is shown from the copy is
// complete up to the number it names: the feed asks for what is missing after it.
import type { Message, PageAnswer } from '../../server/protocol/http.ts'
import { later, withChange } from '../../server/protocol/timeline.ts'
import type { PageSource } from '../conversation/pages/source.ts'
import type { PlaceInRoom } from '../wire/api.ts'
import type { Feed } from '../wire/feed.ts'
import type { EntriesEvent } from '../wire/feed-events.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { OpenCache } from './open-cache.ts'
import { maxMissing } from './follower.ts'
import type { CachedPage } from './room-copies.ts'

interface CopiedDeps {
  room: string
  source: PageSource
  feed: Feed
  cache: () => Promise<OpenCache | undefined>
  /** The connection is there. */
  isLive: () => boolean
  /** The newest page comes from this device; it was complete then (ms). */
  copied: (at: number) => void
}

export function copiedSource({ room, source, feed, cache, isLive, copied }: CopiedDeps): PageSource {
  /** How far the newest page reaches that came from the copy. */
  let copiedUpTo: number | undefined

  async function read(place: PlaceInRoom): Promise<PageAnswer | Refusal> {
    const open = place.asOf === undefined ? await cache() : undefined
    if (open === undefined) return source.read(place)
    const isNewest = place.before === undefined && place.after === undefined && place.around === undefined
    if (isNewest) open.follower.expect(room)
    const copy = await copyOf(open, room, feed, place)
    if (copy !== undefined && isGoodEnough(copy, isNewest)) return taken(copy)
    const answer = await source.read(place)
    if (isRefusal(answer)) return copy !== undefined && answer.code === 'unreachable' ? taken(copy) : answer
    if (isNewest) void open.follower.seed(room, answer)
    return answer
  }

  /** While nobody can be asked, whatever is here; otherwise what the feed makes whole, and for other places what is whole already. */
  function isGoodEnough({ upTo }: PageAnswer, isNewest: boolean): boolean {
    if (!isLive()) return true
    if (isNewest) return feed.known(room) - upTo <= maxMissing
    return upTo >= feed.upTo(room) && !feed.isFromCopy(room)
  }

  function taken({ stretch, ...copy }: CachedPage): PageAnswer {
    copiedUpTo = copy.upTo
    copied(stretch.at)
    return copy
  }

  return {
    ...source,
    read,
    keep: (upTo) => feed.keep(room, upTo, upTo === copiedUpTo),
  }
}

/** The page with what arrives while it is read. */
async function copyOf(
  { follower, copies }: OpenCache,
  room: string,
  feed: Feed,
  place: PlaceInRoom,
): Promise<CachedPage | undefined> {
  const heard: EntriesEvent[] = []
  const stop = feed.listen((event) => {
    if (event.type === 'entries' && event.room === room) heard.push(event)
  })
  await follower.settled()
  const page = await copies.page(room, place)
  stop()
  if (page === undefined) return undefined
  void copies.used(room)
  return { ...page, messages: page.messages.map((message) => heard.reduce(withHeard, message)) }
}

function withHeard(message: Message, { messages, changes }: EntriesEvent): Message {
  const again = messages.find(({ seq }) => seq === message.seq)
  return changes.reduce<Message>(withChange, again === undefined ? message : later(message, again))
}
