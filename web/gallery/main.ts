// The gallery: one state of the face at a time, from fixtures. Only the dev server has it.
// /gallery.html?state=room-busy&theme=dark&lang=zh; without a state it lists them.
import { createPinia } from 'pinia'
import { ConfigProvider, TooltipProvider } from 'reka-ui'
import { createApp, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import '../style/main.css'
import { chooseTheme } from '../ui/theme.ts'
import Toasts from '../ui/Toasts.vue'
import { chooseLanguage, learn } from '../words/words.ts'
import { states } from './states.ts'

const asked = new URLSearchParams(location.search)
chooseTheme(asked.get('theme') === 'dark' ? 'dark' : 'light')
await chooseLanguage(asked.get('lang') === 'zh' ? 'zh' : 'en')
await learn()

const nothing = { render: () => null }
const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/', name: 'home', component: nothing },
    { path: '/rooms/:id', name: 'room', component: nothing },
    { path: '/rooms/:id/:seq', name: 'message', component: nothing },
    { path: '/search', name: 'search', component: nothing },
    { path: '/mentions', name: 'mentions', component: nothing },
    { path: '/rooms/:id/thread/:root', name: 'thread', component: nothing },
    { path: '/threads', name: 'threads', component: nothing },
    { path: '/saved', name: 'saved', component: nothing },
  ],
})

const state = states[asked.get('state') ?? '']
if (state === undefined) {
  document.body.style.overflow = 'auto'
  for (const name of Object.keys(states)) {
    const link = document.createElement('a')
    link.href = `?state=${name}`
    link.textContent = name
    link.style.display = 'block'
    document.body.append(link)
  }
  Object.assign(window, { states: Object.keys(states) })
} else {
  const shown = state()
  createApp({
    render: () =>
      h(ConfigProvider, { scrollBody: false }, () => h(TooltipProvider, null, () => [h(shown), h(Toasts)])),
  })
    .use(createPinia())
    .use(router)
    .mount('#app')
}
