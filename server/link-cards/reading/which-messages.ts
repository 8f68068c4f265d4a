// Which messages some entries of the log make worth a look. Pure, but for what memory knows.
import type { Entry } from '../../log/entry.ts'
import type { Log } from '../../log/log.ts'
import { cardLinksOf } from '../../text/card-links.ts'
import type { Task } from './tasks.ts'

export function tasksOf(log: Pick<Log, 'tail'>, entries: readonly Entry[]): Task[] {
  return entries.flatMap(({ id, room, seq, event }): Task[] => {
    const by = { room, bySeq: seq, at: id.ms }
    // What was imported has an earlier time: it is history.
    if (event.type === 'message')
      return event.at === id.ms && leadsOut(event.text) ? [{ ...by, seq, asks: true }] : []
    if (event.type === 'edited') {
      const { target, text } = event
      return leadsOut(text) || mayHaveCards(log, room, target) ? [{ ...by, seq: target, asks: true }] : []
    }
    // It may have come after an edit that took its link away.
    if (event.type === 'carded' || event.type === 'uncarded')
      return [{ ...by, seq: event.target, asks: false }]
    return []
  })
}

const leadsOut = (text: string): boolean => cardLinksOf(text).some((link) => !link.startsWith('/'))

/** Memory has the whole of a message that it has the beginning of. */
function mayHaveCards(log: Pick<Log, 'tail'>, room: string, target: number): boolean {
  const tail = log.tail(room)
  if (tail === undefined || target < tail.first(room)) return true
  return tail.changesOf(room, target).some(({ type }) => type === 'carded')
}
