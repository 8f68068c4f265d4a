// The version of this very page (version.ts).
import { reloadAnew } from './reload.ts'
import { openVersion } from './version.ts'

const isField = (element: Element | null): boolean =>
  (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) && element.value !== ''

export const version = openVersion({
  own: document.querySelector<HTMLMetaElement>('meta[name="brook-build"]')?.content,
  askPage: async () => (await fetch('/', { cache: 'no-store' })).text(),
  reload: () => void reloadAnew(),
  isBusy: () => isField(document.activeElement) || document.querySelector('[role=dialog]') !== null,
  storage: () => sessionStorage,
  now: Date.now,
})
