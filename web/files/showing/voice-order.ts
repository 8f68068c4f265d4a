// Voice messages follow one another, as in a talk: when one has ended, the next one below it in the same list plays, if it has not
// been played in this browser. One that was heard ends the row, and so does one that is not on the page.
import { createGlobalState, useLocalStorage } from '@vueuse/core'
import { onBeforeUnmount, onMounted } from 'vue'

export interface VoicePlayer {
  /** Of its file. */
  id: string
  root: () => Element | null
  play: () => void
}

/** The last ones that were played here: older ones are far up. */
const kept = 500
const useHeard = createGlobalState(() => useLocalStorage<string[]>('brook.voicesHeard', []))

const players = new Set<VoicePlayer>()
const listOf = ({ root }: VoicePlayer): Element | null => root()?.closest('[role=feed]') ?? null

/** The one that plays after `ended`. */
export function nextVoice(
  all: Iterable<VoicePlayer>,
  ended: VoicePlayer,
  isHeard: (id: string) => boolean,
): VoicePlayer | undefined {
  const [list, from] = [listOf(ended), ended.root()]
  if (list === null || from === null) return undefined
  const isAfter = (one: Element | null, other: Element | null): boolean =>
    one !== null &&
    other !== null &&
    (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0
  const [next] = [...all]
    .filter((one) => listOf(one) === list && isAfter(from, one.root()))
    .sort((a, b) => (isAfter(a.root(), b.root()) ? -1 : 1))
  return next === undefined || isHeard(next.id) ? undefined : next
}

/** For a player; one that is not in a list of messages plays alone. */
export function useVoiceOrder(player: VoicePlayer) {
  const heard = useHeard()
  onMounted(() => players.add(player))
  onBeforeUnmount(() => players.delete(player))
  return {
    began: () => {
      if (!heard.value.includes(player.id)) heard.value = [...heard.value, player.id].slice(-kept)
    },
    ended: () => {
      const next = nextVoice(players, player, (id) => heard.value.includes(id))
      next?.root()?.scrollIntoView({ block: 'nearest' })
      next?.play()
    },
  }
}
