// What one has not read is counted where one sees it, and is gone everywhere once it is read.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const sign = (visitor: Visitor): Promise<string> =>
  visitor.page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel~=icon]')?.href ?? '')

/** What the list of rooms, the tab's title and its sign say, until they say this. */
async function shows(visitor: Visitor, room: string, unread: number, title: string): Promise<void> {
  const dotted = unread > 0
  await until(
    async () => ({
      badge: await visitor.badge(room),
      title: await visitor.page.title(),
      dotted: (await sign(visitor)).startsWith('data:'),
    }),
    (seen) => seen.badge === unread && seen.title === title && seen.dotted === dotted,
  )
}

test('messages of others in another room are counted, and opening it clears them on every device', async () => {
  const mara = await story().joins('Mara')
  const garden = await mara.makes('garden')
  const ann = await story().opens('Ann')
  await ann.comes('signUp', 'correct horse')
  await ann.isIn()
  await ann.joins('garden')
  await ann.goesTo('lobby')
  const tab = await ann.anotherTab()
  const phone = await story().opens('Ann', { phone: true })
  await phone.comes('signIn', 'correct horse')
  await phone.isIn()
  await shows(ann, 'garden', 0, 'lobby · Brook')

  for (const text of ['first', 'second', 'third']) await mara.acked(mara.says(text, { room: garden.id }))
  await shows(ann, 'garden', 3, '(3) lobby · Brook')
  await shows(tab, 'garden', 3, '(3) lobby · Brook')
  await shows(phone, 'garden', 3, '(3) Brook')

  await ann.goesTo('garden')
  await ann.sees('third')
  await shows(ann, 'garden', 0, 'garden · Brook')
  await shows(tab, 'garden', 0, 'lobby · Brook')
  await shows(phone, 'garden', 0, 'Brook')

  const line = ann.list.getByRole('separator', { name: en.room.newLine })
  const [lineAt, firstAt] = await Promise.all([line.boundingBox(), ann.message('first').boundingBox()])
  expect(lineAt?.y, 'the line stands above the first unread').toBeLessThan(firstAt?.y ?? 0)
  expect(await line.count()).toBe(1)
})

test('the room on screen, one’s own words and comings and goings are not unread', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('quiet')
  const other = await bob.anotherTab()
  await other.goesTo('lobby')
  await bob.says('my own words')
  const eve = await story().joins('Eve')
  const room = /\d+$/.exec(bob.page.url())?.[0] ?? ''
  await eve.joins(room)
  await until(
    () => bob.notices(),
    (notices) => notices.includes('Eve joined the room'),
  )
  await eve.acked(eve.says('for the one who looks', { room }))
  await bob.sees('for the one who looks')
  await shows(bob, 'quiet', 0, 'quiet · Brook')
  await shows(other, 'quiet', 0, 'lobby · Brook')
})

test('Shift and Esc reads all rooms, on every device; ? tells of the keys', async () => {
  const eve = await story().joins('Eva')
  const [one, two] = [await eve.makes('one'), await eve.makes('two')]
  const cho = await story().enters('Cho')
  for (const name of ['one', 'two']) await cho.joins(name)
  await cho.goesTo('lobby')
  const other = await cho.anotherTab()
  for (const { id } of [one, two]) await eve.acked(eve.says('unread', { room: id }))
  for (const name of ['one', 'two'])
    for (const tab of [cho, other]) await shows(tab, name, 1, '(2) lobby · Brook')
  await cho.page.keyboard.press('Shift+Escape')
  for (const name of ['one', 'two'])
    for (const tab of [cho, other]) await shows(tab, name, 0, 'lobby · Brook')
  await cho.ownMenu.focus()
  await cho.page.keyboard.press('Shift+?')
  await cho.page.getByRole('dialog', { name: en.keys.title }).waitFor()
})
