// The web app starts with the sign-in page alone. The app shell is loaded afterwards, or in parallel for signed-in
// people.
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { watchInstalling } from './installed/installing.ts'
import './style/main.css'
import { whenIdle } from './ui/idle.ts'
import { version } from './wire/page-version.ts'
import { learn } from './words/words.ts'

// A part of the page that is loaded when it is needed: its file may be gone, or the network.
window.addEventListener('vite:preloadError', () => void version.partMissing())

watchInstalling()

const app = createApp(App, { loadSignedIn })
app.use(createPinia()).mount('#app')
// Vite has no service worker.
if (import.meta.env.PROD)
  whenIdle(() =>
    import('./installed/worker.ts').then(
      ({ keepApp }) => keepApp(),
      () => undefined,
    ),
  )

async function loadSignedIn() {
  const [{ SignedIn, router, styled }] = await Promise.all([import('./app-shell.ts'), learn()])
  await styled
  app.use(router)
  return SignedIn
}
