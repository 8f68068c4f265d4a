// Names that come from elsewhere, made into names that may stand here. Pure.
import { limits } from '../protocol/limits.ts'
import { cleanName, cleanRoomName, cleanTopic } from '../protocol/names.ts'

const cut = (text: string, most: number): string => [...text.trim()].slice(0, most).join('').trim()

/** What hides or turns text is taken out; a name of nothing else becomes `otherwise`. */
function tame(
  raw: string,
  most: number,
  clean: (name: string) => string | undefined,
  otherwise: string,
): string {
  const plain = raw.normalize('NFC').replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu, ' ')
  return clean(cut(plain, most)) ?? clean(cut(otherwise, most)) ?? 'imported'
}

export const tamePersonName = (raw: string, ref: string): string =>
  tame(raw, limits.nameChars, cleanName, ref)

export const tameRoomName = (raw: string, ref: string): string =>
  tame(raw, limits.roomNameChars, cleanRoomName, ref)

export const tameTopic = (raw: string): string =>
  raw.trim() === '' ? '' : tame(raw.replace(/\s+/g, ' '), limits.topicChars, cleanTopic, '-')

/** The n-th name to try, from 1: the name itself, then with a suffix, within the same length. */
export const nthName = (name: string, n: number, most: number): string =>
  n === 1 ? name : `${cut(name, most - `-${n}`.length)}-${n}`

/** True when `name` is one that `nthName` gives for `wanted`. */
export const isNthName = (name: string, wanted: string, most: number): boolean => {
  const n = Number(/-(\d+)$/.exec(name)?.[1] ?? 1)
  return name === wanted || (n > 1 && name === nthName(wanted, n, most))
}
