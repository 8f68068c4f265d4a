// The public rooms that match what is typed, page by page, as the server finds them.
import { refDebounced } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { DirectoryRoom } from '../../server/protocol/directory.ts'
import { listDirectory } from '../wire/api.ts'
import type { FeedEvent } from '../wire/feed-events.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList, type Page } from '../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

const askAfterMs = 200

export function useDirectory() {
  const query = ref('')
  const asked = refDebounced(query, askAfterMs)
  const list = usePagedList<DirectoryRoom>({ link: useLink(), ask, keyOf: ({ id }) => id, apply })

  async function ask(after?: string): Promise<Page<DirectoryRoom> | Refusal> {
    const answer = await listDirectory(asked.value.trim(), after)
    return isRefusal(answer) ? answer : { items: answer.rooms, next: answer.next }
  }

  /** A room was made. Which rooms one is in is known without the list. */
  function apply(event: FeedEvent): void {
    if (event.type !== 'open' || list.items.value.some(({ id }) => id === event.room.id)) return
    list.loadSoon()
  }
  watch(asked, () => void list.load())

  return { ...list, query, asked }
}
