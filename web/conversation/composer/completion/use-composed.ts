// Connects completion to a text field: the caret, the input method, and inserting text.
import { useEventListener } from '@vueuse/core'
import { computed, nextTick, onMounted, ref, shallowRef, watch, type Ref } from 'vue'
import type { OfferedCommand } from '../../../../server/protocol/http.ts'
import type { Refusal } from '../../../wire/refusal.ts'
import { language } from '../../../words/words.ts'
import { replaceText } from '../replace-text.ts'
import type { Piece, Typed } from './choice.ts'
import { commandSource } from './sources/commands.ts'
import { emojiSource } from './sources/emoji.ts'
import { peopleSource, type Circle } from './sources/people.ts'
import { roomSource } from './sources/rooms.ts'
import { closedPiece, hasCodes } from './sources/pieces.ts'
import { idOf, useCompletion } from './use-completion.ts'

export interface ComposedDeps {
  field: Readonly<Ref<HTMLTextAreaElement | null>>
  text: Ref<string>
  listCommands: () => Promise<OfferedCommand[] | Refusal>
  /** A slash at the beginning begins a command. */
  isCommand: () => boolean
  circle: () => Circle
}

export function useComposed({ field, text, listCommands, isCommand, circle }: ComposedDeps) {
  const typed = shallowRef<Typed>({ text: text.value, caret: text.value.length })
  const emoji = emojiSource(language)

  // Limit: a phone's keyboard composes every word of any language, and choices are tapped; so there the list opens.
  const isComposing = ref(false)
  const composesAll = (): boolean => matchMedia('(pointer: coarse)').matches

  const completion = useCompletion({
    typed,
    sources: [
      commandSource(listCommands, isCommand),
      peopleSource(circle),
      roomSource(() => circle().rooms ?? []),
      emoji,
    ],
    isComposing: () => isComposing.value && !composesAll(),
    put,
  })

  function look(): void {
    const el = field.value
    if (el === null) return
    const next = { text: el.value, caret: el.selectionStart === el.selectionEnd ? el.selectionEnd : -1 }
    if (next.text !== typed.value.text || next.caret !== typed.value.caret) typed.value = next
  }
  onMounted(look)
  useEventListener(document, 'selectionchange', () => document.activeElement === field.value && look())
  watch(text, () => nextTick(look))

  function input(event: Event): void {
    const el = field.value
    if (el === null) return
    text.value = el.value
    look()
    if (event instanceof InputEvent && event.data?.endsWith(':') === true) close()
    if (hasCodes(el.value)) emoji.look(el.value)
  }

  /** A colon has closed the name of an emoji. */
  function close(): void {
    const piece = closedPiece(typed.value)
    const found = piece && emoji.named(piece.query)
    if (piece !== undefined && found !== undefined) put(piece, found)
  }

  function put({ from, to }: Piece, words: string): void {
    const el = field.value
    if (el === null) return
    replaceText(el, { from, to, words })
    text.value = el.value
    look()
  }

  function compose(event: CompositionEvent): void {
    isComposing.value = event.type === 'compositionstart'
    look()
  }
  // Trap: Safari ends the composition before it reports the Enter that ended it; only its keyCode, 229, identifies it.
  // Time is no indication: a fast typist accepts a name within some ms of the end.
  const isOfInputMethod = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229

  const chosenId = computed(() => completion.current.value && idOf(completion.current.value))
  return { completion, chosenId, input, compose, isOfInputMethod, spell: emoji.spell }
}
