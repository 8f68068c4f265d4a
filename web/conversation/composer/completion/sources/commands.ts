// Completes the name of a slash command at the beginning of a text.
import { ref, shallowRef } from 'vue'
import type { OfferedCommand } from '../../../../../server/protocol/http.ts'
import { matching, nameBeing } from '../../slash.ts'
import { isRefusal, type Refusal } from '../../../../wire/refusal.ts'
import type { Source } from '../choice.ts'

/** Commands come and go with their processes; a list older than this is reloaded when a slash is typed. */
const freshForMs = 5_000

export function commandSource(
  list: () => Promise<OfferedCommand[] | Refusal>,
  /** A text being edited is never a command. */
  isAllowed: () => boolean = () => true,
  now: () => number = Date.now,
): Source {
  const commands = shallowRef<OfferedCommand[]>([])
  const state = ref<'loading' | 'ready' | 'failed'>('loading')
  let askedAt = -Infinity

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

  return {
    kind: 'command',
    saysNone: true,
    state,
    look: () => void look(),
    pieceAt: ({ text }) => {
      const query = isAllowed() ? nameBeing(text) : undefined
      return query === undefined ? undefined : { from: 0, to: text.length, query }
    },
    choices: (query) =>
      matching(commands.value, query).map((command) => ({
        kind: 'command',
        key: command.name,
        words: `/${command.name}`,
        command,
      })),
    isWhole: (choice, query) => choice.key === query,
  }
}
