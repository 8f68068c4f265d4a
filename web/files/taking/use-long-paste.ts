// A long text that was pasted into a composer: it can become a file. What is over the limit of a message is offered both.
import { computed, shallowRef, type Ref } from 'vue'
import { t } from '../../words/words.ts'

/** A longer text is read as a document: it would push the talk off the screen. */
const longChars = 4_000

/** `text`: of the field. `take` takes the file. */
export function useLongPaste(text: Ref<string>, take: (file: File) => unknown) {
  const long = shallowRef<string>()
  /** As long as it is still there. */
  const isOffered = computed(() => long.value !== undefined && text.value.includes(long.value))

  /** Called before the field has it. */
  function pasted(event: ClipboardEvent): void {
    const words = (event.clipboardData?.getData('text/plain') ?? '').replaceAll(/\r\n?/g, '\n')
    if (words.length > longChars && !event.defaultPrevented) long.value = words
  }

  function toFile(): void {
    const words = long.value
    if (words === undefined) return
    long.value = undefined
    text.value = text.value.replace(words, () => '').trim()
    void take(new File([words], `${t('attach.pastedText')}.txt`, { type: 'text/plain;charset=utf-8' }))
  }

  return { isOffered, pasted, toFile, keep: () => (long.value = undefined) }
}
