// Installing Brook as an app: by the browser's own question where it has one, or by hand. `beforeinstallprompt` comes early, so this
// is loaded with the page.
import { shallowRef } from 'vue'
import { isApple, isInstalled } from '../ui/installed.ts'

/** Chromium's; not on a standards track. */
interface InstallPrompt extends Event {
  prompt: () => Promise<{ outcome: 'accepted' | 'dismissed' }>
}

/** `ask`: the browser asks. `hand`: the person does it by the menu of the browser. */
export type InstallWay = 'ask' | 'hand' | 'installed'

const prompt = shallowRef<InstallPrompt>()
const isDone = shallowRef(false)

export function watchInstalling(): void {
  window.addEventListener('beforeinstallprompt', (event) => {
    // Its own bar would come at any moment.
    event.preventDefault()
    prompt.value = event as InstallPrompt
  })
  window.addEventListener('appinstalled', () => {
    prompt.value = undefined
    isDone.value = true
  })
}

/** Undefined: this browser does not install apps, or has not said yet that it does. */
export function installWay(): InstallWay | undefined {
  if (isDone.value || isInstalled()) return 'installed'
  if (prompt.value !== undefined) return 'ask'
  return isApple() ? 'hand' : undefined
}

/** From a click alone. A browser answers once to one question. */
export async function install(): Promise<void> {
  const { value: asked } = prompt
  prompt.value = undefined
  await asked?.prompt().catch(() => undefined)
}
