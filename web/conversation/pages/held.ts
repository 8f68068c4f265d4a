// What part of a conversation is in memory, and which part of that the list shows: the window and the span.
import { computed, shallowRef } from 'vue'
import type { PageAnswer } from '../../../server/protocol/http.ts'
import {
  around,
  atEnd,
  boundedAround,
  keepLower,
  keepUpper,
  spannedOf,
  stepDown,
  stepUp,
  whole,
  type Span,
} from './span.ts'
import {
  emptyWindow,
  messageOf,
  newestOf,
  withNewer,
  withNews,
  withOlder,
  type News,
  type Window,
} from './window.ts'

export type Held = ReturnType<typeof useHeld>

export function useHeld() {
  const window = shallowRef<Window>(emptyWindow)
  const span = shallowRef(whole)
  /** The part that the list has rows of. */
  const shown = computed(() => spannedOf(window.value, span.value))

  /** Shows this part of the memory; false if there is none. */
  function showPart(part: Span | undefined): boolean {
    if (part !== undefined) span.value = part
    return part !== undefined
  }

  function addOlder(page: PageAnswer): void {
    window.value = withOlder(window.value, page)
    span.value = keepUpper(window.value, span.value)
  }

  /** `live`: what arrived while the page was being loaded. */
  function addNewer(page: PageAnswer, live: readonly News[]): void {
    window.value = live.reduce(withNews, withNewer(window.value, page))
    span.value = keepLower(window.value, span.value)
  }

  function showEnd(): void {
    if (span.value.to !== Infinity) span.value = atEnd(window.value)
  }

  /** Shows the messages around `seq`; false if it is not in memory. */
  function showAround(seq: number): boolean {
    const isHere = messageOf(window.value, seq) !== undefined
    if (isHere) span.value = around(window.value, span.value, seq)
    return isHere
  }

  return {
    window,
    shown,
    /** Another window replaces this one. */
    replace: (next: Window): void => {
      window.value = next
      span.value = whole
    },
    showWhole: () => void (span.value = whole),
    /** One step more of the memory above, or below; false: it ends there. */
    showAbove: () => showPart(stepUp(window.value, span.value)),
    showBelow: () => showPart(stepDown(window.value, span.value)),
    endsAbove: () => stepUp(window.value, span.value) === undefined,
    showEnd,
    showAround,
    addOlder,
    addNewer,
    addNews: (news: News) => void (window.value = withNews(window.value, news)),
    /** Only the newest `count` stay. */
    cut: (count: number) => void (window.value = newestOf(window.value, count)),
    /** Only the shown part stays, with some `count` around it. */
    cutAround: (count: number) => void (window.value = boundedAround(window.value, span.value, count)),
    /** Trims the shown part if it is too long: above if the reader is at the newest, otherwise below. */
    cutShown: (isPinned: boolean) =>
      void (span.value = (isPinned ? keepLower : keepUpper)(window.value, span.value)),
  }
}
