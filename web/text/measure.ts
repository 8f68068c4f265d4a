// What is known of a text before it is drawn: only emoji, and how many lines. Pure.

/**
 * One to three emoji and nothing else, including flags and keycaps: drawn larger. ❤ alone is what Unicode shows as
 * text.
 */
const emojiOnly = /^(?:(?:\p{RGI_Emoji}|\p{Extended_Pictographic})\ufe0f?\s*){1,3}$/v
/** Three of the longest: two people of different skin tones who kiss. */
const maxEmoji = 3 * '🧑🏻‍❤️‍💋‍🧑🏼\ufe0f'.length + 2
export const isOnlyEmoji = (text: string): boolean => {
  const words = text.trim()
  return words.length <= maxEmoji && emojiOnly.test(words)
}

/** A message with more lines than this is folded. */
export const foldLines = 24
const charsPerLine = 68

/** Roughly how many lines `text` takes; wide characters count twice. Used before anything is drawn. */
export function lineCount(text: string, perLine = charsPerLine): number {
  let lines = 0
  for (const line of text.split('\n')) {
    const wide = line.match(/[\u1100-\u115f\u2e80-\uffdc]/gu)?.length ?? 0
    lines += Math.max(1, Math.ceil((line.length + wide) / perLine))
  }
  return lines
}
