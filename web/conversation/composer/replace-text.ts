// Replaces a part of a field's text so that undo brings it back.

interface Replacement {
  from: number
  to: number
  words: string
  /** What is selected afterwards; otherwise the caret stands behind the words. */
  select?: readonly [from: number, to: number]
}

// Trap: setting the value clears the undo history. This command keeps it, and nothing else does. It is deprecated without
// a successor; where it is missing, undo is coarser.
export function replaceText(field: HTMLTextAreaElement, { from, to, words, select }: Replacement): void {
  const { execCommand } = document as { execCommand?: (name: string, ui: boolean, value?: string) => boolean }
  field.focus()
  field.setSelectionRange(from, to)
  const [command, value] = words === '' ? ['delete'] : ['insertText', words]
  const isDone = execCommand?.call(document, command, false, value) ?? false
  if (!isDone) field.setRangeText(words, from, to, 'end')
  if (select !== undefined) field.setSelectionRange(...select)
}
