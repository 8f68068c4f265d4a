// The cases of the queue, of a room or of all of them, live: a new one appears as soon as it is reported.
import type { Case, HandleBody } from '../../server/protocol/reports.ts'
import { useLink } from '../wire/link.ts'
import { usePagedList, type Page } from '../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { handleCase, listCases, type CaseFilter } from '../wire/reports-api.ts'

export function useCases(filter: CaseFilter) {
  async function ask(before?: string): Promise<Page<Case> | Refusal> {
    const answer = await listCases(filter, before)
    return isRefusal(answer) ? answer : { items: answer.cases, next: answer.next }
  }
  const list = usePagedList<Case>({
    link: useLink(),
    ask,
    keyOf: ({ id }) => id,
    apply: (event) => {
      if (event.type === 'reports' && event.about === 'queue') void list.load()
    },
    compare: (a, b) => Number(b.id) - Number(a.id),
  })

  /** One that somebody else has handled meanwhile is gone too. */
  async function handle(id: string, body: HandleBody): Promise<Refusal | undefined> {
    const answer = await handleCase(id, body)
    const refusal = isRefusal(answer) ? answer : undefined
    if (refusal !== undefined && refusal.code !== 'already_handled' && refusal.code !== 'not_found')
      return refusal
    list.items.value = list.items.value.filter((one) => one.id !== id)
    return refusal
  }

  return { ...list, handle }
}
