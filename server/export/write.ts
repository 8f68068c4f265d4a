// A room or a part of it, written page by page: one page is in memory, and the next is read when this one is taken.
// Edits, deletions and reactions stand as they do when their page is read.
import { setTimeout as pause } from 'node:timers/promises'
import { isRefusal } from '../answer.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { PageAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { About, Form } from './form.ts'

export interface Wish extends About {
  /** Inclusive, as `from`; none: as far as the room goes when the export begins. */
  to?: number | undefined
  /** The page after a number. */
  page: (after: number) => Promise<PageAnswer | Refusal>
  /** Hears how many messages were written. */
  wrote?: (messages: number) => void
}

/** The text in pieces, a page each. It always ends with how far it is complete. */
export async function* write(form: Form, wish: Wish): AsyncGenerator<string, void, undefined> {
  const { name, topic, from, page, wrote } = wish
  yield form.start({ name, topic, from })
  let [last, upTo] = [wish.to, from - 1]
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

/** A store that is away for a moment does not end an export. */
async function patiently<T extends object>(read: () => Promise<T | Refusal>): Promise<T | Refusal> {
  for (let tries = 1; ; tries += 1) {
    const answer = await read()
    if (!isRefusal(answer) || answer.retryAfterMs === undefined || tries >= limits.exports.tries)
      return answer
    await pause(limits.exports.retryMs)
  }
}
