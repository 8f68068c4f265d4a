// What somebody missed, as it is told to them afterwards: an earlier text of an edited message is nothing they may have a
// right to (protocol/room-settings.ts, `revisions`), and nothing they need. Every number stays.
import type { EditedEvent } from '../protocol/entries/edited.ts'
import { wordsAfter } from '../protocol/entries/index.ts'
import type { EntryEvent } from '../protocol/events.ts'
import { isChange, isSpokenEvent } from '../protocol/timeline.ts'
import type { Entry } from './entry.ts'
import type { Tail } from './tail.ts'

/** The events of these entries of a room, in their order; a message and its edits have the newest text that memory knows. */
export const asTheyStand = (tail: Tail, room: string, entries: readonly Entry[]): EntryEvent[] =>
  entries.map(({ event }) => {
    const target = isSpokenEvent(event) ? event.seq : isEdit(event) ? event.target : undefined
    const newest = target === undefined ? undefined : tail.changesOf(room, target).findLast(isEdit)
    if (newest === undefined || newest.seq <= event.seq) return event
    const { mentions: _before, ...rest } = event as EntryEvent & { mentions?: unknown }
    const { text, mentions } = newest
    return { ...rest, text, ...(mentions === undefined ? {} : { mentions }) } as EntryEvent
  })

const isEdit = (event: EntryEvent): event is EditedEvent =>
  isChange(event) && wordsAfter(event) === 'replaced'
