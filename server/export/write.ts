// Writes a room or a part of it page by page: one page is in memory, and the next is read when it has been consumed.
// Edits, deletions and reactions are those at the time a page is read.
import { setTimeout as pause } from 'node:timers/promises'
import { isRefusal } from '../answer.ts'
import type { Slices } from '../channel/slices.ts'
import type { Refusal } from '../protocol/errors.ts'
import type { Message, PageAnswer } from '../protocol/http.ts'
import { limits } from '../protocol/limits.ts'
import type { About, Form } from './form.ts'

export interface ExportQuery extends About {
  /** Inclusive, as is `from`; none: up to the room's head when the export begins. */
  to?: number | undefined
  /** The page after a number. */
  page: (after: number) => Promise<PageAnswer | Refusal>
  /** Does what a page costs when it may be done; without it, at once. */
  step?: <T>(work: () => Promise<T>) => Promise<T>
  /** In which pages become text; without them, each at once. */
  slices?: Slices | undefined
  /** Called with the number of messages written. */
  wrote?: (messages: number) => void
  /** Called with each message that is written. */
  met?: ((message: Message) => void) | undefined
}

/** Characters of a piece, more or less: what a socket takes at once. */
const pieceChars = 64 * 1024

/** The text in pieces, several to a page. It always ends with how far it is complete. */
export async function* write(form: Form, query: ExportQuery): AsyncGenerator<string, void, undefined> {
  const { page, wrote, met, to, step = (work) => work(), slices, ...about } = query
  const { from } = about
  yield form.start(about)
  let reached: Reached = { upTo: from - 1, last: to, more: true }
  while (reached.more) {
    const { upTo } = reached
    const part = await patiently(() => step(() => partOf(form, { page, slices, met, reached })))
    if (isRefusal(part)) return yield form.end({ from, upTo, complete: false })
    wrote?.(part.messages)
    yield* part.pieces
    reached = part
  }
  yield form.end({ from, upTo: Math.max(reached.upTo, from - 1), complete: true })
}

/** How far an export has come, and its last number, as far as that is known. */
interface Reached {
  upTo: number
  last: number | undefined
  more: boolean
}

interface Part extends Reached {
  pieces: string[]
  messages: number
}

/** The next page as text. */
async function partOf(
  form: Form,
  { page, slices, met, reached }: Pick<ExportQuery, 'page' | 'slices' | 'met'> & { reached: Reached },
): Promise<Part | Refusal> {
  const answer = await page(reached.upTo)
  if (isRefusal(answer)) return answer
  const last = Math.min(reached.last ?? answer.upTo, answer.upTo)
  const messages = answer.messages.filter(({ seq }) => seq <= last)
  const more = answer.hasAfter && messages.length === answer.messages.length
  const pieces: string[] = []
  let piece = ''
  const rest = slices?.begin()
  for (const message of messages) {
    met?.(message)
    piece += form.message(message)
    if (piece.length >= pieceChars) {
      pieces.push(piece)
      piece = ''
    }
    await rest?.()
  }
  if (piece !== '') pieces.push(piece)
  const upTo = more ? (messages.at(-1)?.seq ?? last) : last
  return { pieces, messages: messages.length, upTo, last, more }
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
