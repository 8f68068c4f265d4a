// The audit log as far as somebody has gone back in it, the newest first.
import type { AuditEntry } from '../../../server/protocol/audit.ts'
import { readAudit, type AuditFilter } from '../../wire/admin-api.ts'
import { useLink } from '../../wire/link.ts'
import { usePagedList, type Page } from '../../wire/paged-list.ts'
import { isRefusal, type Refusal } from '../../wire/refusal.ts'

const pageEntries = 50

export function useAudit(filter: AuditFilter) {
  async function ask(before?: string): Promise<Page<AuditEntry> | Refusal> {
    const answer = await readAudit(filter, before === undefined ? undefined : Number(before), pageEntries)
    if (isRefusal(answer)) return answer
    const lowest = answer.entries[0]?.seq ?? 1
    const hasMore = answer.entries.length === pageEntries && lowest > 1
    return { items: answer.entries.toReversed(), next: hasMore ? String(lowest) : null }
  }
  return usePagedList<AuditEntry>({
    link: useLink(),
    ask,
    keyOf: ({ seq }) => String(seq),
    apply: () => undefined,
    compare: (a, b) => b.seq - a.seq,
  })
}
