// @vitest-environment happy-dom
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { reactive } from 'vue'
import { limits } from '../../../server/protocol/limits.ts'
import Composer from '../../../web/conversation/composer/Composer.vue'
import type { Writing } from '../../../web/conversation/composer/use-writing.ts'
import { conversationKey } from '../../../web/conversation/conversation.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

/** No files are attached. */
const attachments = {
  files: [],
  add: () => Promise.resolve(),
  take: () => undefined,
  takeBack: () => undefined,
  discard: () => undefined,
  uploaded: () => [],
  forget: () => undefined,
}

/** A composer of the garden, with this text in its field. */
const compose = (text = '') => {
  const sent: string[] = []
  const writing: Partial<Writing> = reactive({
    text,
    answering: undefined,
    editing: undefined,
    attachments,
    send: async (words: string) => void sent.push(words),
    ask: (name: string, args: string) => isLive && asked.push([name, args]) > 0,
    typing: () => undefined,
    circle: () => circle,
    listCommands: () => Promise.resolve(offered),
    attach: () => undefined,
  })
  const composer = mount(Composer, {
    attachTo: document.body,
    global: {
      provide: {
        [conversationKey as symbol]: {
          writing,
          timeline: { room: { name: 'garden', kind: 'public' } },
          later: { waiting: () => [] },
        },
      },
    },
  })
  mounted.push(composer)
  const field = composer.get('textarea')
  return { composer, field, writing, sent: () => sent }
}
const offered = ['remind', 'roll'].map((name) => ({
  name,
  usage: '',
  help: name,
  user: { id: '9', name: 'dice' },
}))
const people = ['Ann', '李思'].map(
  (name, at) => ({ id: `${at + 2}`, name, role: 'member', here: true }) as const,
)
const circle = { members: people, status: 'ready', speakers: ['3'], ownId: '1', mayNameAll: false } as const
let asked: [string, string][] = []
let isLive = true
const mounted: { unmount: () => void }[] = []
afterEach(() => {
  mounted.splice(0).forEach((composer) => composer.unmount())
  asked = []
  isLive = true
})

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

it('nor does the Enter that Safari reports after it has ended the composition; the one after it sends', async () => {
  const { field, sent } = compose('你好')
  await field.trigger('compositionend')
  await field.trigger('keydown', { key: 'Enter', isComposing: false, keyCode: 229 })
  expect(sent()).toEqual([])
  await field.trigger('keydown', { key: 'Enter', keyCode: 13 })
  expect(sent()).toEqual(['你好'])
})

it('blank is not sent', async () => {
  const { field, sent } = compose(' \n ')
  await field.trigger('keydown', { key: 'Enter' })
  expect(sent()).toEqual([])
})

it('near the limit the remaining length is shown; over it nothing is sent and nothing is lost', async () => {
  const { composer, field, writing, sent } = compose('字'.repeat(limits.messageBytes / 3 - 10))
  expect(composer.text()).toContain('10 characters left')
  writing.text = '字'.repeat(limits.messageBytes / 3 + 1)
  await flushPromises()
  await field.trigger('keydown', { key: 'Enter' })
  expect(composer.text()).toContain('1 character over the limit.')
  expect(sent()).toEqual([])
  expect(field.element.value).toHaveLength(Math.ceil(limits.messageBytes / 3 + 1) - 1)
})

it('a text that is too long is offered as several messages, in their order; an edit is not', async () => {
  const { composer, field, writing, sent } = compose('字'.repeat(limits.messageBytes / 3 + 100))
  const offer = () => composer.findAll('button').find((button) => button.text() === 'Send as 2 messages')
  writing.editing = {} as NonNullable<Writing['editing']>
  await flushPromises()
  expect(offer()).toBeUndefined()
  writing.editing = undefined
  await flushPromises()
  await offer()?.trigger('click')
  await flushPromises()
  expect(sent().map((part) => part.length > 0)).toEqual([true, true])
  expect(sent().join('')).toHaveLength(Math.floor(limits.messageBytes / 3 + 100))
  expect([field.element.value, document.activeElement]).toEqual(['', field.element])
})

it('Ctrl+B, I and K format the selection; without one, Ctrl+K is not the field’s', async () => {
  const { field } = compose('a word here')
  const press = (key: string) => {
    const event = new KeyboardEvent('keydown', { key, ctrlKey: true, bubbles: true, cancelable: true })
    field.element.dispatchEvent(event)
    return event.defaultPrevented
  }
  field.element.setSelectionRange(2, 6)
  expect([press('b'), field.element.value]).toEqual([true, 'a **word** here'])
  expect([press('i'), field.element.value]).toEqual([true, 'a **_word_** here'])
  field.element.setSelectionRange(1, 1)
  expect(press('k')).toBe(false)
  await flushPromises()
})

it('a slash lists the commands; the arrows choose, Tab accepts, and Enter runs', async () => {
  const { composer, field, sent } = compose('/')
  await flushPromises()
  const options = () => composer.findAll('[role=option]').map((option) => option.attributes('aria-selected'))
  expect([field.attributes('aria-controls'), field.attributes('aria-autocomplete')]).toEqual([
    'completions',
    'list',
  ])
  expect(options()).toEqual(['true', 'false'])
  await field.trigger('keydown', { key: 'ArrowDown' })
  expect(options()).toEqual(['false', 'true'])
  expect(field.attributes('aria-activedescendant')).toBe('command-roll')
  await field.trigger('keydown', { key: 'Tab' })
  expect(field.element.value).toBe('/roll ')
  expect([field.attributes('aria-controls'), options()]).toEqual([undefined, []])
  await field.setValue('/roll 2d6')
  await field.trigger('keydown', { key: 'Enter' })
  expect([asked, sent(), field.element.value]).toEqual([[['roll', '2d6']], [], ''])
})

it('Escape closes the list and keeps what is typed', async () => {
  const { composer, field } = compose('/r')
  await flushPromises()
  expect(composer.find('[role=listbox]').exists()).toBe(true)
  await field.trigger('keydown', { key: 'Escape' })
  expect([composer.find('[role=listbox]').exists(), field.element.value]).toEqual([false, '/r'])
})

it('two slashes send one, and a command without a connection stays in the field', async () => {
  const { field, sent } = compose('//etc/hosts')
  await field.trigger('keydown', { key: 'Enter' })
  expect([sent(), asked]).toEqual([['/etc/hosts'], []])
  isLive = false
  await field.setValue('/roll 2d6')
  await field.trigger('keydown', { key: 'Enter' })
  expect([sent().length, asked, field.element.value]).toEqual([1, [], '/roll 2d6'])
})

it('an @ lists people, the last speaker first; Enter accepts one, the next Enter sends', async () => {
  const { composer, field, sent } = compose()
  await field.setValue('你好@')
  const options = () => composer.findAll('[role=option] bdi').map((name) => name.text())
  expect(options()).toEqual(['李思', 'Ann'])
  await field.trigger('keydown', { key: 'Enter', isComposing: true })
  expect([sent(), field.element.value]).toEqual([[], '你好@'])
  await field.trigger('keydown', { key: 'Enter' })
  expect([sent(), field.element.value]).toEqual([[], '你好@李思 '])
  expect(options()).toEqual([])
  await field.trigger('keydown', { key: 'Enter' })
  expect(sent()).toEqual(['你好@李思 '])
})

it('a tap accepts a choice', async () => {
  const { composer, field } = compose()
  await field.setValue('@an')
  await composer.get('[role=option]').trigger('click')
  expect(field.element.value).toBe('@Ann ')
})

it('nothing opens while an input method composes', async () => {
  const { composer, field } = compose()
  field.element.dispatchEvent(new CompositionEvent('compositionstart', { bubbles: true }))
  await field.setValue('@a')
  expect(composer.find('[role=listbox]').exists()).toBe(false)
  field.element.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }))
  await flushPromises()
  expect(composer.find('[role=listbox]').exists()).toBe(true)
})

it('on a touch screen Enter breaks the line, and Ctrl+Enter and the button send', async () => {
  const { matchMedia } = globalThis
  const coarse = vi.spyOn(globalThis, 'matchMedia').mockImplementation((query) => {
    const list = matchMedia(query)
    if (query === '(pointer: coarse)') Object.defineProperty(list, 'matches', { value: true })
    return list
  })
  const { composer, field, sent } = compose()
  await field.setValue('one')
  expect(field.attributes('enterkeyhint')).toBe('enter')
  const enter = new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })
  field.element.dispatchEvent(enter)
  expect([enter.defaultPrevented, sent()]).toEqual([false, []])
  await field.trigger('keydown', { key: 'Enter', ctrlKey: true })
  await field.setValue('two')
  await composer.get('form').trigger('submit')
  await field.setValue('@an')
  await field.trigger('keydown', { key: 'Enter' })
  expect([sent(), field.element.value]).toEqual([['one', 'two'], '@Ann '])
  coarse.mockRestore()
})

it.each([
  ['ab|cd', 'abcd more', 'ab|cd more'],
  ['ab|cd', 'more abcd', 'more ab|cd'],
  ['abcd|', 'abcd more', 'abcd more|'],
  ['ab|cd', 'abXcd', 'ab|Xcd'],
  ['abc|d', 'aXd', 'aX|d'],
  ['ab|cd', '', '|'],
])('another tab that changes the draft leaves the caret where it is: %j, %j', async (before, text, after) => {
  const { field, writing } = compose(before.replace('|', ''))
  const at = before.indexOf('|')
  field.element.setSelectionRange(at, at)
  writing.text = text
  await flushPromises()
  const { value, selectionStart } = field.element
  expect(`${value.slice(0, selectionStart)}|${value.slice(selectionStart)}`).toBe(after)
})
