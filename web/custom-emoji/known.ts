// The workspace's own emoji, as far as this page knows them, for whatever draws one: a text, a reaction, the picker. The store
// (custom-emoji.ts) keeps them up to date.
import { computed, shallowRef } from 'vue'
import type { CustomEmoji } from '../../server/protocol/custom-emoji.ts'
import { emojiName, nameInKey } from '../../server/protocol/emoji-names.ts'

const all = shallowRef<readonly CustomEmoji[]>([])
const byName = computed(
  () => new Map(all.value.flatMap((one) => [one.name, ...one.aliases].map((name) => [name, one]))),
)

/** By name. */
export const knownEmoji = computed(() => all.value)
export const setKnownEmoji = (emoji: readonly CustomEmoji[]): void => void (all.value = emoji)

/** Of a name between colons, whatever its case; undefined: there is none, or it is not known yet. */
export function customEmoji(key: string): CustomEmoji | undefined {
  if (all.value.length === 0 || !key.startsWith(':')) return undefined
  return byName.value.get(nameInKey(key) ?? '')
}

/** The addresses of its image, and of one that does not move. */
export function imagesOf({ id, v, animated }: Pick<CustomEmoji, 'id' | 'v' | 'animated'>) {
  const moving = `/api/emoji/${id}/image?v=${v}`
  return { moving, still: animated === true ? `${moving}&still=1` : moving }
}

const named = new RegExp(`:${emojiName}:`, 'gu')

/** The text with something as wide in place of each of them. */
export const withoutCustom = (text: string): string =>
  all.value.length === 0 ? text : text.replace(named, (key) => (customEmoji(key) ? '😀' : key))
