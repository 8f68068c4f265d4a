// What may be a reaction: exactly one emoji. Pure; the picker and the server use the same check.

const one = /^\p{RGI_Emoji}$/v
const selectors = /[\ufe0e\ufe0f]/g
const shownAsText = /[\p{Emoji}--\p{Emoji_Presentation}](?!\p{Emoji_Modifier})/gv

/**
 * The emoji as it is stored, or undefined. The picture selector stands where Unicode asks for it, after what it would
 * otherwise show as text, and nowhere else: ❤ and ❤️ are one, and so are 👍 and 👍️.
 */
export function cleanEmoji(raw: string): string | undefined {
  const emoji = raw.replace(selectors, '').replace(shownAsText, '$&\ufe0f')
  return one.test(emoji) ? emoji : undefined
}
