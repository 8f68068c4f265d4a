// The people who match what is typed, page by page, as the server finds them.
import { refDebounced } from '@vueuse/core'
import { ref, watch } from 'vue'
import type { Profile } from '../../server/protocol/profiles.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList, type Page } from '../wire/paged-list.ts'
import { listPeople } from '../wire/people-api.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'

const askAfterMs = 200

export function usePeople() {
  const query = ref('')
  const asked = refDebounced(query, askAfterMs)
  // Who they are comes with the page; how they look, from those whom it shows.
  const list = usePagedList<Profile>({
    link: useLink(),
    ask,
    keyOf: ({ id }) => id,
    apply: () => undefined,
  })

  async function ask(after?: string): Promise<Page<Profile> | Refusal> {
    const answer = await listPeople(asked.value.trim(), after)
    return isRefusal(answer) ? answer : { items: answer.people, next: answer.next }
  }
  watch(asked, () => void list.load())

  return { ...list, query, asked }
}
