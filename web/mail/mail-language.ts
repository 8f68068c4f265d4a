// The server writes mails in the language that somebody reads here: it is told once, and whenever they choose another.
import { watch } from 'vue'
import { useWorkspace } from '../access/workspace.ts'
import { speakMail } from '../wire/mail-api.ts'
import { isRefusal } from '../wire/refusal.ts'
import { language } from '../words/words.ts'

/** For whoever is signed in as long as the component lives. */
export function useMailLanguage(userId: string): void {
  const workspace = useWorkspace()
  const kept = `brook.mail-language.${userId}`
  watch(
    [() => workspace.settings?.mail === true, language],
    async ([hasMail, now]) => {
      if (!hasMail || read(kept) === now) return
      const answer = await speakMail(now)
      if (answer === undefined || !isRefusal(answer)) keep(kept, now)
    },
    { immediate: true },
  )
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}
function keep(key: string, value: string): void {
  try {
    localStorage.setItem(key, value)
  } catch {
    // The server is then told each time.
  }
}
