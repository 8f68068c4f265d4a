// Formats what is selected in the composer's field: by a button, a key, or an address pasted over words.
import type { Ref } from 'vue'
import { isInWords } from '../../../text/in-words.ts'
import { isMac } from '../../../ui/keys.ts'
import { replaceText } from '../replace-text.ts'
import { formatted, pastedLink, type Format, type Selected, type TextEdit } from './format.ts'

const byKey: Readonly<Record<string, Format>> = { b: 'bold', i: 'italic', k: 'link' }

/** `changed`: the field's text is another one. */
export function useFormat(field: Readonly<Ref<HTMLTextAreaElement | null>>, changed: () => void) {
  const selected = ({ value, selectionStart, selectionEnd }: HTMLTextAreaElement): Selected => ({
    text: value,
    from: selectionStart,
    to: selectionEnd,
  })

  function apply(el: HTMLTextAreaElement, edit: TextEdit): void {
    replaceText(el, edit)
    changed()
  }

  function format(how: Format): void {
    const el = field.value
    if (el !== null) apply(el, formatted(how, selected(el)))
  }

  /** True if the key was one of formatting. On a Mac, Control and a letter belong to the field. */
  function key(event: KeyboardEvent): boolean {
    const isAlone = (isMac ? event.metaKey : event.ctrlKey) && !event.altKey && !event.shiftKey
    const how = isAlone ? byKey[event.key.toLowerCase()] : undefined
    if (how === undefined || event.isComposing) return false
    // Without a selection, the link's key is the switcher's.
    const el = field.value
    if (el === null || (how === 'link' && el.selectionStart === el.selectionEnd)) return false
    event.preventDefault()
    event.stopPropagation()
    format(how)
    return true
  }

  function paste(event: ClipboardEvent): void {
    const el = field.value
    const pasted = event.clipboardData?.getData('text/plain') ?? ''
    const edit = el === null ? undefined : pastedLink(selected(el), pasted)
    if (el === null || edit === undefined || !isInWords(el.value, el.selectionStart)) return
    event.preventDefault()
    apply(el, edit)
  }

  /** Begins a name: `@` where one may begin. */
  function insert(words: string, isWord = false): void {
    const el = field.value
    if (el === null) return
    const { selectionStart: from, selectionEnd: to, value } = el
    const isApart = !isWord || from === 0 || /[\s\p{sc=Han}(（]$/u.test(value.slice(0, from))
    apply(el, { from, to, words: isApart ? words : ` ${words}`, select: caretAt(from, words, isApart) })
  }

  return { format, key, paste, insert }
}

function caretAt(from: number, words: string, isApart: boolean): readonly [number, number] {
  const at = from + words.length + (isApart ? 0 : 1)
  return [at, at]
}
