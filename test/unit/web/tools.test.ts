// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { ToolbarRoot } from 'reka-ui'
import { defineComponent, h, nextTick } from 'vue'
import ToolsMenu from '../../../web/conversation/composer/bar/ToolsMenu.vue'
import type { ComposerTool } from '../../../web/conversation/composer/bar/tools.ts'
import { conversationKey, useConversation } from '../../../web/conversation/conversation.ts'
import { learn, t } from '../../../web/words/words.ts'

beforeAll(learn)

/** A tool whose dialog names the room that it is opened in, and closes on a click. */
const dialog = defineComponent({
  props: { open: { type: Boolean, required: true } },
  emits: ['update:open'],
  setup(props, { emit }) {
    const { timeline } = useConversation()
    return () =>
      props.open
        ? h('button', { class: 'dialog', onClick: () => emit('update:open', false) }, timeline.room?.name)
        : null
  },
})
const tool: ComposerTool = { key: 'hello', icon: () => null, label: 'room.hello', open: dialog }

const menus: { unmount: () => void }[] = []
afterEach(() => menus.splice(0).forEach((menu) => menu.unmount()))
const menuOf = (tools: readonly ComposerTool[]) => {
  const menu = mount(() => h(ToolbarRoot, { class: 'bar' }, () => h(ToolsMenu, { tools })), {
    attachTo: document.body,
    global: { provide: { [conversationKey as symbol]: { timeline: { room: { name: 'garden' } } } } },
  })
  menus.push(menu)
  return menu
}
const items = () => [...document.querySelectorAll<HTMLElement>('[role=menuitem]')]

it('draws nothing if nothing is offered', () => {
  expect(menuOf([]).findAll('.bar *')).toEqual([])
})

it('opens the dialog of the chosen tool, in its conversation, and again after it was closed', async () => {
  const menu = menuOf([tool])
  for (let times = 0; times < 2; times += 1) {
    await menu.get('button').trigger('keydown', { key: 'Enter' })
    await nextTick()
    expect(items().map(({ textContent }) => textContent)).toEqual([t('room.hello')])
    expect(menu.find('.dialog').exists()).toBe(false)
    items()[0]?.click()
    await nextTick()
    expect(menu.get('.dialog').text()).toBe('garden')
    await menu.get('.dialog').trigger('click')
    expect(menu.find('.dialog').exists()).toBe(false)
  }
})
