// What somebody missed, as it is told to them afterwards: an earlier text of an edited message is nothing they may have a
// right to (protocol/room-settings.ts, `revisions`), and nothing they need. Every number stays.
import type { EditedEvent } from '../protocol/entries/edited.ts'
import { blanked, wordsAfter } from '../protocol/entries/index.ts'
import type { EntryEvent } from '../protocol/events.ts'
import { isChange, isSpokenEvent } from '../protocol/timeline.ts'
import type { Entry } from './entry.ts'
import type { Tail } from './tail.ts'

/** The events of these entries of a room, in their order; a message and its edits have the newest text that memory knows. */
export const asTheyStand = (tail: Tail, room: string, entries: readonly Entry[]): EntryEvent[] =>
  entries.map(({ event: said }) => {
    const event = unlessErased(tail, room, said)
    if (event !== said) return event
    const target = isSpokenEvent(event) ? event.seq : isEdit(event) ? event.target : undefined
    const newest = target === undefined ? undefined : tail.changesOf(room, target).findLast(isEdit)
    if (newest === undefined || newest.seq <= event.seq) return event
    const { mentions: _before, ...rest } = event as EntryEvent & { mentions?: unknown }
    const { text, mentions } = newest
    return { ...rest, text, ...(mentions === undefined ? {} : { mentions }) } as EntryEvent
  })

/**
 * The event; without its words, if memory knows that they are deleted with everything of their author. Those of others who
 * were deleted one by one have none in memory any more.
 */
export function unlessErased(tail: Tail, room: string, event: EntryEvent): EntryEvent {
  if (!isSpokenEvent(event) && !isEdit(event)) return event
  // Nobody edits what another has said.
  const { user } = event
  return tail.isErased(room, { seq: isEdit(event) ? event.target : event.seq, user }) ? blanked(event) : event
}

const isEdit = (event: EntryEvent): event is EditedEvent =>
  isChange(event) && wordsAfter(event) === 'replaced'
