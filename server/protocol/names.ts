// What a name may be, the same in the browser's form and on the server. Pure.
import { nameLimits } from './name-limits.ts'

/** Control characters, bidi overrides and isolates, and other marks that hide or turn text. */
const hidden =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb]/u

/** Something visible: not only spaces, marks without a letter, fillers, selectors or the empty Braille cell. */
const visible = /[^\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

/** Characters of a name or a line, as its limit counts them: code points, composed, without the spaces around. */
export const charsIn = (raw: string): number => [...raw.normalize('NFC').trim()].length

const clean = (raw: string, maxChars: number): string | undefined => {
  const name = raw.normalize('NFC').trim()
  return charsIn(name) > maxChars || hidden.test(name) || !visible.test(name) ? undefined : name
}

/** A person's name, trimmed and NFC-normalised, or undefined if it is not valid. */
export const cleanName = (raw: string): string | undefined => clean(raw, nameLimits.nameChars)

/** A room's name without the leading # that people type, or undefined. */
export const cleanRoomName = (raw: string): string | undefined =>
  clean(raw.trim().replace(/^#+/, ''), nameLimits.roomNameChars)

/** A line of text with single spaces, of something visible, or undefined. */
export const cleanLine = (raw: string, maxChars: number): string | undefined =>
  clean(raw.trim().replace(/\s+/gu, ' '), maxChars)

/** A topic, which may be empty, or undefined. */
export const cleanTopic = (raw: string): string | undefined =>
  raw.trim() === '' ? '' : clean(raw, nameLimits.topicChars)

/**
 * The key by which two names are the same: case (ß is ss), compatibility forms (full-width Latin), spaces, and
 * invisible joiners and selectors make no difference. After NFKC_Casefold (Unicode 3.13), as far as JavaScript has
 * it.
 */
export const nameKey = (name: string): string =>
  isPlain.test(name)
    ? name.toLowerCase()
    : fold(fold(name))
        .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
        .replace(/\s+/gu, ' ')
        .trim()
        .normalize('NFKC')

/**
 * The key by which a text names somebody: as search reads it, accents and the curly quotes and dashes that keyboards
 * insert make no difference either. Two names may share it.
 */
export const spokenKey = (name: string): string => {
  const key = nameKey(name)
  return isPlain.test(key)
    ? key
    : key
        .normalize('NFKD')
        .replace(/[\u0300-\u036f]/g, '')
        .replace(/[‘’ʼʹ′´`]/g, "'")
        .replace(/[“”„]/g, '"')
        .replace(/[‐‑‒–—−]/g, '-')
        .normalize('NFC')
}

/**
 * ASCII with single spaces: only the case is folded. Most names are like this, and a text is compared with them at
 * each `@`.
 */
const isPlain = /^[!-~]+(?: [!-~]+)*$/

/** Upper case first, because only it splits ß. */
const fold = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
