// The emoji that a person really uses, and the skin tone they have chosen; kept in this browser.
import { useLocalStorage } from '@vueuse/core'
import { computed } from 'vue'
import { customEmoji } from '../../../custom-emoji/known.ts'

/** For somebody who has not reacted yet. */
const usual = ['👍', '❤️', '😂', '🎉', '👀', '🙏', '✅'] as const
/** What was used long ago is forgotten. */
const remembered = 60

/** The most used first; of equally used ones the last used. Filled up with the usual ones to their number. Pure. */
export function mostUsedOf(uses: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const emoji of uses) counts.set(emoji, (counts.get(emoji) ?? 0) + 1)
  const used = [...counts.keys()].sort(
    (a, b) => (counts.get(b) ?? 0) - (counts.get(a) ?? 0) || uses.lastIndexOf(b) - uses.lastIndexOf(a),
  )
  return [...new Set([...used, ...usual])].slice(0, usual.length)
}

/** One of the workspace's own may be gone. */
const isThere = (emoji: string): boolean => !emoji.startsWith(':') || customEmoji(emoji) !== undefined

export function useUsedEmoji(user: string) {
  const uses = useLocalStorage<string[]>(`brook.emoji.${user}`, [])
  return {
    mostUsed: computed(() => mostUsedOf(uses.value.filter(isThere))),
    use: (emoji: string) => void (uses.value = [...uses.value, emoji].slice(-remembered)),
  }
}

/** 0: as it is; 1 to 5: from light to dark. */
export const useSkinTone = () => useLocalStorage('brook.emoji.tone', 0)
