// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import Composer from '../../../web/room/Composer.vue'
import { i18n } from '../../../web/words/i18n.ts'

const compose = (text = '') => {
  const composer = mount(Composer, {
    attachTo: document.body,
    global: { plugins: [i18n] },
    props: {
      roomName: 'garden',
      answering: undefined,
      modelValue: text,
      'onUpdate:modelValue': (next: string) => composer.setProps({ modelValue: next }),
    },
  })
  mounted.push(composer)
  const field = composer.get('textarea')
  return { composer, field, sent: () => (composer.emitted('send') ?? []).map(([text]) => text) }
}
const mounted: { unmount: () => void }[] = []
afterEach(() => mounted.splice(0).forEach((composer) => composer.unmount()))

it('Enter sends and empties, Shift+Enter does not', async () => {
  const { field, sent } = compose('hello')
  await field.trigger('keydown', { key: 'Enter', shiftKey: true })
  expect(sent()).toEqual([])
  await field.trigger('keydown', { key: 'Enter' })
  expect(sent()).toEqual(['hello'])
  expect(field.element.value).toBe('')
})

it('an Enter of an input method never sends', async () => {
  const { field, sent } = compose('你好')
  await field.trigger('keydown', { key: 'Enter', isComposing: true })
  await field.trigger('keydown', { key: 'Enter', keyCode: 229 })
  expect(sent()).toEqual([])
})

it('nor does the Enter that Safari tells of after it has ended the composition', async () => {
  const { field, sent } = compose('你好')
  const tell = (event: Event, at: number): void => {
    Object.defineProperty(event, 'timeStamp', { value: at })
    field.element.dispatchEvent(event)
  }
  const enter = (): Event => new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
  tell(new CompositionEvent('compositionend', { bubbles: true }), 1_000)
  tell(enter(), 1_003)
  expect(sent()).toEqual([])
  tell(enter(), 1_200)
  expect(sent()).toEqual(['你好'])
})

it('blank is not sent', async () => {
  const { field, sent } = compose(' \n ')
  await field.trigger('keydown', { key: 'Enter' })
  expect(sent()).toEqual([])
})

it('near the limit the rest is said, over it nothing is sent and nothing is lost', async () => {
  const { composer, field, sent } = compose('字'.repeat(limits.messageBytes / 3 - 10))
  expect(composer.text()).toContain('bytes left')
  await composer.setProps({ modelValue: '字'.repeat(limits.messageBytes / 3 + 1) })
  await field.trigger('keydown', { key: 'Enter' })
  expect(composer.text()).toContain('Too long by 2 bytes')
  expect(sent()).toEqual([])
  expect(field.element.value).toHaveLength(Math.ceil(limits.messageBytes / 3 + 1) - 1)
})
