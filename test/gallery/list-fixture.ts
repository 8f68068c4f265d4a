// A list as a page draws it, from fixtures: ready, complete, and doing nothing.
import type { ListView } from '../../web/ui/list-view.ts'

export const listView = (more: Partial<ListView> = {}): ListView => ({
  status: 'ready',
  refusal: undefined,
  next: null,
  isLoadingMore: false,
  load: () => undefined,
  more: () => undefined,
  ...more,
})
