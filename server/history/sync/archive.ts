// Entries become what MySQL keeps: rows of messages first, then what changes them. The one way in, for sync and for a
// dead letter that is tried again.
import type { Queryable } from '../../db.ts'
import type { Entry, StreamId } from '../../log/entry.ts'
import { isChange, isSpokenEvent, wordsAfter } from '../../protocol/entries/index.ts'
import { settleFiles } from '../../files/settling.ts'
import { isReply } from '../../protocol/timeline.ts'
import { withIndex } from '../../search/touched.ts'
import { writeChanges } from '../sql/changes.ts'
import { settleMentions } from '../sql/mentions.ts'
import { insertMessages, MessageRows } from '../sql/message-row.ts'
import { settleReplies } from '../sql/replies.ts'

/** What MySQL is to keep of some entries, made before the transaction that writes it. */
export class Archivable {
  readonly messages: MessageRows
  /** Those that have to do with more than their own row. */
  readonly others: Entry[] = []
  #entries = 0

  /** `entries` gives the ones that are added, in the order of the log, each time it is asked. */
  constructor(entries: () => Iterable<Entry>) {
    this.messages = new MessageRows(entries)
  }

  get entries(): number {
    return this.#entries
  }

  add(entry: Entry): void {
    this.#entries += 1
    this.messages.add(entry)
    if (!isPlain(entry)) this.others.push(entry)
  }
}

const isPlain = ({ event }: Entry): boolean =>
  !isChange(event) &&
  !isReply(event) &&
  !(isSpokenEvent(event) && (event.mentions !== undefined || event.files !== undefined))

/** Answers where in the log words stand that must be forgotten there, for they are deleted. Twice changes nothing. */
export async function writeArchivable(tx: Queryable, { messages, others }: Archivable): Promise<StreamId[]> {
  await insertMessages(tx, messages)
  const altered = others.flatMap(({ event }) =>
    isChange(event) && wordsAfter(event) !== 'kept' ? [{ room: event.room, seq: event.target }] : [],
  )
  const forgotten = await withIndex(tx, altered, () => writeChanges(tx, others))
  await settleMentions(tx, others)
  await settleReplies(tx, others)
  await settleFiles(tx, others)
  return forgotten
}

/** See writeArchivable. */
export function writeEntries(tx: Queryable, entries: readonly Entry[]): Promise<StreamId[]> {
  const archivable = new Archivable(() => entries)
  for (const entry of entries) archivable.add(entry)
  return writeArchivable(tx, archivable)
}
