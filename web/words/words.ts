// Says the words of the face in the language in use. What the entry says is there at once in every language; the rest comes
// with the inside of Brook, in the one language (learn).
import { shallowRef } from 'vue'
import { readChoice, keepChoice, ofBrowser, type Language, type LanguageChoice } from './choice.ts'
import type { Words } from './en.ts'
import { entryEn } from './entry-en.ts'
import { entryZh } from './entry-zh.ts'

interface Tree {
  readonly [key: string]: string | Tree
}
type Leaf<Words> = {
  [Key in keyof Words & (string | number)]: Words[Key] extends string
    ? `${Key}`
    : `${Key}.${Leaf<Words[Key]>}`
}[keyof Words & (string | number)]

/** Where a word stands: 'entry.welcome'. */
export type Word = Leaf<Words>
export type Places = Readonly<Record<string, string | number>>

const entry = { en: entryEn, zh: entryZh }
const whole = {
  en: async () => (await import('./en.ts')).en,
  zh: async () => (await import('./zh.ts')).zh,
}
const tags: Record<Language, string> = { en: 'en', zh: 'zh-CN' }

const chosen = shallowRef<LanguageChoice>(readChoice())
export const languageChoice = (): LanguageChoice => chosen.value
const wanted = (): Language => (chosen.value === 'auto' ? ofBrowser() : chosen.value)

const spoken = shallowRef<Language>(wanted())
const said = shallowRef<Tree>({})
/** The language in use. */
export const language = (): Language => spoken.value
let isInside = false

/** Tells the page which language it is in, too: screen readers and the choice of Chinese glyphs depend on it. */
function speak(next: Language, words: Tree): void {
  said.value = words
  spoken.value = next
  document.documentElement.lang = tags[next]
}
speak(wanted(), entry[wanted()])

/** Makes every word of the language in use known. Fails as fetching code does. */
export async function learn(): Promise<void> {
  isInside = true
  const next = wanted()
  const words = await whole[next]()
  // Another may have been chosen while the words came.
  if (next === wanted()) speak(next, words)
}

/** Resolves when it is spoken; where its words cannot be had, the choice is what it was, and it fails. */
export async function chooseLanguage(next: LanguageChoice): Promise<void> {
  const before = chosen.value
  chosen.value = next
  if (!isInside) speak(wanted(), entry[wanted()])
  else
    await learn().catch((error: unknown) => {
      if (chosen.value === next) chosen.value = before
      throw error
    })
  if (chosen.value === next) keepChoice(next)
}

/**
 * The words at `word`, with `places` put where they name them: `{name}`. Forms of number are told apart by `count`, which is
 * `places.n` where that is a number: one | many, or none | one | many.
 */
export function t(word: Word, places: Places = {}, count = places['n']): string {
  const text = found(word)
  const form = text.includes('|') ? formOf(text.split('|'), Number(count)) : text
  return form.replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place))
}

/** The word itself where it is not known: better than nothing, and seen at once by who wrote it. */
function found(word: string): string {
  let at: string | Tree | undefined = said.value
  for (const step of word.split('.')) at = typeof at === 'object' ? at[step] : undefined
  return typeof at === 'string' ? at : word
}

/** Without a count it is the form for one. */
function formOf(forms: string[], count: number): string {
  const [none, one] = forms.length > 2 ? [forms[0], forms[1]] : [forms[1], forms[0]]
  const form = count === 0 ? none : count > 1 ? forms.at(-1) : one
  return (form ?? '').trim()
}
