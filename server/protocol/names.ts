// What a name may be, the same in the browser's form and at the server's door. Pure.
import { limits } from './limits.ts'

/** Control characters, bidi overrides and isolates, and other marks that hide or turn text. */
const hidden =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb]/u

/** Something to see: not only spaces, marks without a letter, fillers, selectors or the empty Braille cell. */
const visible = /[^\p{Z}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u

const clean = (raw: string, mostChars: number): string | undefined => {
  const name = raw.normalize('NFC').trim()
  return [...name].length > mostChars || hidden.test(name) || !visible.test(name) ? undefined : name
}

/** A person's name, trimmed and NFC-normalised, or undefined when it may not be one. */
export const cleanName = (raw: string): string | undefined => clean(raw, limits.nameChars)

/** A room's name without the leading # that people type, or undefined. */
export const cleanRoomName = (raw: string): string | undefined =>
  clean(raw.trim().replace(/^#+/, ''), limits.roomNameChars)

/** A topic, which may be empty, or undefined. */
export const cleanTopic = (raw: string): string | undefined =>
  raw.trim() === '' ? '' : clean(raw, limits.topicChars)

/**
 * What makes two names the same: case (ß is ss), compatibility forms (full-width Latin), spaces, and joiners and
 * selectors that nobody sees do not tell them apart. After NFKC_Casefold (Unicode 3.13), as far as JavaScript has it.
 */
export const nameKey = (name: string): string =>
  fold(fold(name))
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .replace(/\s+/gu, ' ')
    .trim()
    .normalize('NFKC')

/** Upper case first, for only it takes ß apart. */
const fold = (name: string): string => name.normalize('NFKC').toUpperCase().toLowerCase().normalize('NFKC')
