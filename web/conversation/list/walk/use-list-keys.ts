// What a key does while the list has the focus. Letters act on the focused message; nowhere else do they do anything,
// so that nobody triggers them by speaking or typing beside a field.
import type { Conversation } from '../../conversation.ts'
import type { MessageLine } from '../../lines/line.ts'
import { ofKey } from '../../message/actions/table.ts'
import { anchorIn } from '../../message/anchor.ts'
import { innerStep, scrollsItself } from './inner-stops.ts'
import type { useWalk } from './use-walk.ts'

interface ListKeys {
  conversation: Conversation
  walk: ReturnType<typeof useWalk>
  /** The message of the row that this element is in. */
  lineOf: (el: Element) => MessageLine | undefined
  toNewest: () => unknown
}

const isField = (el: Element) => el.matches('input, textarea, select, [contenteditable]')

export function useListKeys({ conversation, walk, lineOf, toNewest }: ListKeys) {
  const { writing } = conversation

  const moves: Record<string, () => unknown> = {
    ArrowUp: () => walk.step(-1),
    ArrowDown: () => walk.step(1),
    PageUp: () => walk.page(-1),
    PageDown: () => walk.page(1),
    Home: walk.toFirst,
    End: toNewest,
  }

  /** Into the message, along what is in it, and out again. */
  function within(event: KeyboardEvent, message: HTMLElement, el: Element): boolean {
    const isInside = el !== message
    if (event.key === 'Escape') {
      if (isInside) message.focus({ preventScroll: true })
      else writing.focus()
      return true
    }
    const isInto = !isInside && (event.key === 'Enter' || event.key === 'ArrowRight')
    const isAlong = isInside && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
    if (!isInto && !isAlong) return false
    const by = event.key === 'ArrowLeft' ? -1 : 1
    if (scrollsItself(el, by)) return false
    innerStep(message, by)?.focus({ preventScroll: true })
    return true
  }

  /** True: the key did something. */
  function act(key: string, line: MessageLine, message: HTMLElement): boolean {
    const action = ofKey(key, line, conversation)
    action?.act(line, conversation, anchorIn(message))
    return action !== undefined
  }

  return function pressed(event: KeyboardEvent): void {
    const el = event.target as Element
    if (event.defaultPrevented || event.isComposing || isField(el)) return
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const message = el.closest<HTMLElement>('[data-message]')
    const line = message === null ? undefined : lineOf(message)
    const isPlus = event.key === '+'
    if (event.shiftKey && !isPlus) return
    const isDone =
      (message === null ? event.key === 'Escape' && (writing.focus(), true) : within(event, message, el)) ||
      (event.key in moves && (void moves[event.key]?.(), true)) ||
      (message !== null && line !== undefined && act(event.key, line, message))
    if (!isDone) return
    event.preventDefault()
    event.stopPropagation()
  }
}
