// Turns names from a source into names that are valid here. Pure.
import { limits } from '../protocol/limits.ts'
import { looksLikeAnother } from '../protocol/misleading-names.ts'
import { cleanName, cleanRoomName, cleanTopic } from '../protocol/names.ts'

const cut = (text: string, max: number): string => [...text.trim()].slice(0, max).join('').trim()

/** Removes characters that hide or reorder text; if nothing remains, or it can be taken for another, it is `otherwise`. */
function tame(
  raw: string,
  max: number,
  clean: (name: string) => string | undefined,
  otherwise: string,
): string {
  const plain = raw.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ')
  const found = clean(cut(plain, max))
  const isUsable = found !== undefined && !looksLikeAnother(found)
  return (isUsable ? found : undefined) ?? clean(cut(otherwise, max)) ?? 'imported'
}

export const tamePersonName = (raw: string, ref: string): string =>
  tame(raw, limits.nameChars, cleanName, ref)

export const tameRoomName = (raw: string, ref: string): string =>
  tame(raw, limits.roomNameChars, cleanRoomName, ref)

export const tameTopic = (raw: string): string =>
  raw.trim() === '' ? '' : tame(raw.replace(/\s+/g, ' '), limits.topicChars, cleanTopic, '-')

/** The n-th candidate, from 1: the name itself, then with a suffix, within the same length. */
export const nthName = (name: string, n: number, max: number): string =>
  n === 1 ? name : `${cut(name, max - `-${n}`.length)}-${n}`

/** True if `name` is one that `nthName` returns for `wanted`. */
export const isNthName = (name: string, wanted: string, max: number): boolean => {
  const n = Number(/-(\d+)$/.exec(name)?.[1] ?? 1)
  return name === wanted || (n > 1 && name === nthName(wanted, n, max))
}
