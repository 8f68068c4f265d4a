// Keeps the caret in a text field whose text another tab changes: a new value alone would put it at the end.
import { nextTick, watch, type Ref } from 'vue'

export function useKeptCaret(
  field: Readonly<Ref<HTMLTextAreaElement | null>>,
  text: Readonly<Ref<string>>,
): void {
  // Before the field has the new text; what is typed here, it has already.
  watch(text, (next) => {
    const el = field.value
    if (el === null || el.value === next) return
    const { value: before, selectionStart, selectionEnd } = el
    void nextTick(() =>
      el.setSelectionRange(movedCaret(before, next, selectionStart), movedCaret(before, next, selectionEnd)),
    )
  })
}

/** Where a caret of `before` is in `next`: beside the same letters, and at the end if it was there. */
export function movedCaret(before: string, next: string, caret: number): number {
  if (caret === before.length) return next.length
  let same = 0
  while (same < caret && before[same] === next[same]) same += 1
  if (same === caret) return caret
  let after = 0
  while (after < before.length - caret && before.at(-1 - after) === next.at(-1 - after)) after += 1
  return Math.max(same, next.length - after)
}
