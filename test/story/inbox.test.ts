// The inbox: what one was told of, read and put away on every device, by mouse, keyboard and thumb, in both languages.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const shots = process.env['SHOTS']
const shot = async ({ page }: Visitor, name: string): Promise<void> => {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` })
}
const rows = ({ page }: Visitor) => page.locator('[data-inbox]')
const texts = async (visitor: Visitor): Promise<string[]> =>
  (await rows(visitor).locator('p[dir=auto]').allTextContents()).map((text) => text.trim())
const shows = (visitor: Visitor, ...words: string[]) =>
  until(
    () => texts(visitor),
    (seen) => seen.join('|') === words.join('|'),
  )
const titled = (visitor: Visitor, title: string) =>
  until(
    () => visitor.page.title(),
    (seen) => seen === title,
  )

test('what names me is told on every device, opened, put away by keys, and taken back', async () => {
  const mara = await story().joins('Mara')
  const ann = await story().opens('Ann', { width: 1440, height: 900 })
  await ann.comes('signUp', 'correct horse')
  await ann.isIn()
  const phone = await story().opens('Ann', { phone: true, locale: 'zh-CN' })
  await phone.comes('signIn', 'correct horse')
  await phone.isIn()
  const [garden, deploys] = [await mara.makes('garden'), await mara.makes('deploys')]
  for (const name of ['garden', 'deploys']) await ann.joins(name)
  await ann.goesTo('lobby')
  await phone.page.goto('/inbox')
  await phone.page.getByText(zh.inbox.nothing).waitFor()

  for (const text of ['@Ann the plan is here', '@Ann and a second page'])
    await mara.acked(mara.says(text, { room: garden.id }))
  await mara.acked(mara.says('not for anybody in particular', { room: deploys.id }))
  await mara.acked(mara.says('@room the deploy begins', { room: deploys.id }))
  await titled(ann, '(3) lobby · Brook')
  await shows(phone, '@room the deploy begins', '@Ann and a second page')
  expect(await axeFindings(phone)).toEqual([])
  await shot(phone, 'inbox-zh-390')

  await ann.page.getByRole('link', { name: new RegExp(`^${en.inbox.title}`) }).click()
  await shows(ann, '@room the deploy begins', '@Ann and a second page')
  expect(await rows(ann).nth(1).textContent()).toContain('2 new')
  expect(await axeFindings(ann)).toEqual([])
  await shot(ann, 'inbox-en-1440')

  // By keys: J to the first, E puts it away, and the next one has the focus.
  await ann.page.locator('#messages').focus()
  await ann.page.keyboard.press('j')
  await ann.page.keyboard.press('e')
  await shows(ann, '@Ann and a second page')
  await shows(phone, '@Ann and a second page')
  await titled(ann, `(2) ${en.inbox.title} · Brook`)
  expect(await ann.page.evaluate(() => document.activeElement?.closest('[data-inbox]') !== null)).toBe(true)
  await ann.page.getByRole('button', { name: en.undo }).click()
  await shows(phone, '@room the deploy begins', '@Ann and a second page')
  await shows(ann, '@room the deploy begins', '@Ann and a second page')

  // Opening what stands together leads to the oldest of it; what is on screen is read, here and on the phone.
  await rows(ann).nth(1).getByRole('link').click()
  await ann.sees('the plan is here')
  await ann.isInRoom('garden')
  await shows(phone, '@room the deploy begins')
  await titled(ann, '(1) garden · Brook')

  // The words are as they are now, and what is deleted is gone.
  await mara.acked(mara.says('@Ann once more', { room: deploys.id }))
  await shows(phone, '@Ann once more')
  await phone.page.getByRole('button', { name: zh.inbox.tab.done }).click()
  await shows(phone, '@Ann and a second page')
  await phone.page.getByRole('button', { name: new RegExp(`^${zh.inbox.tab.todo}`) }).click()
  await phone.page.getByRole('button', { name: zh.inbox.allDone }).click()
  await phone.page.getByText(zh.inbox.nothing).waitFor()
  await titled(ann, '• garden · Brook')
})
