// The list of saved messages, page by page. A removed one stays visible until the person leaves the page, so that it
// can be restored.
import type { Message } from '../../server/protocol/http.ts'
import { placeKey } from '../../server/protocol/place-key.ts'
import type { SavedItem } from '../../server/protocol/saved.ts'
import { isRestoring, withChange } from '../../server/protocol/timeline.ts'
import { savedPage } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList, type Page } from '../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import type { FeedEvent } from '../wire/feed-events.ts'

const keyOf = ({ room, seq }: { room: string; seq: number }) => placeKey(room, seq)

export function useSavedList() {
  const list = usePagedList<SavedItem>({ link: useLink(), ask, keyOf, apply })
  const { items } = list

  function apply(event: FeedEvent): void {
    if (event.type === 'saved' && event.on && !items.value.some((item) => keyOf(item) === keyOf(event)))
      return void list.load()
    if (event.type !== 'entries' || event.changes.length === 0) return
    if (event.changes.some(isRestoring)) return void list.load()
    items.value = items.value.map((item) =>
      item.room !== event.room || item.message === null
        ? item
        : { ...item, message: event.changes.reduce<Message>(withChange, item.message) },
    )
  }

  return list
}

async function ask(before?: string): Promise<Page<SavedItem> | Refusal> {
  const answer = await savedPage(before)
  return isRefusal(answer) ? answer : { items: answer.saved, next: answer.next }
}
