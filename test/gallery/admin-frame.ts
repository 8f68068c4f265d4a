// A section of the administration page as the page frames it.
import { h, type Component } from 'vue'
import AdminNav from '../../web/admin/AdminNav.vue'
import { t } from '../../web/words/words.ts'

export const framed =
  (inner: () => ReturnType<typeof h>): (() => Component) =>
  () =>
  () =>
    h('main', { class: 'flex h-seen flex-col bg-surface' }, [
      h('h1', { class: 'px-4 py-3 text-lg font-[650]' }, t('admin.title')),
      h(AdminNav),
      h('div', { class: 'min-h-0 flex-1 overflow-y-auto px-4 py-6 two:px-8', tabindex: 0 }, [
        h('div', { class: 'mx-auto max-w-[720px]' }, [inner()]),
      ]),
    ])
