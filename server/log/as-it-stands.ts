// What somebody missed, as it is told to them afterwards: an earlier text of an edited message is nothing they may have a
// right to (protocol/room-settings.ts, `revisions`), and nothing they need. Every number stays.
import type { CardedEvent } from '../protocol/entries/carded.ts'
import type { EditedEvent } from '../protocol/entries/edited.ts'
import { blanked, saysSomething, wordsAfter } from '../protocol/entries/index.ts'
import type { EntryEvent } from '../protocol/events.ts'
import { isChange, isSpokenEvent } from '../protocol/timeline.ts'
import type { Entry } from './entry.ts'
import type { Tail } from './tail.ts'

/**
 * The events of these entries of a room, in their order; a message and its edits have the newest text that memory knows, and
 * their cards are those of that text.
 */
export const asTheyStand = (tail: Tail, room: string, entries: readonly Entry[]): EntryEvent[] =>
  entries.map(({ event: said }) => {
    const event = unlessErased(tail, room, said)
    if (event !== said) return event
    if (event.type === 'carded') return newestCards(tail, event)
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
  const isSaying = saysSomething(event)
  if (!isSpokenEvent(event) && !isSaying) return event
  if (!isSaying) return tail.isErased(room, event) ? blanked(event) : event
  // Nobody edits what another has said; a card may be removed by a moderator.
  const message = tail.at(room, event.target)?.event
  const { user } = message !== undefined && isSpokenEvent(message) ? message : event
  return tail.isErased(room, { seq: event.target, user }) ? blanked(event) : event
}

const isEdit = (event: EntryEvent): event is EditedEvent =>
  isChange(event) && wordsAfter(event) === 'replaced'

function newestCards(tail: Tail, event: CardedEvent): CardedEvent {
  const isCarded = (change: EntryEvent): change is CardedEvent => change.type === 'carded'
  const newest = tail.changesOf(event.room, event.target).findLast(isCarded)
  return newest === undefined || newest.seq <= event.seq ? event : { ...event, cards: newest.cards }
}
