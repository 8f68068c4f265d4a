// What administrators do in stories: their screens, their menus, and what each page of theirs has to be.
import { expect } from 'vitest'
import { Authenticator } from './authenticator.ts'
import { isClean } from './browser-devices.ts'
import { fill, type Device } from './browser-page.ts'
import type { Story } from './browser-story.ts'
import type { Visitor } from './browser-visitor.ts'
import type { Person } from './person.ts'

/** A name as the app's texts carry it. */
export const isolated = (name: string): string => `\u2068${name}\u2069`

/** Axe finds nothing, and the page is no wider than the screen. */
export async function isTidy(visitor: Visitor): Promise<void> {
  await isClean(visitor)
  expect(await visitor.overflow()).toBe(0)
}

/** Somebody with the rights of an administrator, in a browser and as whoever asks the server for them. */
export async function administrator(
  story: Story,
  name: string,
  device: Device = {},
): Promise<[Visitor, Person]> {
  const own = await story.joins(name)
  await story.brook.makesAdmin(own)
  return [await story.opens(name, { ...device, cookie: own.cookie }), own]
}

/** Opens the menu of somebody in a list of people, and chooses in it. */
export async function choosesFor({ page, words }: Visitor, name: string, action: string): Promise<void> {
  await page.getByRole('button', { name: fill(words.people.menu, { name: isolated(name) }) }).click()
  await page.getByRole('menuitem', { name: action }).click()
}

/** Chooses from the menu of the room. */
export async function ofRoom(who: Visitor, item: string): Promise<void> {
  await who.presses(who.words.room.more)
  await who.page.getByRole('menuitem', { name: item }).click()
}

/** For whoever looks at a story: STORY_PICTURES names a folder. */
export async function picture(who: Visitor, name: string): Promise<void> {
  const folder = process.env['STORY_PICTURES']
  if (folder !== undefined) await who.page.screenshot({ path: `${folder}/${name}.png` })
}

/** On the page: it is also in the live regions, where only screen readers find it. */
export const isShown = ({ page }: Visitor, words: string): Promise<void> =>
  page.getByRole('main').getByText(words).waitFor()

/** Reports somebody's message; `note` is for whoever handles it. */
export async function reportsMessage(who: Visitor, text: string, note: string): Promise<void> {
  const { reports } = who.words
  await who.acts(text, reports.report)
  await who.dialog.getByLabel(reports.reasons.abuse).check()
  await who.dialog.getByLabel(reports.note).fill(note)
  await isTidy(who)
  await who.dialog.getByRole('button', { name: reports.send, exact: true }).click()
  await who.dialog.waitFor({ state: 'detached' })
}

/** A second factor, from the question for the password to the recovery codes, which are answered. */
export async function setsUpFactor(
  visitor: Visitor,
  password: string,
): Promise<{ app: Authenticator; codes: string[] }> {
  const { page, words } = visitor
  await page.getByLabel(words.own.currentPassword, { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await page.getByRole('img', { name: words.security.qr }).waitFor()
  await isClean(visitor)
  const app = new Authenticator((await page.locator('code').textContent()) ?? '')
  const field = page.getByLabel(words.security.code, { exact: true })
  await field.fill(app.wrong())
  await page.keyboard.press('Enter')
  await page.getByText(words.refusal.wrong_code).first().waitFor()
  expect(await field.evaluate((one) => one === document.activeElement)).toBe(true)
  await field.fill(app.next())
  await page.keyboard.press('Enter')
  const list = page.getByRole('list', { name: words.security.codesList })
  await list.waitFor()
  await isClean(visitor)
  const codes = await list.getByRole('listitem').allTextContents()
  await page.getByRole('button', { name: words.security.done }).click()
  return { app, codes }
}
