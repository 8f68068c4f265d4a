// The list of what one has saved, page by page. What is taken off it stays in sight until one leaves, to be put back.
import { onScopeDispose } from 'vue'
import type { Message } from '../../server/protocol/http.ts'
import { withChange } from '../../server/protocol/timeline.ts'
import { savedPage } from '../wire/api.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList } from '../wire/paged-list.ts'
import { isRefusal } from '../wire/refusal.ts'
import type { Told } from '../wire/told.ts'

const keyOf = ({ room, seq }: { room: string; seq: number }) => `${room} ${seq}`

export function useSavedList() {
  const link = useLink()
  const list = usePagedList(async (before) => {
    const answer = await savedPage(before)
    return isRefusal(answer) ? answer : { items: answer.saved, next: answer.next }
  }, keyOf)
  const { items, load } = list

  function hear(told: Told): void {
    if (told.type === 'saved' && told.on && !items.value.some((item) => keyOf(item) === keyOf(told)))
      return void load()
    if (told.type !== 'entries' || told.changes.length === 0) return
    items.value = items.value.map((item) =>
      item.room !== told.room || item.message === null
        ? item
        : { ...item, message: told.changes.reduce<Message>(withChange, item.message) },
    )
  }

  onScopeDispose(link.feed.listen(hear))
  return list
}
