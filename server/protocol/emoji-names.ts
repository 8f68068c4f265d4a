// What the workspace's own emoji may be called, and how a reaction says that it is one of them: `:party-parrot:`. Pure; both sides
// use it.
import { customEmojiLimits } from './custom-emoji-limits.ts'

/** Letters of any script. An Apple keyboard writes `＋` and full-width letters, which are folded first. */
const shape = /^(?=.*\p{L})[\p{L}\p{N}][\p{L}\p{M}\p{N}_+-]*$/u
/** Of these, one character is a word. */
const spaceless = /^[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}]/u

/** Of a name between colons in a text: see server/text/emoji.ts. */
export const emojiName = '[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N}_+-]{0,31}'

/** As names are compared: `:Party-Parrot:` is `:party-parrot:`. */
export const foldEmojiName = (name: string): string => name.normalize('NFKC').toLowerCase()

/** The name as it is kept, with or without its colons; undefined: it cannot be one. */
export function cleanEmojiName(raw: string): string | undefined {
  if (raw.length > 4 * customEmojiLimits.nameChars) return undefined
  const name = foldEmojiName(raw.trim().replace(/^:|:$/g, ''))
  const chars = [...name].length
  const isLong = chars >= 2 || spaceless.test(name)
  return isLong && chars <= customEmojiLimits.nameChars && shape.test(name) ? name : undefined
}

/** What stands in a reaction, and in a text. */
export const emojiKey = (name: string): string => `:${name}:`

/** The name in a key; undefined: it is a built-in emoji, or nothing. */
export const nameInKey = (key: string): string | undefined =>
  key.length > 2 && key.startsWith(':') && key.endsWith(':') ? cleanEmojiName(key) : undefined
