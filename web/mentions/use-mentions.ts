// The mentions of this person, over all rooms: pages of them, newest first, kept up to date by events while on screen.
import type { EffectEvent } from '../../server/protocol/events.ts'
import type { Message, SpokenMessage } from '../../server/protocol/http.ts'
import { placeKey } from '../../server/protocol/place-key.ts'
import {
  isErasure,
  isNamed,
  isRestoring,
  isSpoken,
  targetOf,
  withChange,
} from '../../server/protocol/timeline.ts'
import { names } from '../rooms/named.ts'
import { mentions } from '../wire/api.ts'
import { usePagedList, type Page, type PagedListDeps } from '../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { FeedEvent } from '../wire/feed-events.ts'

export interface Named {
  room: string
  /** As the server saw it. */
  unread: boolean
  message: SpokenMessage
}

export interface MentionsDeps {
  /** The person who is mentioned. */
  own: string
  link: PagedListDeps<Named>['link']
}

export function useMentions({ own, link }: MentionsDeps) {
  const list = usePagedList<Named>({ link, ask, keyOf, apply, compare })
  const { items, next } = list

  function apply(event: FeedEvent): void {
    if (event.type === 'gone') items.value = items.value.filter(({ room }) => room !== event.room)
    if (event.type !== 'entries') return
    for (const message of event.messages) take(event.room, message)
    for (const one of event.changes) fold(event.room, one)
  }

  /** A message in its current state: new here, changed, or no longer mentioning the person. */
  function take(room: string, message: Message): void {
    if (!isSpoken(message)) return
    const key = keyOf({ room, message })
    const known = items.value.find((one) => keyOf(one) === key)
    if (known !== undefined && known.message.updatedSeq > message.updatedSeq) return
    const others = items.value.filter((one) => one !== known)
    const named: Named = { room, unread: known?.unread ?? true, message }
    const edge = items.value.at(-1)
    // Below the edge of what is loaded, it comes with its page.
    const isAbove = next.value === null || edge === undefined || compare(named, edge) < 0
    if (!names(message, own)) items.value = known === undefined ? items.value : others
    else if (known !== undefined || isAbove) items.value = [...others, named].sort(compare)
  }

  function fold(room: string, one: EffectEvent): void {
    if (isRestoring(one)) return void list.load()
    if (isErasure(one)) {
      for (const { room: at, message } of items.value) if (at === room) take(room, withChange(message, one))
      return
    }
    const known = items.value.find(({ room: at, message }) => at === room && message.seq === targetOf(one))
    const next = known && withChange(known.message, one)
    if (next !== undefined) take(room, next)
    // A mention added to a message that is not here.
    else if (one.type === 'edited' && isNamed(one.mentions, own)) void list.load()
  }

  return list
}

async function ask(before?: string): Promise<Page<Named> | Refusal> {
  const answer = await mentions(before)
  return isRefusal(answer) ? answer : { items: answer.mentions, next: answer.next }
}

interface Place {
  room: string
  message: Pick<SpokenMessage, 'seq' | 'at'>
}
const keyOf = ({ room, message }: Place): string => placeKey(room, message.seq)

/** The order of the server's pages, newest first. */
const compare = (a: Place, b: Place): number =>
  b.message.at - a.message.at || Number(b.room) - Number(a.room) || b.message.seq - a.message.seq
