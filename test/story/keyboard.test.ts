// By keyboard alone: signing in, to a room, posting, from dialog to dialog; the focus is always visible.
import type { Locator } from 'playwright-core'
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** What has the focus; fails if nothing has it, or if it is not visible. */
async function isAt(visitor: Visitor): Promise<string> {
  const at = await visitor.focused()
  const isSeen = await visitor.page.evaluate(() => {
    const el = document.activeElement
    if (!(el instanceof HTMLElement)) return false
    const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(el)
    const hasCaret = el.matches('input, textarea')
    const isOutlined = outlineStyle !== 'none' && parseFloat(outlineWidth) > 0
    // For a dialog or a menu that holds the focus itself, the surface is what is visible.
    const isSurface = el.matches('[role=dialog], [role=menu]')
    return (
      hasCaret || isOutlined || boxShadow !== 'none' || el.dataset['highlighted'] !== undefined || isSurface
    )
  })
  expect(isSeen, `one sees that the focus is at "${at}"`).toBe(true)
  return at
}

const comesTo = (visitor: Visitor, words: string | RegExp) =>
  until(
    () => visitor.focused(),
    (at) => (typeof words === 'string' ? at === words : words.test(at)),
  )

test('from the sign-in page to a posted message, and from room to room', async () => {
  const ann = await story().opens('Ann')
  const { keyboard } = ann.page
  await comesTo(ann, en.entry.name)
  await keyboard.type('Ann')
  await keyboard.press('Enter')
  await comesTo(ann, 'Message to #lobby')
  await keyboard.type('with my keys')
  await keyboard.press('Enter')
  await ann.sees('with my keys')

  await keyboard.press('Control+k')
  await comesTo(ann, en.switcher.label)
  await isAt(ann)
  await keyboard.type('#tower')
  await keyboard.press('Enter')
  await comesTo(ann, en.rooms.name)
  expect(await ann.dialog.getByLabel(en.rooms.name, { exact: true }).inputValue()).toBe('tower')
  await keyboard.press('Enter')
  await ann.isInRoom('tower')
  await comesTo(ann, 'Message to #tower')
  await keyboard.type('and up here')
  await keyboard.press('Enter')
  await ann.sees('and up here')

  await keyboard.press('Alt+ArrowUp')
  await ann.isInRoom('lobby')
  await ann.sees('with my keys')
  await comesTo(ann, 'Message to #lobby')
  await keyboard.press('Control+k')
  await comesTo(ann, en.switcher.label)
  await keyboard.type('tow')
  await keyboard.press('Enter')
  await ann.isInRoom('tower')
  await comesTo(ann, 'Message to #tower')
})

test('Tab reaches everything, and the focus is always visible', async () => {
  const bob = await story().enters('Bob')
  const { keyboard } = bob.page
  await bob.says('something to walk to')
  await bob.sees('something to walk to')
  await bob.rooms.getByRole('button', { name: en.rooms.find }).focus()
  // Keys with Ctrl, which have sent the message, do not make a browser show the focus.
  for (const key of ['Shift+Tab', 'Tab']) await keyboard.press(key)
  const stops = new Set<string>()
  for (;;) {
    const at = await isAt(bob)
    if (stops.has(at)) break
    stops.add(at)
    if (at === 'Message to #lobby') await keyboard.type('a draft, so that one can send')
    await keyboard.press('Tab')
    if ((await bob.focused()) === 'body') break
  }
  const wanted = [en.rooms.create, 'Bob, Guest, Account menu', en.people.title, en.room.more]
  for (const one of [...wanted, 'Message to #lobby', en.composer.send])
    expect([...stops], `one comes to "${one}"`).toContain(one)
  const comesTo = (stop: RegExp) => [...stops].filter((one) => stop.test(one)).length
  expect(comesTo(/^lobby/), 'the rooms').toBeGreaterThan(0)
  expect(comesTo(/Bob \(Guest\), \d/), 'the messages, of which one is a stop').toBe(1)
})

test('arrows move through messages, and their actions are within reach', async () => {
  const cho = await story().enters('Cho')
  const { keyboard } = cho.page
  await cho.makes('arrows')
  for (const text of ['first of two', 'second of two']) await cho.says(text)
  await cho.stands('second of two', 'archived')
  await cho.list.focus()
  await keyboard.press('ArrowUp')
  await comesTo(cho, /Cho \(Guest\), \d/)
  await keyboard.press('ArrowUp')
  await isAt(cho)
  for (const key of ['Enter', 'ArrowRight']) await keyboard.press(key)
  expect(await isAt(cho)).toBe(en.room.reply)
  await keyboard.press('Enter')
  await comesTo(cho, 'Message to #arrows')
  await keyboard.type('an answer')
  await keyboard.press('Enter')
  await cho.sees('an answer')
  expect(await cho.message('an answer').textContent()).toContain('first of two')
})

test('a dialog takes the focus and returns it, however it is closed', async () => {
  const dia = await story().enters('Dia')
  const { keyboard } = dia.page
  await dia.makes('doors', { isPrivate: true })
  const dialogs: [opens: () => Promise<void>, back: string | RegExp][] = [
    [() => press(dia, dia.page.getByRole('button', { name: en.rooms.create })), en.rooms.create],
    [() => press(dia, dia.page.getByRole('button', { name: en.people.add })), en.people.add],
    [() => picks(dia, dia.page.getByRole('button', { name: en.room.more }), en.room.addTopic), en.room.more],
    [() => picks(dia, dia.page.getByRole('button', { name: en.room.more }), en.room.leave), en.room.more],
    [() => picks(dia, dia.ownMenu, en.own.setPassword), /Account menu$/],
    [() => picks(dia, dia.ownMenu, en.own.signOut), /Account menu$/],
  ]
  for (const [opens, back] of dialogs)
    for (const closes of ['Escape', en.close]) {
      await opens()
      await dia.dialog.waitFor()
      await hasFocusWithin(dia.dialog)
      await isAt(dia)
      if (closes === 'Escape') await keyboard.press('Escape')
      else await press(dia, dia.dialog.getByRole('button', { name: en.close }))
      await dia.dialog.waitFor({ state: 'detached' })
      await comesTo(dia, back)
      await isAt(dia)
    }
  await picks(dia, dia.ownMenu, en.own.signOut)
  await press(dia, dia.dialog.getByRole('button', { name: en.own.setPassword }))
  await dia.page.getByRole('dialog', { name: en.own.setPassword }).waitFor()
  await keyboard.press('Escape')
  await dia.dialog.waitFor({ state: 'detached' })
  await comesTo(dia, /Account menu$/)
})

test('a menu that was closed before it was drawn has the focus when it is opened again', async () => {
  const dia = await story().enters('Dina')
  const seen = await dia.ownMenu.evaluate(async (button) => {
    const presses = async (key: string): Promise<boolean> => {
      const at = document.activeElement ?? button
      at.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }))
      // No frame is drawn meanwhile.
      for (let turns = 0; turns < 100; turns += 1) await Promise.resolve()
      return document.activeElement?.closest('[role=menu]') instanceof Element
    }
    button.focus()
    const opened = await presses('Enter')
    await presses('Escape')
    button.focus()
    return { opened, again: await presses('Enter') }
  })
  expect(seen).toEqual({ opened: true, again: true })
})

/** Waits until something in `part` has the focus; if it does not get it, what has it is shown. */
const hasFocusWithin = (part: Locator): Promise<unknown> =>
  until(
    () =>
      part.evaluate((el) => {
        const at = document.activeElement
        return el.contains(at) ? 'within' : (at?.outerHTML.slice(0, 200) ?? null)
      }),
    (at) => at === 'within',
  )

/** Presses Enter on something that Tab reaches. */
async function press(visitor: Visitor, button: ReturnType<Visitor['page']['getByRole']>): Promise<void> {
  await button.focus()
  await visitor.page.keyboard.press('Enter')
}

/** Opens a menu and goes down to one of its items. */
async function picks(
  visitor: Visitor,
  menu: ReturnType<Visitor['page']['getByRole']>,
  line: string,
): Promise<void> {
  const { page } = visitor
  await press(visitor, menu)
  // Until it has the focus, arrow keys go to the button.
  await hasFocusWithin(page.getByRole('menu'))
  const items = await page.getByRole('menu').getByRole('menuitem').count()
  for (let step = 0; step < items && !(await visitor.focused()).startsWith(line); step += 1) {
    await page.keyboard.press('ArrowDown')
    await isAt(visitor)
  }
  // Another item may open a dialog as well.
  expect(await visitor.focused()).toContain(line)
  await page.keyboard.press('Enter')
}
