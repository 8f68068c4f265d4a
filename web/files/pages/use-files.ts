// A list of files, page by page, as its filters say. One that is sent meanwhile is there at once; one whose message is deleted leaves
// it.
import { reactive, watch } from 'vue'
import type { FileKind, FilesAnswer, ListedFile } from '../../../server/protocol/files.ts'
import { isErasure } from '../../../server/protocol/timeline.ts'
import type { FeedEvent } from '../../wire/feed-events.ts'
import type { FilesQuery } from '../../wire/files-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'
import { arrivedFiles, withArrived } from './live-files.ts'

export const times = ['ever', 'week', 'month', 'year'] as const
const day = 24 * 60 * 60_000
const lasts = { week: 7 * day, month: 30 * day, year: 365 * day }

export interface FileFilters {
  kind: FileKind | 'all'
  /** A person's id; '' for everybody. */
  by: string
  since: (typeof times)[number]
}

type Ask = (query: FilesQuery & { by?: string | undefined }) => Promise<FilesAnswer | Refusal>

/** `isOf`: such a file belongs to the list, whatever the filters. */
export function useFiles(read: Ask, isOf: (file: ListedFile) => boolean) {
  const filters = reactive<FileFilters>({ kind: 'all', by: '', since: 'ever' })
  const list = usePagedList<ListedFile>({ link: useLink(), ask, keyOf: ({ id }) => id, apply })

  async function ask(before?: string) {
    const { kind, by, since } = filters
    const answer = await read({
      kind: kind === 'all' ? undefined : kind,
      by: by === '' ? undefined : by,
      from: since === 'ever' ? undefined : Date.now() - lasts[since],
      before,
    })
    return isRefusal(answer) ? answer : { items: answer.files, next: answer.next }
  }

  function isWanted({ kind, user, at }: ListedFile): boolean {
    const { by, since } = filters
    return (
      (filters.kind === 'all' || filters.kind === kind) &&
      (by === '' || by === user.id) &&
      (since === 'ever' || at >= Date.now() - lasts[since])
    )
  }

  function apply(event: FeedEvent): void {
    if (event.type !== 'entries') return
    if (event.changes.some(isErasure)) return void list.load()
    const arrived = arrivedFiles(event).filter((file) => isOf(file) && isWanted(file))
    list.items.value = withArrived(list.items.value, arrived, list.next.value !== null)
    const gone = new Set(event.changes.flatMap((one) => (one.type === 'deleted' ? [one.target] : [])))
    if (gone.size > 0)
      list.items.value = list.items.value.filter(({ room, seq }) => room !== event.room || !gone.has(seq))
  }

  watch(filters, () => {
    list.items.value = []
    list.status.value = 'loading'
    void list.load()
  })
  return { list, filters }
}
