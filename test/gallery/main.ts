// The gallery: one state of the web app at a time, drawn from fixtures. `npx vite test/gallery` serves it.
// /?state=room-busy&theme=dark&lang=zh; without a state it lists them.
import { createPinia } from 'pinia'
import { ConfigProvider, TooltipProvider } from 'reka-ui'
import { createApp, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import '../../web/style/main.css'
import '../../web/style/inside.css'
import { shellActions, type ShellActions } from '../../web/rooms/shell-actions.ts'
import { chooseTheme } from '../../web/ui/theme.ts'
import Toasts from '../../web/ui/Toasts.vue'
import { chooseLanguage, learn } from '../../web/words/words.ts'
import { states } from './states.ts'

const nothing = () => undefined
const doNothing: ShellActions = {
  join: nothing,
  create: nothing,
  find: nothing,
  reload: nothing,
  readAll: nothing,
  showPassword: nothing,
  showSessions: nothing,
  showKeys: nothing,
  showAccount: () => undefined,
  showSecurity: () => undefined,
  showNotifications: () => undefined,
  showAdmin: nothing,
  showGroups: nothing,
  showEmoji: nothing,
  showFiles: nothing,
  signOut: nothing,
}

const asked = new URLSearchParams(location.search)
chooseTheme(asked.get('theme') === 'dark' ? 'dark' : 'light')
await chooseLanguage(asked.get('lang') === 'zh' ? 'zh' : 'en')
await learn()

const blank = { render: () => null }
const router = createRouter({
  history: createMemoryHistory(),
  routes: [
    { path: '/', name: 'home', component: blank },
    { path: '/rooms/:id', name: 'room', component: blank },
    { path: '/rooms/:id/:seq', name: 'message', component: blank },
    { path: '/search', name: 'search', component: blank },
    { path: '/mentions', name: 'mentions', component: blank },
    { path: '/rooms/:id/thread/:root', name: 'thread', component: blank },
    { path: '/threads', name: 'threads', component: blank },
    { path: '/saved', name: 'saved', component: blank },
    { path: '/directory', name: 'directory', component: blank },
    ...[
      'inbox',
      'later',
      'people',
      'groups',
      'files',
      'admin',
      'admin-people',
      'admin-requests',
      'admin-bans',
      'admin-rooms',
      'admin-audit',
      'admin-archive',
      'admin-backups',
      'admin-emoji',
      'admin-groups',
      'admin-reports',
      'admin-rules',
      'admin-storage',
    ].map((name) => ({
      path: `/${name}`,
      name,
      component: blank,
    })),
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
    .provide(shellActions, doNothing)
    .mount('#app')
}
