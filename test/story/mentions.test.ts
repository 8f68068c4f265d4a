// Completing names and emoji, finding mentions, and marking unread: in real browsers, on two servers.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const choices = (visitor: Visitor) => visitor.page.locator('#completions').getByRole('option')
const offered = async (visitor: Visitor): Promise<string[]> =>
  (await choices(visitor).locator('bdi').allTextContents()).map((name) => name.trim())
const offers = (visitor: Visitor, ...names: string[]): Promise<string[]> =>
  until(
    () => offered(visitor),
    (seen) => seen.join() === names.join(),
  )
const badgeOf = async (visitor: Visitor, link: string): Promise<string> =>
  (await visitor.rooms.getByRole('link', { name: link }).locator('[aria-hidden=true]').allTextContents())
    .join('')
    .trim()
/** The place of the "new" line: the text below it. */
const below = (visitor: Visitor): Promise<string> =>
  visitor.page.evaluate((words) => {
    const line = document.querySelector(`#messages [role=separator][aria-label="${words}"]`)
    const top = line?.getBoundingClientRect().top ?? Infinity
    const rows = [...document.querySelectorAll('#messages article')]
    const next = rows.find((row) => row.getBoundingClientRect().top >= top)
    return next?.querySelector('.whitespace-pre-wrap')?.textContent.trim() ?? ''
  }, en.room.newLine)

test('a name is completed after Chinese, with an input method and by keys; an emoji by its name; code stays code', async () => {
  const ann = await story().enters('Ann Lee')
  await ann.makes('names')
  for (const name of ['李思', 'Anna', 'Bob']) {
    const one = await story().joins(name)
    await one.joins(/\d+$/.exec(ann.page.url())?.[0] ?? '')
    if (name === 'Bob') await one.acked(one.says('I speak', { room: one.room }))
  }
  await ann.sees('I speak')
  await ann.composer.pressSequentially('你好@')
  await until(
    () => offered(ann),
    (seen) => seen[0] === 'Bob' && seen.length === 3,
  )
  expect(await choices(ann).last().textContent()).toContain(en.completion.everybody.here)

  // An active input method neither opens the list nor loses its keys to it.
  const keys = await ann.context.newCDPSession(ann.page)
  await keys.send('Input.imeSetComposition', { text: 'li', selectionStart: 2, selectionEnd: 2 })
  expect(await choices(ann).count()).toBe(0)
  await keys.send('Input.insertText', { text: '李' })
  await offers(ann, '李思')
  await ann.composer.press('Tab')
  expect(await ann.composer.inputValue()).toBe('你好@李思 ')
  await ann.page.keyboard.press('Control+z')
  expect(await ann.composer.inputValue()).toBe('你好@李')
  await ann.composer.press('Escape')
  expect(await choices(ann).count()).toBe(0)

  await ann.composer.fill('')
  await ann.composer.pressSequentially('see @an and :smi')
  await choices(ann).filter({ hasText: ':smile:' }).waitFor()
  const chosen = await ann.composer.getAttribute('aria-activedescendant')
  expect(await ann.page.locator(`[id="${chosen}"]`).getAttribute('aria-selected')).toBe('true')
  await ann.composer.press('Enter')
  await ann.composer.pressSequentially('and :tada: but `:tada: @an')
  expect(await choices(ann).count()).toBe(0)
  await ann.composer.pressSequentially('`')
  await ann.composer.press('Enter')
  await ann.sees('see @an and 😄 and 🎉 but :tada: @an')
  expect(await ann.list.locator('code').textContent()).toBe(':tada: @an')
})

test('mentions are listed live and highlighted, and lead to their places; in Chinese on a phone', async () => {
  const mara = await story().joins('Mara')
  const garden = await mara.makes('beds')
  const wang = await story().enters('老王', { phone: true, locale: 'zh-CN' })
  await wang.joins('beds')
  await wang.isInRoom('beds')
  await wang.page.getByRole('link', { name: zh.rooms.title }).click()
  await wang.rooms.getByRole('link', { name: zh.inbox.title }).click()
  await wang.page.getByRole('main').getByRole('link', { name: zh.mentions.title }).click()
  const page = wang.page.getByRole('main')
  await page.getByRole('heading', { name: zh.mentions.none }).waitFor()
  await mara.acked(mara.says('**早** @老王', { room: garden.id }))
  const row = page.locator('[data-mention]')
  await row.filter({ hasText: '早 @老王' }).waitFor()
  expect(await row.locator('[data-unread]').count()).toBe(1)
  expect(await row.locator('strong').textContent()).toBe('早')
  expect(await wang.overflow()).toBe(0)
  await row.locator('[data-go]').click()
  await wang.isInRoom('beds')
  await wang.sees('早 @老王')
  await wang.page.goBack()
  await row.waitFor()
  await until(async () => (await row.locator('[data-unread]').count()) === 0)
})

test('marking unread by key works on every device; a browser that slept neither undoes it nor loses its line', async () => {
  const mara = await story().joins('Eva')
  const room = await mara.makes('shore')
  const says = (text: string) => mara.acked(mara.says(text, { room: room.id }))
  const desk = await story().opens('Ann')
  await desk.comes('signUp', 'correct horse')
  await desk.isIn()
  await desk.joins('shore')
  for (const text of ['one', 'two', 'three']) await says(text)
  await desk.sees('three')
  // The laptop is on the other server.
  const [first] = story().brook.servers
  const other = await story().brook.serve()
  const laptop = await story().opens('Ann')
  expect(other).not.toBe(first?.address)
  await laptop.comes('signIn', 'correct horse')
  await laptop.isIn()
  await laptop.goesTo('lobby')
  await until(async () => (await laptop.badge('shore')) === 0)

  await desk.message('two').focus()
  await desk.page.keyboard.press('u')
  for (const one of [desk, laptop]) await until(async () => (await one.badge('shore')) === 2)
  await until(
    () => below(desk),
    (words) => words === 'two',
  )

  // The desktop sleeps; meanwhile more is posted, and a part of it is read on the laptop.
  await desk.goesOffline()
  await desk.isTold(en.link.offline)
  await says('four')
  await laptop.goesTo('shore')
  await laptop.sees('four')
  await until(async () => (await laptop.badge('shore')) === 0)
  await laptop.goesTo('lobby')
  for (const text of ['five @Ann', 'six']) await says(text)
  await until(async () => (await laptop.badge('shore')) === 2)
  await until(async () => (await badgeOf(laptop, en.inbox.title)) === '1')

  // It wakes with the room on screen: the line is above what was read nowhere, and what is seen there is read
  // everywhere.
  await desk.comesBack()
  await until(
    () => below(desk),
    (words) => words === 'five @Ann',
  )
  for (const one of [desk, laptop]) {
    await until(async () => (await one.badge('shore')) === 0)
    await until(async () => (await badgeOf(one, en.inbox.title)) === '')
  }
})
