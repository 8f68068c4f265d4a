// Mentioning somebody from their card: the composer that was opened last takes the name.
import { computed, onScopeDispose, shallowReactive } from 'vue'

const takers = shallowReactive<((name: string) => void)[]>([])

/** For a composer: it takes names for as long as it is there. */
export function useMentionTaker(take: (name: string) => void): void {
  takers.push(take)
  onScopeDispose(() => takers.splice(takers.indexOf(take), 1))
}

/** Undefined: nothing is written on this screen. */
export const mention = computed(() => takers.at(-1))
