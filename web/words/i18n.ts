// Which language is spoken: the reader's choice, or the browser's. Kept in this browser.
import { createI18n } from 'vue-i18n'
import { computed, ref } from 'vue'
import { en, type Words } from './en.ts'
import { zh } from './zh.ts'

declare module 'vue-i18n' {
  // The keys of t() are checked against the words.
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type -- only an interface merges with theirs
  export interface DefineLocaleMessage extends Words {}
}

export type Language = 'en' | 'zh'
export type LanguageChoice = Language | 'auto'
const kept = 'brook.language'

const ofBrowser = (): Language =>
  (navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag)) ?? 'en').toLowerCase().startsWith('zh')
    ? 'zh'
    : 'en'

function readChoice(): LanguageChoice {
  try {
    const choice = localStorage.getItem(kept)
    return choice === 'en' || choice === 'zh' ? choice : 'auto'
  } catch {
    // Storage is closed to this page: the browser's language is the answer.
    return 'auto'
  }
}

const choice = ref<LanguageChoice>(readChoice())

export const languageChoice = computed(() => choice.value)
const language = computed<Language>(() => (choice.value === 'auto' ? ofBrowser() : choice.value))

export const i18n = createI18n({
  legacy: false,
  locale: language.value,
  fallbackLocale: 'en',
  messages: { en, zh },
})

const tags: Record<Language, string> = { en: 'en', zh: 'zh-CN' }

/** Tells the page which language it is in: screen readers and the choice of Chinese glyphs depend on it. */
function show() {
  i18n.global.locale.value = language.value
  document.documentElement.lang = tags[language.value]
}
show()

export function chooseLanguage(next: LanguageChoice) {
  choice.value = next
  try {
    if (next === 'auto') localStorage.removeItem(kept)
    else localStorage.setItem(kept, next)
  } catch {
    // The choice then lives as long as the page.
  }
  show()
}
