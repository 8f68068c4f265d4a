// The language of a text, guessed from its script, for screen readers and for the choice of glyphs. Pure.
import { language } from '../words/words.ts'

const scripts = [
  [/[\p{sc=Hiragana}\p{sc=Katakana}]/gu, 'ja'],
  [/\p{sc=Han}/gu, 'zh'],
  [/\p{sc=Hangul}/gu, 'ko'],
  [/\p{sc=Arabic}/gu, 'ar'],
  [/\p{sc=Hebrew}/gu, 'he'],
  [/\p{sc=Cyrillic}/gu, 'ru'],
  [/\p{sc=Greek}/gu, 'el'],
  [/\p{sc=Thai}/gu, 'th'],
  [/\p{sc=Devanagari}/gu, 'hi'],
  [/\p{sc=Latin}/gu, 'en'],
] as const

/** A Latin letter is a smaller part of a word than a Chinese one. */
const lettersPerWord: Readonly<Record<string, number>> = { zh: 1, ja: 1, ko: 1.5 }
/** The beginning of a text shows its language. */
const readChars = 400

/** Undefined: the language of the interface, or nothing to go by. */
export function langOf(text: string, own: string = language()): string | undefined {
  const start = text.slice(0, readChars)
  // Most texts: one look decides.
  if (own === 'en' && !/[^\u0000-\u024f\p{P}\p{S}\p{Extended_Pictographic}]/u.test(start)) return undefined
  const counts = scripts.map(
    ([letters, lang]) => [lang, (start.match(letters)?.length ?? 0) / (lettersPerWord[lang] ?? 5)] as const,
  )
  const weights = new Map(counts)
  // Japanese is written with both.
  if ((weights.get('ja') ?? 0) > 0)
    weights.set('ja', (weights.get('ja') ?? 0) + (weights.get('zh') ?? 0) + 0.5)
  const [best, weight] = [...weights].reduce((most, one) => (one[1] > most[1] ? one : most))
  return weight === 0 || best === own ? undefined : best
}
