// The texts of the interface in the current language. Those of the sign-in page are there at once in every language;
// the rest comes with the app shell, in one language (learn).
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

/** The key of a text: 'entry.welcome'. */
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
/** The current language. */
export const language = (): Language => spoken.value
let hasLearned = false

/** Also sets the language of the page: screen readers and the choice of Chinese glyphs depend on it. */
function speak(next: Language, words: Tree): void {
  said.value = words
  spoken.value = next
  document.documentElement.lang = tags[next]
}
speak(wanted(), entry[wanted()])

/** Loads all texts of the current language. Fails if the code cannot be loaded. */
export async function learn(): Promise<void> {
  hasLearned = true
  const next = wanted()
  const words = await whole[next]()
  // Another language may have been chosen meanwhile.
  if (next === wanted()) speak(next, words)
}

/** Resolves once it is in use; if its texts cannot be loaded, the choice stays as it was, and this fails. */
export async function chooseLanguage(next: LanguageChoice): Promise<void> {
  const before = chosen.value
  chosen.value = next
  if (!hasLearned) speak(wanted(), entry[wanted()])
  else
    await learn().catch((error: unknown) => {
      if (chosen.value === next) chosen.value = before
      throw error
    })
  if (chosen.value === next) keepChoice(next)
}

/**
 * The text at `word`, with `places` filled in: `{name}`. The plural form is chosen by `count`, which defaults to
 * `places.n` if that is a number: one | many, or none | one | many. Without a count, a bar is just a bar.
 */
export function t(word: Word, places: Places = {}, count = places['n']): string {
  const text = found(word)
  const form = count !== undefined && text.includes('|') ? formOf(text.split('|'), Number(count)) : text
  return form.replace(/\{(\w+)\}/g, (place, name: string) => String(places[name] ?? place))
}

/** The key itself if it is unknown: better than nothing, and obvious to the developer. */
function found(word: string): string {
  let at: string | Tree | undefined = said.value
  for (const step of word.split('.')) at = typeof at === 'object' ? at[step] : undefined
  return typeof at === 'string' ? at : word
}

/** The singular form if the count is not a number. */
function formOf(forms: string[], count: number): string {
  const [none, one] = forms.length > 2 ? [forms[0], forms[1]] : [forms[1], forms[0]]
  const form = count === 0 ? none : count > 1 ? forms.at(-1) : one
  return (form ?? '').trim()
}
