// Words of a page as they are shown: one line, bounded, without what hides or turns text. Pure.

/** Control characters, marks of direction, and what is invisible; the joiners of emoji and of Persian stay. */
const hidden =
  /[\p{Cc}\p{Cs}\p{Co}\p{Cn}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{e0000}-\u{e0fff}]/gu
/** Marks that are stacked on a letter beyond those of any language. */
const stacked = /(\p{M}{4})\p{M}+/gu
const visible = /[^\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Undefined: nothing is left to read. What is longer ends with an ellipsis. */
export function cleanWords(raw: string | undefined, maxChars: number): string | undefined {
  if (raw === undefined) return undefined
  // Bounded before it is composed: whatever comes after cannot be shown.
  const some = raw
    .slice(0, maxChars * 16)

    .normalize('NFC')
  const line = some
    .replace(/\s+/gu, ' ')
    .replace(hidden, '')
    .replace(stacked, '$1')
    .replace(/ {2,}/g, ' ')
    .trim()
  if (!visible.test(line)) return undefined
  const chars = [...line]
  return chars.length <= maxChars
    ? line
    : `${chars
        .slice(0, maxChars - 1)
        .join('')
        .trimEnd()}…`
}
