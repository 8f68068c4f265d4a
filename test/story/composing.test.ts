// What the composer offers, in a real browser: formatting that can be undone, rooms that are linked, emoji, several messages.
import { expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import { until } from '../support/until.ts'

const story = tellStory()

test('bold by key and by button, each undone by Ctrl+Z; the bar is one stop of Tab', async () => {
  const ann = await story().enters('Ann')
  const text = () => ann.composer.inputValue()
  await ann.composer.pressSequentially('a word')
  await ann.composer.press('Control+Shift+ArrowLeft')
  await ann.composer.press('Control+b')
  expect(await text()).toBe('a **word**')
  await ann.composer.press('Control+z')
  expect(await text()).toBe('a word')
  await ann.composer.press('End')
  await ann.composer.press('Control+Shift+ArrowLeft')
  await ann.presses(en.composer.format.code)
  expect(await text()).toBe('a `word`')
  expect(await ann.focused()).toBe(fill(en.composer.label, { room: '#lobby' }))
  await ann.composer.press('Control+z')
  expect(await text()).toBe('a word')
  await ann.page.keyboard.press('Tab')
  expect(await ann.focused()).toBe(en.composer.tools)
  await ann.page.keyboard.press('ArrowRight')
  expect(await ann.focused()).toBe(en.composer.emoji)
  await ann.page.keyboard.press('Tab')
  expect(await ann.focused()).toBe(en.later.open)
  await ann.page.keyboard.press('Tab')
  expect(await ann.focused()).toBe(en.composer.send)
})

test('an address that is pasted over words is their link, and Ctrl+Z takes it back', async () => {
  const bob = await story().enters('Bob')
  await bob.composer.pressSequentially('read this')
  await bob.composer.press('Control+Shift+ArrowLeft')
  await bob.page.evaluate(() => {
    const data = new DataTransfer()
    data.setData('text/plain', 'https://a.example/x')
    const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
    document.querySelector('#composer')?.dispatchEvent(paste)
  })
  expect(await bob.composer.inputValue()).toBe('read [this](https://a.example/x)')
  await bob.composer.press('Control+z')
  expect(await bob.composer.inputValue()).toBe('read this')
})

test('a room is linked by #, and opens inside; a private one has no #', async () => {
  const cho = await story().enters('Cho')
  await cho.makes('founders', { isPrivate: true })
  await cho.makes('garden')
  await cho.goesTo('lobby')
  await cho.composer.pressSequentially('see #gar')
  await cho.page.locator('#completions').getByRole('option', { name: 'garden' }).waitFor()
  await cho.composer.press('Enter')
  expect(await cho.composer.inputValue()).toMatch(/^see \[#garden\]\(\/rooms\/\d+\) $/)
  await cho.composer.pressSequentially('and #fou')
  await cho.composer.press('Tab')
  await cho.composer.press('Enter')
  const links = cho.message('see').getByRole('link')
  await until(
    () => links.allInnerTexts(),
    (all) => String(all) === '#garden,founders',
  )
  const pages = cho.context.pages().length
  await links.first().click()
  await cho.isInRoom('garden')
  expect(cho.context.pages().length).toBe(pages)
})

test('an emoji goes to the caret, and the focus with it', async () => {
  const dia = await story().enters('Dia')
  await dia.composer.pressSequentially('well')
  await dia.presses(en.composer.emoji)
  const find = dia.page.getByLabel(en.emoji.find)
  await until(
    () => dia.focused(),
    (at) => at === en.emoji.find,
  )
  await find.fill('tada')
  await dia.page.getByRole('button', { name: 'party popper' }).waitFor()
  await find.press('Enter')
  await until(
    () => dia.composer.inputValue(),
    (text) => text === 'well🎉',
  )
  await until(
    () => dia.focused(),
    (at) => at.startsWith('Message to'),
  )
  await dia.presses(en.composer.mention)
  expect(await dia.composer.inputValue()).toBe('well🎉 @')
})

test('a text that is too long goes as two messages, in order', async () => {
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  await eve.makes('long')
  await fay.joins('long')
  await eve.composer.fill(`${'字'.repeat(limits.messageBytes / 3 - 200)}。${'末'.repeat(300)}`)
  await eve.presses(fill(en.composer.split, { n: 2 }))
  await until(
    () => fay.said(),
    (all) => all.length === 2 && all[0]?.startsWith('字') === true && all[1] === '末'.repeat(300),
  )
  expect(await eve.composer.inputValue()).toBe('')
})

test('a /poll that is wrong stands in the field again, and what is wrong is said', async () => {
  const gil = await story().enters('Gil')
  await gil.composer.fill('/poll alone?')
  await gil.composer.press('Enter')
  await gil.list.getByText(en.polls.problem.tooFew).waitFor()
  await until(
    () => gil.composer.inputValue(),
    (text) => text === '/poll alone?',
  )
})

test('who is removed from the room on screen has the focus somewhere', async () => {
  const hal = await story().enters('Hal')
  const ivy = await story().enters('Ivy')
  await hal.makes('shed')
  await ivy.joins('shed')
  await ivy.composer.focus()
  await hal.page.getByRole('button', { name: fill(en.people.menu, { name: '\u2068Ivy\u2069' }) }).click()
  await hal.page.getByRole('menuitem', { name: en.people.action.remove }).click()
  await hal.dialog.getByRole('button', { name: en.people.removeIt }).click()
  await ivy.toast('removed you from').waitFor()
  await until(
    () => ivy.focused(),
    (at) => at !== 'body',
  )
})

test('words are pasted and dropped as words, with a picture of them too; a file never takes the place of the page', async () => {
  const ivo = await story().enters('Ivo')
  await ivo.makes('files')
  const gives = (how: 'drop' | 'paste', types: readonly string[]) =>
    ivo.page.evaluate(
      ({ how, types }) => {
        const data = new DataTransfer()
        for (const type of types)
          if (type === 'text/plain') data.items.add('words', type)
          else data.items.add(new File(['x'], 'a', { type }))
        const more = { bubbles: true, cancelable: true }
        const event =
          how === 'drop'
            ? new DragEvent(how, { dataTransfer: data, ...more })
            : new ClipboardEvent(how, { clipboardData: data, ...more })
        document.querySelector('#composer')?.dispatchEvent(event)
        return event.defaultPrevented
      },
      { how, types },
    )
  expect(await gives('paste', ['text/plain', 'image/png'])).toBe(false)
  expect(await gives('drop', ['text/plain'])).toBe(false)
  expect(await gives('drop', ['image/png'])).toBe(true)
  expect(await gives('paste', ['image/png'])).toBe(true)
})
