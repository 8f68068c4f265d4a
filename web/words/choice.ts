// The preferred language: the person's choice, or their browser's. Stored in this browser.
export type Language = 'en' | 'zh'
export type LanguageChoice = Language | 'auto'
const kept = 'brook.language'

export const ofBrowser = (): Language =>
  (navigator.languages.find((tag) => /^(en|zh)\b/i.test(tag)) ?? 'en').toLowerCase().startsWith('zh')
    ? 'zh'
    : 'en'

export function readChoice(): LanguageChoice {
  try {
    const choice = localStorage.getItem(kept)
    return choice === 'en' || choice === 'zh' ? choice : 'auto'
  } catch {
    // Storage is blocked for this page: the browser's language applies.
    return 'auto'
  }
}

export function keepChoice(next: LanguageChoice): void {
  try {
    if (next === 'auto') localStorage.removeItem(kept)
    else localStorage.setItem(kept, next)
  } catch {
    // The choice then lives as long as the page.
  }
}
