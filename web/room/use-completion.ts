// Completes commands while their name is typed: which match, which one is chosen, and what a key does.
import { computed, ref, shallowRef, watch, type Ref } from 'vue'
import type { OfferedCommand } from '../../server/protocol/http.ts'
import { isRefusal, type Refusal } from '../wire/refusal.ts'
import { matching, nameBeing } from './slash.ts'

/** Commands come and go with their processes; a list this old is asked for again when a slash is typed. */
const freshForMs = 5_000

export function useCompletion(
  text: Ref<string>,
  list: () => Promise<OfferedCommand[] | Refusal>,
  now: () => number = Date.now,
) {
  const commands = shallowRef<OfferedCommand[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  const chosen = ref(0)
  /** Escape closes it for what is being typed; another slash opens it again. */
  const isClosed = ref(false)
  let askedAt = -Infinity

  const being = computed(() => nameBeing(text.value))
  const matches = computed(() => (being.value === undefined ? [] : matching(commands.value, being.value)))
  const isOpen = computed(() => being.value !== undefined && !isClosed.value)

  async function look(): Promise<void> {
    if (now() - askedAt < freshForMs) return
    askedAt = now()
    const answer = await list()
    if (isRefusal(answer)) {
      askedAt = -Infinity
      state.value = 'failed'
      return
    }
    commands.value = answer
    state.value = 'ready'
  }

  watch(
    being,
    (next, before) => {
      chosen.value = 0
      if (next === undefined) isClosed.value = false
      else if (before === undefined) void look()
    },
    { immediate: true },
  )

  function move(step: 1 | -1): boolean {
    const { length } = matches.value
    if (!isOpen.value || length === 0) return false
    chosen.value = (chosen.value + step + length) % length
    return true
  }

  function pick(at = chosen.value): boolean {
    const command = isOpen.value ? matches.value[at] : undefined
    if (command === undefined) return false
    text.value = `/${command.name} `
    return true
  }

  /** Enter on a name that is typed in full asks for it; else it completes. */
  const enter = (): boolean => being.value !== matches.value[chosen.value]?.name && pick()

  function close(): boolean {
    const was = isOpen.value
    isClosed.value = true
    return was
  }

  return { matches, state, chosen, isOpen, move, pick, enter, close }
}
