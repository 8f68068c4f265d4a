// Writes a room or a part of it page by page: one page is in memory, and the next is read when it has been consumed.
// Edits, deletions and reactions are those at the time a page is read.
import { setTimeout as pause } from 'node:timers/promises'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { PageAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { About, Form } from './form.ts'

export interface ExportQuery extends About {
  /** Inclusive, as is `from`; none: up to the room's head when the export begins. */
  to?: number | undefined
  /** The page after a number. */
  page: (after: number) => Promise<PageAnswer | Refusal>
  /** Called with the number of messages written. */
  wrote?: (messages: number) => void
}

/** The text in pieces, a page each. It always ends with how far it is complete. */
export async function* write(form: Form, query: ExportQuery): AsyncGenerator<string, void, undefined> {
  const { page, wrote, to: until, ...about } = query
  const { from } = about
  yield form.start(about)
  let [last, upTo] = [until, from - 1]
  for (let more = true; more;) {
    const answer = await patiently(() => page(upTo))
    if (isRefusal(answer)) return yield form.end({ from, upTo, complete: false })
    last = Math.min(last ?? answer.upTo, answer.upTo)
    const to = last
    const messages = answer.messages.filter(({ seq }) => seq <= to)
    more = answer.hasAfter && messages.length === answer.messages.length
    upTo = more ? (messages.at(-1)?.seq ?? to) : to
    wrote?.(messages.length)
    if (messages.length > 0) yield messages.map((message) => form.message(message)).join('')
  }
  yield form.end({ from, upTo: Math.max(upTo, from - 1), complete: true })
}

/** Retries, so that a store that is down for a moment does not end an export. */
async function patiently<T extends object>(read: () => Promise<T | Refusal>): Promise<T | Refusal> {
  for (let tries = 1; ; tries += 1) {
    const answer = await read()
    if (!isRefusal(answer) || answer.retryAfterMs === undefined || tries >= limits.exports.tries)
      return answer
    await pause(limits.exports.retryMs)
  }
}
