// A change of a kind that has no columns of its own: what it says is JSON in its row, and what it folds to is JSON in the
// row of its message. A new kind of change needs no SQL.
import type { ChangeEvent } from '../../protocol/entries/index.ts'
import type { ChangeSql } from './kind.ts'
import { jsonOfRest } from './spoken.ts'

const hasColumn: ReadonlySet<string> = new Set(['type', 'room', 'seq', 'target', 'cid', 'user', 'at'])

export const folded = <Event extends ChangeEvent>(type: Event['type']): ChangeSql<Event> => ({
  content: (event) => ({ body: jsonOfRest(event, hasColumn) ?? '{}' }),
  read: (change, { body }) => ({ ...(JSON.parse(body ?? '{}') as object), ...change, type }) as Event,
})
