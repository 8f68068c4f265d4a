// Completes what is being typed at the caret: the source, the active choice, and what a key does. One engine for
// commands, names and emoji; it knows none of them.
import { computed, ref, watch, type Ref } from 'vue'
import type { Choice, Piece, Source, Typed } from './choice.ts'

export interface CompletionDeps {
  typed: Readonly<Ref<Typed>>
  /** The first source with choices for the piece at the caret is used. */
  sources: readonly Source[]
  /** An input method is active: nothing opens, and nothing is accepted. */
  isComposing?: () => boolean
  /** Replaces a piece of the text; the caret follows. */
  put: (piece: Piece, words: string) => void
}

export function useCompletion({ typed, sources, isComposing = () => false, put }: CompletionDeps) {
  const chosen = ref(0)
  /** The piece that was closed or completed: the list stays closed until another piece is begun. */
  const done = ref<string>()

  const found = computed(() => {
    for (const source of sources) {
      const piece = source.pieceAt(typed.value)
      if (piece === undefined) continue
      const choices = source.choices(piece.query)
      // Names may contain spaces: if no name continues like this, what follows a space may be something else.
      const says = choices.length > 0 || source.saysNone || source.state.value !== 'ready'
      if (says) return { source, piece, choices, place: `${source.kind} ${piece.from}` }
    }
    return undefined
  })
  const choices = computed(() => found.value?.choices ?? [])
  const state = computed(() => found.value?.source.state.value ?? 'ready')
  const isOpen = computed(
    () => found.value !== undefined && found.value.place !== done.value && !isComposing(),
  )
  const kind = computed(() => (isOpen.value ? found.value?.source.kind : undefined))
  const current = computed(() => (isOpen.value ? choices.value[chosen.value] : undefined))

  watch(
    () => [found.value?.place, found.value?.piece.query] as const,
    ([place, query], before) => {
      chosen.value = 0
      if (place === before?.[0]) return
      done.value = undefined
      if (query !== undefined) found.value?.source.look(query)
    },
    { immediate: true },
  )

  function move(step: 1 | -1): boolean {
    const { length } = choices.value
    if (!isOpen.value || length === 0) return false
    chosen.value = (chosen.value + step + length) % length
    return true
  }

  function pick(at = chosen.value): boolean {
    const choice = isOpen.value ? choices.value[at] : undefined
    if (found.value === undefined || choice === undefined) return false
    const { piece, place } = found.value
    done.value = place
    put(piece, choice.words + spaceAfter(typed.value.text.slice(piece.to)))
    return true
  }

  /** Enter completes a partial name; a name typed in full is left to be sent. */
  function enter(): boolean {
    const { source, piece } = found.value ?? {}
    if (current.value === undefined || source === undefined || piece === undefined) return false
    return !source.isWhole(current.value, piece.query) && pick()
  }

  function close(): boolean {
    const was = isOpen.value
    if (was) done.value = found.value?.place
    return was
  }

  return { kind, choices, state, chosen, current, isOpen, move, pick, enter, close }
}

/** A space follows, unless there is already one or a full stop. */
const spaceAfter = (rest: string): string => (/^[\s\p{P}]/u.test(rest) ? '' : ' ')

export const idOf = ({ kind, key }: Choice): string => `${kind}-${key}`
