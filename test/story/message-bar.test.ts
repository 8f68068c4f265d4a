// The bar of actions never covers the words of its message, at any width; the menu is the same however it is opened.
import { expect, test } from 'vitest'
import { listenTo } from '../support/browser-ear.ts'
import { settled } from '../support/browser-eye.ts'
import type { Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** The messages whose words, name or time are under their own bar, or whose bar is cut off, as they are focused. */
const covered = ({ page }: Visitor): Promise<string[]> =>
  page.evaluate(async () => {
    const list = document.querySelector('#messages')?.getBoundingClientRect()
    const found: string[] = []
    for (const row of document.querySelectorAll<HTMLElement>('#messages article')) {
      const box = row.getBoundingClientRect()
      if (!list || box.top < list.top || box.bottom > list.bottom) continue
      row.focus({ preventScroll: true })
      await new Promise(requestAnimationFrame)
      const bars = document.querySelectorAll('[role=toolbar]')
      const bar = row.querySelector('[role=toolbar]')?.getBoundingClientRect()
      if (bars.length !== 1) found.push(`${bars.length} bars`)
      if (!bar) continue
      if (bar.top < list.top || bar.left < list.left || bar.right > list.right) found.push('cut off')
      const range = document.createRange()
      for (const part of row.querySelectorAll('bdi, time, [data-words]')) {
        range.selectNodeContents(part)
        for (const rect of range.getClientRects())
          if (
            rect.right > bar.left &&
            rect.left < bar.right &&
            rect.bottom > bar.top + 1 &&
            rect.top < bar.bottom - 1
          )
            found.push(part.textContent.slice(0, 40))
      }
    }
    return found
  })

const sizes: [string, Device][] = [
  ['390 px, by touch', { phone: true }],
  ['768 px', { width: 768, height: 700 }],
  ['1440 px', { width: 1440, height: 700 }],
]
test.each(sizes)('%s: one bar at a time, and it covers nothing of its own', async (size, device) => {
  const ann = await story().enters(`Ann ${size}`, device)
  const mara = await story().joins(`Mara ${size}`)
  const room = (await mara.makes(`bar ${size}`)).id
  const lines = [
    'Short',
    'A line that is as long as a line can be. '.repeat(6),
    '```ts\nconst river = 1\n```',
    '## A heading',
  ]
  let last = ''
  for (let n = 0; n < 4; n += 1) for (const line of lines) last = mara.says(line, { room })
  await mara.acked(last)
  await ann.page.goto(`/rooms/${room}`)
  await ann.sees('A heading')
  await settled(ann.page)
  expect(
    await ann.page.evaluate(() => document.querySelectorAll('#messages article').length),
  ).toBeGreaterThan(6)
  expect(await covered(ann)).toEqual([])
  const copied = await ann
    .message('const river')
    .first()
    .locator('[data-words]')
    .evaluate((words) => {
      getSelection()?.selectAllChildren(words)
      return getSelection()?.toString().trim()
    })
  expect(copied, 'without the label of its language').toBe('const river = 1')
})

test('the menu by its button, by a right-click and by a key is one; on a phone it is a sheet', async () => {
  const bob = await story().enters('Bob')
  const { page, words } = bob
  await bob.makes('menus')
  await bob.says('right here')
  await bob.stands('right here', 'archived')
  const ear = await listenTo(page)
  const menu = page.getByRole('menu', { name: words.room.actions })
  const row = bob.message('right here')
  const lines = async (): Promise<string[]> => {
    await menu.waitFor()
    const all = await menu
      .getByRole('menuitem')
      .evaluateAll((items) => items.map((item) => item.ariaLabel ?? ''))
    expect(await menu.textContent(), 'details for who looks').toContain(words.room.archived)
    await page.keyboard.press('Escape')
    await menu.waitFor({ state: 'detached' })
    await until(() => row.evaluate((el) => el === document.activeElement))
    return all
  }
  await row.click({ button: 'right' })
  const byPointer = await lines()
  await bob.opensMenu('right here')
  expect(await lines()).toEqual(byPointer)
  await row.press('Shift+F10')
  expect(await lines()).toEqual(byPointer)
  expect(byPointer).toEqual([
    words.room.react,
    words.room.reply,
    words.thread.reply,
    words.room.edit,
    words.room.copy,
    words.moment.link,
    words.forward.action,
    words.saved.save,
    words.later.remind,
    words.room.markUnread,
    words.pins.pin,
    words.room.delete,
  ])

  // What is chosen is done once the menu is closed, and the focus is where that leads.
  await bob.acts('right here', words.room.markUnread)
  await ear.hears(words.aloud.unread)
  await until(() => row.evaluate((el) => el === document.activeElement))
  await bob.acts('right here', words.room.edit)
  await until(() => bob.composer.evaluate((el) => el === document.activeElement))
  expect(await bob.composer.inputValue()).toBe('right here')
  await bob.composer.press('Escape')
  // A selection and a link keep the browser's own menu.
  const said = row.getByText('right here')
  await said.selectText()
  await said.click({ button: 'right' })
  expect(await menu.count()).toBe(0)
})
