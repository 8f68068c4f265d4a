// A list that is loaded page by page, as ListScreen draws it; usePagedList creates one. Types only.
import type { Refusal } from '../wire/refusal.ts'

export interface ListView {
  /** `idle`: nothing has been requested. */
  status: 'idle' | 'loading' | 'ready' | 'failed'
  /** Why it, or its next page, could not be loaded. */
  refusal: Refusal | undefined
  /** Where the next page begins; null: there is none. */
  next: string | null
  isLoadingMore: boolean
  /** Loads it, or tries again. */
  load: () => unknown
  /** Loads the next page. */
  more: () => unknown
}
