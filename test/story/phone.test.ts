// On a phone the list of rooms and a room are pages of their own, and nothing is cut off at the side.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()
const height = 844

test('from the rooms to a room and back', async () => {
  const mara = await story().joins('Mara')
  await mara.makes('reading-club-of-the-long-and-winding-river')
  const ann = await story().opens('Ann', { phone: true })
  expect(await ann.overflow(), 'at the entry').toBe(0)
  await ann.entersAsGuest()
  await ann.roomLink('lobby').waitFor()
  expect(await ann.composer.isVisible(), 'the rooms are a page of their own').toBe(false)
  expect(await ann.overflow()).toBe(0)

  await ann.roomLink('lobby').tap()
  await ann.isInRoom('lobby')
  expect(await ann.rooms.isVisible()).toBe(false)
  await ann.says(
    'from my phone, with a word that is long: Donaudampfschifffahrtselektrizitätenhauptbetriebswerk',
  )
  await ann.stands('from my phone', 'archived')
  const box = await ann.composer.boundingBox()
  expect((box?.y ?? height) + (box?.height ?? 0)).toBeLessThan(height)
  expect(await ann.overflow()).toBe(0)

  await ann.presses(en.people.title)
  await ann.dialog.getByText('Ann').waitFor()
  expect(await ann.overflow()).toBe(0)
  await ann.presses(en.people.hide)
  await ann.page.getByRole('link', { name: en.rooms.title }).tap()
  await ann.roomLink('lobby').waitFor()
  await ann.joins('reading-club-of-the-long-and-winding-river')
  expect(await ann.overflow()).toBe(0)
  await ann.page.goBack()
  await ann.page.getByLabel(en.directory.find).waitFor()
  await ann.page.goBack()
  await ann.roomLink('lobby').waitFor()
})

test('everything that can be tapped is large enough for a finger', async () => {
  const bob = await story().enters('Bob', { phone: true })
  const small = () =>
    bob.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('button, a[href], input, [role=menuitem]')]
        .filter((one) => one.checkVisibility() && one.closest('article') === null)
        .map((one) => ({ one, box: one.getBoundingClientRect() }))
        .filter(({ box }) => box.width > 0 && box.bottom > 0 && (box.height < 44 || box.width < 44))
        .map(
          ({ one, box }) => `${one.getAttribute('aria-label') ?? one.textContent} ${box.width}x${box.height}`,
        ),
    )
  expect(await small(), 'the rooms').toEqual([])
  await bob.ownMenu.tap()
  await bob.page.getByRole('menu').waitFor()
  expect(await small(), 'the own menu').toEqual([])
  await bob.page.keyboard.press('Escape')
  await bob.presses(en.rooms.create)
  await bob.dialog.waitFor()
  expect(await small(), 'a dialog').toEqual([])
  await bob.presses(en.close)
  await bob.roomLink('lobby').tap()
  await bob.isInRoom('lobby')
  expect(await small(), 'a room').toEqual([])
})

test('Enter breaks the line, and the button sends', async () => {
  const fay = await story().enters('Fay', { phone: true })
  await fay.makes('lines')
  await fay.composer.tap()
  await fay.page.keyboard.type('one')
  await fay.page.keyboard.press('Enter')
  await fay.page.keyboard.type('two')
  expect(await fay.composer.inputValue()).toBe('one\ntwo')
  await fay.presses(en.composer.send)
  await fay.sees('two')
  expect(await fay.said()).toEqual(['one\ntwo'])
})
