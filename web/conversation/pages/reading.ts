// How far this person has read a conversation: the place of the "new" line, and how many messages arrived while they read
// above. Nothing is read that was not on screen: who jumps over unread messages leaves them, and what follows, unread.
import type { Message } from '../../../server/protocol/http.ts'
import { isSpoken } from '../../../server/protocol/timeline.ts'
import { useAtEnd } from './at-end.ts'
import { useNewLine, type NewLineDeps } from './new-line.ts'
import { useSkipping, type SkippingDeps } from './skipping.ts'

export interface ReadingDeps extends SkippingDeps, NewLineDeps {
  own: string
  /** The reader has reached the end of the room (true), or left it. */
  atEnd: (is: boolean) => void
  /** The reader has read up to `seq`. */
  read: (seq: number) => void
}

/** Somebody looks at the page. */
export const isLooking = (): boolean =>
  typeof document === 'undefined' || (document.visibilityState === 'visible' && document.hasFocus())

export function useReading(deps: ReadingDeps) {
  const { firstUnread, returned, ...line } = useNewLine(deps)
  const { isAtEnd, unseen, leave, ...end } = useAtEnd(tellEnd)
  const { isSkipping, ...skipping } = useSkipping(deps)
  let isToldAtEnd = false
  let seen = 0
  /** What is on screen was marked unread, and does not become read by being there. */
  let isHeld = false

  /** The end is not reached by jumping over what is unread. */
  function tellEnd(): void {
    const is = isAtEnd.value && !isSkipping.value
    if (is === isToldAtEnd) return
    isToldAtEnd = is
    deps.atEnd(is)
  }

  /** The room is opened; `newest` is the last number drawn, `unreadFrom` the first unread one. */
  function open(newest: number, unreadFrom: number | undefined): void {
    firstUnread.value = unreadFrom
    seen = newest
    skipping.forget()
    isHeld = false
    end.forget()
  }

  /** Everything after `read` is unread again, though on screen; the line shows it until the room is opened again. */
  function hold(read: number): void {
    leave()
    isHeld = true
    line.standAbove(read)
  }

  /** Something was read on another device, and with it what is held: the line moves to what arrived meanwhile. */
  function readElsewhere(): void {
    const readTo = deps.readUpTo()
    if (isSkipping.value) lookAgain()
    if (!isHeld || readTo < (firstUnread.value ?? 0)) return
    isHeld = false
    const unread = end.fresh().filter((seq) => seq > readTo)
    if (unread.length > 0) firstUnread.value = Math.min(...unread)
    lookAgain()
  }

  /** What is on screen may count as seen now. */
  function lookAgain(): void {
    const shown = end.shown()
    if (shown !== undefined) seenTo(shown, skipping.shownFrom())
  }

  function hear(messages: readonly Message[]): void {
    const others = messages.filter(
      (message) => isSpoken(message) && message.seq > seen && message.user.id !== deps.own,
    )
    if (others.length === 0) return
    const numbers = others.map(({ seq }) => seq)
    if (!isHeld) line.hear(numbers, { seen, fresh: end.fresh() })
    end.hear(numbers)
    if (isToldAtEnd && deps.isLooking()) skipping.pass(numbers)
  }

  /** The reader has `from` to `seq` on screen, with the window focused, and nothing newer. */
  function seenTo(seq: number, from: number): void {
    end.show(seq)
    if (isHeld) return
    if (skipping.shows(from)) deps.read(seq)
    if (seq < seen) return leave()
    seen = seq
    end.seenTo(seq)
    tellEnd()
  }

  return {
    ...{ firstUnread, unseen, isAtEnd, isSkipping, open, hear, seenTo, leave, hold, readElsewhere, returned },
    /** The reader continues: what they see is read. */
    goOn: () => void (isHeld = false),
    /** The reader goes back to what they have jumped over: the line is above it. */
    goBack: () => line.standAbove(deps.readUpTo()),
  }
}
