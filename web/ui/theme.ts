// Light, dark or the system's theme. public/theme.js sets the first paint; this sets every later one.
import { usePreferredDark } from '@vueuse/core'
import { computed, ref, watch } from 'vue'

export type ThemeChoice = 'system' | 'light' | 'dark'
const kept = 'brook.theme'

function readChoice(): ThemeChoice {
  try {
    const choice = localStorage.getItem(kept)
    return choice === 'light' || choice === 'dark' ? choice : 'system'
  } catch {
    // Storage is blocked for this page: the system's theme applies.
    return 'system'
  }
}

const choice = ref<ThemeChoice>(readChoice())
export const themeChoice = computed(() => choice.value)

const systemIsDark = usePreferredDark()
export const isDark = computed(() =>
  choice.value === 'system' ? systemIsDark.value : choice.value === 'dark',
)

watch(
  isDark,
  (dark) => {
    document.documentElement.dataset['theme'] = dark ? 'dark' : 'light'
    document.querySelector('meta[name=theme-color]')?.setAttribute('content', dark ? '#12171b' : '#fbfaf8')
  },
  { immediate: true },
)

export function chooseTheme(next: ThemeChoice) {
  choice.value = next
  try {
    if (next === 'system') localStorage.removeItem(kept)
    else localStorage.setItem(kept, next)
  } catch {
    // The choice then lives as long as the page.
  }
}
