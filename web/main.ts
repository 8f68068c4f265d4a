// Where the web app starts: with the entry alone. The inside is code that follows it, or comes beside it for who is in.
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import './style/main.css'
import { learn } from './words/words.ts'

const app = createApp(App, { loadInside })
app.use(createPinia()).mount('#app')

async function loadInside() {
  const [{ Inside, router }] = await Promise.all([import('./inside.ts'), learn()])
  app.use(router)
  return Inside
}
