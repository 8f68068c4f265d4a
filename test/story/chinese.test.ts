// A browser in Chinese shows Chinese everywhere, and an input method is never interrupted.
import { expect, test } from 'vitest'
import type { CDPSession } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** Latin in any language: names, keys and the browser's own name. */
const names = /Brook|English|Ctrl K|alt\+T|Chrome|Linux|Headless|[a-z]+ · [a-z]+/gi

/** Keys are called what stands on them. */
const keys = /\b(?:Ctrl|Shift|Alt|Enter|Esc)\b/g

/** Every Latin word that is visible, read by a screen reader, or shown as a tooltip or a placeholder. */
async function latinWords(visitor: Visitor, ...others: string[]): Promise<string[]> {
  const all = await visitor.page.evaluate(() => {
    const words: string[] = [document.title]
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT, (node) =>
      node.parentElement?.closest('noscript, script, style')
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
    )
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode())
      words.push(node.textContent ?? '')
    for (const one of document.querySelectorAll('*'))
      for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
        words.push(one.getAttribute(name) ?? '')
    return words
  })
  const known = new RegExp(others.map((name) => `\\b${name}\\b`).join('|') || '$^', 'g')
  return all
    .map((text) => text.replace(names, '').replace(known, '').replace(keys, ''))
    .filter((text) => /[A-Za-z]{2,}/.test(text))
}

test('every screen is in Chinese', async () => {
  const li = await story().opens('李思', { locale: 'zh-CN' })
  expect(await li.page.locator('html').getAttribute('lang')).toBe('zh-CN')
  for (const way of ['signIn', 'signUp', 'guest'] as const) {
    await li.page.getByRole('tab', { name: zh.entry[way] }).click()
    await li.page.getByRole('tabpanel').getByRole('button').last().click()
    expect(await latinWords(li), `entry: ${way}`).toEqual([])
  }
  await li.entersAsGuest()
  await li.isInRoom('lobby')
  expect(await latinWords(li, 'lobby'), 'the default room').toEqual([])

  await li.presses(zh.rooms.create)
  await li.dialog.getByRole('button', { name: zh.rooms.createIt }).click()
  expect(await latinWords(li, 'lobby'), 'the dialog of a new room').toEqual([])
  await li.page.keyboard.press('Escape')
  await li.makes('茶馆', { isPrivate: true })
  expect(await latinWords(li, 'lobby'), 'an empty room').toEqual([])
  await li.says('大家好')
  await li.stands('大家好', 'archived')
  await li.message('大家好').hover()
  expect(await latinWords(li, 'lobby'), 'a room').toEqual([])

  await li.presses(zh.room.more)
  expect(await latinWords(li, 'lobby'), 'the menu of the room').toEqual([])
  await li.page.getByRole('menuitem', { name: zh.room.addTopic }).click()
  expect(await latinWords(li, 'lobby'), 'the topic').toEqual([])
  await li.dialog.getByLabel(zh.rooms.topic).fill('喝茶聊天')
  await li.dialog.getByRole('button', { name: zh.room.topicSave }).click()
  await until(
    () => li.notices(),
    (notices) => notices.includes('李思 设置了主题：喝茶聊天'),
  )
  await li.presses(zh.room.more)
  await li.page.getByRole('menuitem', { name: zh.room.leave }).click()
  expect(await latinWords(li, 'lobby'), 'leaving').toEqual([])
  await li.page.keyboard.press('Escape')
  await li.presses(zh.people.add)
  li.expects(/status of 404/)
  await li.dialog.getByLabel(zh.entry.name).fill('没有人')
  await li.dialog.getByRole('button', { name: zh.people.addIt }).click()
  await li.dialog.getByText('没有找到').waitFor()
  expect(await latinWords(li, 'lobby'), 'adding somebody').toEqual([])
  await li.page.keyboard.press('Escape')

  await li.chooses(zh.security.title)
  await li.page.getByText(zh.security.isOff, { exact: true }).waitFor()
  expect(await latinWords(li, 'lobby'), 'security').toEqual([])
  for (const line of [zh.own.setPassword, zh.security.show]) {
    await li.presses(line)
    await li.dialog.waitFor()
    expect(await latinWords(li, 'lobby'), line).toEqual([])
    await li.page.keyboard.press('Escape')
    await li.dialog.waitFor({ state: 'detached' })
  }
  await li.chooses(zh.own.signOut)
  await li.dialog.waitFor()
  expect(await latinWords(li, 'lobby'), 'going out').toEqual([])
})

test('the switch changes the language at once, and the choice is kept', async () => {
  const wang = await story().enters('老王', { locale: 'zh-CN' })
  await wang.isInRoom('lobby')
  expect(await latinWords(wang, 'lobby'), 'the set-up').toEqual([])
  await wang.chooses(zh.own.language, 'English')
  await wang.page.getByRole('button', { name: en.rooms.find }).waitFor()
  expect(await wang.page.locator('html').getAttribute('lang')).toBe('en')
  await wang.page.reload()
  await wang.page.getByRole('button', { name: en.rooms.find }).waitFor()
  expect((await latinWords(wang, 'lobby')).length).toBeGreaterThan(5)
})

test('an Enter that ends a composition does not send; the next one does', async () => {
  const mei = await story().enters('小美', { locale: 'zh-CN' })
  await mei.isInRoom('lobby')
  await mei.composer.focus()
  const input = await mei.context.newCDPSession(mei.page)
  await mei.page.evaluate(() => {
    addEventListener('keydown', (event) => (document.title = `${event.key} ${event.isComposing}`), true)
  })
  await compose(input, 'nihao')
  expect(await mei.composer.inputValue()).toBe('nihao')
  await pressEnter(input, 229)
  expect(await mei.page.title(), 'the set-up: it belongs to the composition').toBe('Enter true')
  await input.send('Input.insertText', { text: '你好' })
  expect(await mei.composer.inputValue(), 'nothing was sent').toBe('你好')
  expect(await mei.said()).not.toContain('nihao')

  // Some input methods send Enter as it is on the keyboard.
  await compose(input, 'shijie')
  await pressEnter(input, 13)
  await input.send('Input.insertText', { text: '世界' })
  expect(await mei.composer.inputValue()).toBe('你好世界')
  await mei.composer.press('Enter')
  await mei.sees('你好世界')
  expect(await mei.said()).toEqual(['你好世界'])
  expect(await mei.composer.inputValue()).toBe('')
})

const compose = (input: CDPSession, text: string) =>
  input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })

async function pressEnter(input: CDPSession, keyCode: number): Promise<void> {
  const key = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: keyCode }
  await input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', ...key })
  await input.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key })
}
