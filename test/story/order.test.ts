// Moderating a room: roles, earlier versions, pins; on a desktop and a phone, in both languages, by mouse, touch and
// keyboard.
import { expect, test } from 'vitest'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const plain = (words: string): string => words.replace(/[\u2066-\u2069]/g, '')
const notice = (who: Visitor, words: string) =>
  until(
    () => who.notices(),
    (seen) => seen.includes(words),
  )

/** The menu beside a name in the list of people, opened by keyboard. */
async function menuOf(who: Visitor, name: string): Promise<void> {
  const button = who.page.getByRole('button', {
    name: new RegExp(fill(who.words.people.menu, { name: `.?${name}.?` })),
  })
  await button.focus()
  await button.press('Enter')
  await who.page.getByRole('menu').waitFor()
}

test('an owner makes a moderator by keyboard, reads earlier versions, and hides them; pins lead to their places', async () => {
  const ann = await story().enters('Ann')
  const li = await story().enters('李思', { phone: true, locale: 'zh-CN', theme: 'dark' })
  const { people, room, revisions, settings, pins } = ann.words
  await ann.makes('order')
  await li.joins('order')
  await li.says('frist things first')
  await ann.sees('frist things first')

  // A member is not offered pins on a phone; then they are made a moderator.
  await li.stands('frist things first', 'archived')
  await li.opensMenu('frist things first')
  await li.dialog.getByRole('button', { name: li.words.room.edit, exact: true }).waitFor()
  expect(await li.dialog.getByRole('button', { name: li.words.pins.pin }).count()).toBe(0)
  await li.dialog.getByRole('button', { name: li.words.close }).tap()
  await menuOf(ann, '李思')
  expect(await axeFindings(ann), 'the menu of a person').toEqual([])
  await ann.page.getByRole('menuitem', { name: people.action.moderator }).focus()
  await ann.page.keyboard.press('Enter')
  await notice(li, plain(fill(li.words.room.madeBy.moderator, { name: 'Ann', person: '李思' })))
  await ann.page
    .getByRole('listitem')
    .filter({ hasText: '李思' })
    .getByRole('img', { name: people.moderator })
    .waitFor()

  // Edited on the phone; the owner reads both versions and their differences.
  await li.acts('frist things first', li.words.room.edit)
  await li.composer.fill('first things first')
  await li.presses(li.words.composer.save)
  await ann.message('first things first').getByRole('button', { name: room.editedHistory }).click()
  const del = ann.dialog.locator('del')
  await del.waitFor()
  expect([await del.textContent(), await ann.dialog.locator('ins').textContent()]).toEqual([
    `${revisions.gone}frist`,
    `${revisions.new}first`,
  ])
  expect(await ann.dialog.getByRole('listitem').count()).toBe(2)
  expect(await axeFindings(ann), 'the history of a message').toEqual([])
  await ann.page.keyboard.press('Escape')
  await li.acts('first things first', li.words.revisions.title)
  await li.dialog.locator('del').waitFor()
  expect(await axeFindings(li), 'the same on a phone').toEqual([])
  expect(await li.overflow()).toBeLessThanOrEqual(0)
  await li.dialog.getByRole('button', { name: li.words.close }).tap()

  // Nobody may read them from here on: the mark is no longer a button, on both screens.
  await ann.presses(room.more)
  await ann.page.getByRole('menuitem', { name: settings.open }).click()
  expect(await axeFindings(ann), 'the settings').toEqual([])
  await ann.dialog.getByLabel(settings.readers, { exact: true }).selectOption('nobody')
  await ann.dialog.getByRole('button', { name: settings.save }).click()
  await notice(li, plain(fill(li.words.room.readersBy.nobody, { name: 'Ann' })))
  for (const who of [ann, li]) {
    const mark = who.message('first things first').getByRole('button', { name: who.words.room.editedHistory })
    await mark.waitFor({ state: 'detached' })
    await who.message('first things first').getByText(who.words.room.edited).waitFor()
  }

  // The moderator pins by touch; the owner finds the pin in the head of the room, goes there and unpins it.
  await li.acts('first things first', li.words.pins.pin)
  await ann.message('first things first').getByRole('img', { name: /李思/ }).waitFor()
  const head = ann.page.getByRole('button', {
    name: fill(pins.count.split(' | ')[0] ?? '', { n: 1 }),
    exact: true,
  })
  await head.click()
  const item = ann.dialog.getByRole('button', { name: /first things first/ })
  await item.waitFor()
  expect(await axeFindings(ann), 'the pinned messages').toEqual([])
  expect(await ann.focused(), 'the focus is on what is pinned').toContain('first things first')
  await ann.page.keyboard.press('Enter')
  await ann.dialog.waitFor({ state: 'detached' })
  await until(() => /\/rooms\/\d+\/\d+$/.test(ann.page.url()))
  await li.page.getByRole('button', { name: fill(li.words.pins.count, { n: 1 }), exact: true }).tap()
  expect(await axeFindings(li), 'the same on a phone').toEqual([])
  await li.dialog.getByRole('button', { name: /取消置顶/ }).tap()
  await li.dialog.getByText(li.words.pins.noneTitle).waitFor()
  await li.dialog.getByRole('button', { name: li.words.close }).tap()
  await ann.message('first things first').getByRole('img', { name: /李思/ }).waitFor({ state: 'detached' })

  // Removed from the room: confirmed first, the removed person is told, and may rejoin.
  await menuOf(ann, '李思')
  await ann.page.getByRole('menuitem', { name: people.action.remove }).click()
  expect(await axeFindings(ann), 'the question').toEqual([])
  await ann.dialog.getByRole('button', { name: people.removeIt }).click()
  await li.page
    .getByText(plain(li.words.people.youRemoved).split('{')[1]?.split('}')[1] ?? '')
    .first()
    .waitFor()
  await li.page.getByRole('button', { name: li.words.room.joinRoom }).waitFor()
  await until(async () => (await ann.page.getByRole('listitem').filter({ hasText: '李思' }).count()) === 0)
})

test('an open menu of a person stays open, and the focus where it is, when they move in the list', async () => {
  const cho = await story().enters('Cho')
  await cho.makes('moves')
  const room = /\/rooms\/(\d+)/.exec(cho.page.url())?.[1] ?? ''
  // Who is offline stands below; the last one has the others to pass.
  const [eve, fay, gil] = [
    await story().brook.arrive('Eve'),
    await story().brook.arrive('Fay'),
    await story().brook.arrive('Gil'),
  ]
  for (const one of [eve, fay, gil]) await one.joins(room)
  const rows = () => cho.page.getByRole('complementary').locator('h2, bdi').allInnerTexts()
  const { here, away } = cho.words.people
  await until(rows, (all) => all.includes('Gil'))
  await menuOf(cho, 'Gil')
  const item = cho.words.people.action.owner
  await until(
    () => cho.focused(),
    (at) => at === item,
  )
  await gil.connects()
  await until(rows, (all) => all.indexOf('Gil') < all.indexOf(`${away} (2)`))
  expect(await cho.page.getByRole('menu').isVisible()).toBe(true)
  expect(await cho.focused()).toBe(item)

  const button = cho.page.getByRole('button', { name: /^Fay/ })
  await cho.page.keyboard.press('Escape')
  await button.focus()
  const name = await cho.focused()
  await fay.connects()
  await until(rows, (all) => all.includes(`${here} (3)`))
  expect(await cho.focused()).toBe(name)
})
