// What a name may be, the same in the browser's form and at the server's door. Pure.
import { limits } from './limits.ts'

/** Control characters, bidi overrides and isolates, and other marks that hide or turn text. */
const hidden =
  /[\p{Cc}\p{Cs}\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff\ufff9-\ufffb]/u

const clean = (raw: string, mostChars: number): string | undefined => {
  const name = raw.normalize('NFC').trim()
  const chars = [...name].length
  return chars < 1 || chars > mostChars || hidden.test(name) ? undefined : name
}

/** A person's name, trimmed and NFC-normalised, or undefined when it may not be one. */
export const cleanName = (raw: string): string | undefined => clean(raw, limits.nameChars)

/** A room's name without the leading # that people type, or undefined. */
export const cleanRoomName = (raw: string): string | undefined =>
  clean(raw.trim().replace(/^#+/, ''), limits.roomNameChars)

/** A topic, which may be empty, or undefined. */
export const cleanTopic = (raw: string): string | undefined =>
  raw.trim() === '' ? '' : clean(raw, limits.topicChars)

/** What makes two names the same: compatibility forms (full-width Latin) and case do not tell them apart. */
export const nameKey = (name: string): string => name.normalize('NFKC').toLowerCase().normalize('NFC')
