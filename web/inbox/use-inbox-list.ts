// The pages of the inbox, newest first. What is to do leaves the list as soon as this tab knows that it is done.
import { onScopeDispose } from 'vue'
import type { InboxEntry, InboxFilter } from '../../server/protocol/inbox.ts'
import type { Message } from '../../server/protocol/http.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { inboxPage } from '../wire/inbox-api.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList } from '../wire/paged-list.ts'
import { isRefusal } from '../wire/refusal.ts'

/** Several things that are told in a moment are one request. */
const reloadInMs = 250

export function useInboxList(filter: InboxFilter) {
  const list = usePagedList<InboxEntry>({
    link: useLink(),
    keyOf: ({ id }) => String(id),
    ask: async (after) => {
      const answer = await inboxPage(filter, after)
      return isRefusal(answer) ? answer : { items: answer.entries, next: answer.next }
    },
    apply,
  })
  const { items } = list
  let waiting: ReturnType<typeof setTimeout> | undefined
  onScopeDispose(() => clearTimeout(waiting))

  function apply(event: FeedEvent): void {
    if (event.type === 'inbox' || event.type === 'reminders')
      waiting ??= setTimeout(() => {
        waiting = undefined
        void list.load()
      }, reloadInMs)
    if (event.type !== 'entries' || event.changes.length === 0) return
    items.value = items.value.map((item) =>
      item.room !== event.room || item.message === null
        ? item
        : { ...item, message: event.changes.reduce<Message>(withChange, item.message) },
    )
  }

  return list
}
