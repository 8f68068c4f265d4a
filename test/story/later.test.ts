// What is for later, on screen: a message that is scheduled, moved, deleted and restored, and sent; in English on a desktop and in
// Chinese on a phone.
import { expect, test } from 'vitest'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { textsOutsideNames } from '../support/label-in-name.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const findings = async (visitor: Visitor): Promise<string[]> => [
  ...(await axeFindings(visitor)),
  ...(await textsOutsideNames(visitor.page)),
]
const shot = async ({ page }: Visitor, name: string): Promise<void> => {
  if (process.env['SHOTS'] !== undefined)
    await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` })
}
const writes = async ({ page }: Visitor, text: string): Promise<void> => page.locator('#composer').fill(text)
const scheduled = ({ page }: Visitor) => page.locator('[data-scheduled]')
const isDue = (): Promise<unknown> =>
  story().brook.db.run("UPDATE scheduled_messages SET due_ms = ? WHERE state = 'waiting'", [Date.now()])

test('a message is scheduled beside Send, changed in the list, and sent at its time', async () => {
  const ann = await story().enters('Ann')
  const bob = await story().enters('王小明', { locale: 'zh-CN', phone: true, theme: 'dark' })
  await ann.makes('garden')
  await bob.joins('garden')
  const { page, words } = ann
  const { later } = words
  await writes(ann, 'Good morning, garden')
  await page.getByRole('button', { name: later.open }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: later.tomorrow }).waitFor()
  await shot(ann, 'send-menu')
  // A menu is outside of the page's landmarks, as that of the tools.
  expect((await findings(ann)).filter((one) => !one.startsWith('region:'))).toEqual([])
  await page.getByRole('menuitem', { name: later.tomorrow }).click()
  await until(async () => (await page.locator('#composer').inputValue()) === '')
  const line = page.getByRole('link', { name: later.show })
  await line.waitFor()
  await shot(ann, 'scheduled-here')
  expect(await findings(ann)).toEqual([])

  await line.click()
  await page.getByRole('heading', { name: later.title }).waitFor()
  await scheduled(ann).getByText('Good morning, garden').waitFor()
  await shot(ann, 'later-page')
  expect(await findings(ann)).toEqual([])
  await scheduled(ann).getByRole('button').click()
  await page.getByRole('menuitem', { name: later.edit }).click()
  await ann.dialog.getByLabel(later.message).fill('Good morning, all')
  await ann.dialog.getByLabel(later.time, { exact: true }).fill('10:30')
  await shot(ann, 'edit-dialog')
  expect(await findings(ann)).toEqual([])
  await ann.dialog.getByLabel(later.day, { exact: true }).fill('2020-01-01')
  await ann.dialog.getByText(later.notThen).waitFor()
  await ann.dialog.getByRole('button', { name: later.monday }).click()
  await ann.dialog.getByRole('button', { name: later.set }).click()
  await scheduled(ann).getByText('Good morning, all').waitFor()
  // Deleted, and back.
  await scheduled(ann).getByRole('button').click()
  await page.getByRole('menuitem', { name: later.delete }).click()
  await page.getByText(later.none).waitFor()
  await page.getByRole('button', { name: words.undo }).first().click()
  await scheduled(ann).getByText('Good morning, all').waitFor()
  await isDue()
  await bob.page.getByText('Good morning, all', { exact: true }).waitFor()
  await page.getByText(later.none).waitFor()

  // On a phone: from the composer's menu, with a time of one's own.
  const { page: phone, words: zh } = bob
  await phone.getByRole('button', { name: zh.composer.tools }).tap()
  await phone.getByRole('menuitem', { name: zh.later.schedule }).tap()
  await bob.dialog.getByLabel(zh.later.message).fill('晚上浇花')
  await bob.dialog.getByRole('button', { name: zh.later.tomorrow }).tap()
  await shot(bob, 'phone-dialog')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await findings(bob)).toEqual([])
  await bob.dialog.getByRole('button', { name: zh.later.set }).tap()
  await phone.getByRole('link', { name: zh.later.show }).waitFor()
  await shot(bob, 'phone-here')
  expect(await findings(bob)).toEqual([])
  await phone.getByRole('link', { name: zh.later.show }).tap()
  await scheduled(bob).getByText('晚上浇花').waitFor()
  await shot(bob, 'phone-page')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await findings(bob)).toEqual([])

  // What could not be sent says so, wherever one is, and is kept.
  await ann.page.goBack()
  const room = ann.page.url().match(/rooms\/(\d+)/)?.[1]
  const status = await ann.page.evaluate(async (id) => {
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ speak: 'moderators' })
    return (await fetch(`/api/rooms/${id}`, { method: 'PATCH', headers, body })).status
  }, room)
  expect(status).toBe(200)
  await isDue()
  const why = zh.refusal.read_only
  await bob.toast(why).waitFor()
  await scheduled(bob).getByText(fill(zh.later.notSent, { why })).waitFor()
  await shot(bob, 'phone-refused')
  expect(await findings(bob)).toEqual([])
})

test('a file is scheduled with its message, taken back, named where it waits, and sent with it', async () => {
  const ann = await story().enters('Zoe')
  const bob = await story().enters('赵云', { locale: 'zh-CN', phone: true })
  await ann.makes('harbour')
  await bob.joins('harbour')
  const { page, words } = ann
  const { later } = words
  await page.getByRole('button', { name: words.composer.tools }).click()
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('menuitem', { name: words.attach.pick }).click()
  await (
    await chooser
  ).setFiles({ name: 'tides.txt', mimeType: 'text/plain', buffer: Buffer.from('high at nine') })
  const tile = page.locator('[data-file]')
  const schedules = async (): Promise<void> => {
    await tile.getByText('tides.txt').waitFor()
    await page.getByRole('button', { name: later.open }).click()
    await page.getByRole('menuitem', { name: later.tomorrow }).click()
    await tile.waitFor({ state: 'detached' })
  }
  await schedules()
  await page.getByRole('button', { name: words.undo }).first().click()
  await schedules()

  await page.getByRole('link', { name: later.show }).click()
  await scheduled(ann).getByText('tides.txt').waitFor()
  await shot(ann, 'later-file')
  expect(await findings(ann)).toEqual([])
  await scheduled(ann).getByRole('button').click()
  await page.getByRole('menuitem', { name: later.edit }).click()
  await ann.dialog.getByText('tides.txt').waitFor()
  await shot(ann, 'edit-file-dialog')
  // It needs no words.
  await ann.dialog.getByRole('button', { name: later.monday }).click()
  await ann.dialog.getByRole('button', { name: later.set }).click()
  await ann.dialog.waitFor({ state: 'detached' })
  await isDue()
  await bob.page.getByText('tides.txt').first().waitFor()
  await page.getByText(later.none).waitFor()
})

test('a message is forwarded with a comment, seen only by who may read it, and remembered by a reminder', async () => {
  const ann = await story().enters('Mia')
  const bob = await story().enters('李思', { locale: 'zh-CN', phone: true, theme: 'dark' })
  const { page, words } = ann
  const { page: phone, words: zh } = bob
  // What is not there for somebody.
  bob.expects(/404.*around=/)
  await ann.makes('square')
  await bob.joins('square')
  await ann.makes('vault', { isPrivate: true })
  await ann.says('the safe opens at nine')
  await ann.acts('the safe opens at nine', words.forward.action)
  await ann.dialog
    .getByLabel(words.forward.find)
    .or(ann.dialog.getByPlaceholder(words.forward.find))
    .fill('squ')
  await ann.dialog.getByRole('radio', { name: 'square' }).check()
  await ann.dialog.getByLabel(words.forward.comment).fill('did you see?')
  await shot(ann, 'forward-dialog')
  expect(await findings(ann)).toEqual([])
  await ann.dialog.getByRole('button', { name: words.forward.send, exact: true }).click()
  const card = page.locator('[data-forwarded]')
  await card.getByText('the safe opens at nine').waitFor()
  await shot(ann, 'forward-card')
  expect(await findings(ann)).toEqual([])
  // Who is not in the vault sees that there is something, and not what.
  await phone.locator('[data-forwarded]').getByText(zh.forward.hidden).waitFor()
  expect(await phone.content()).not.toContain('the safe opens')
  // To somebody: their conversation is opened for it.
  await ann.acts('did you see?', words.forward.action)
  await ann.dialog.getByPlaceholder(words.forward.find).fill('李思')
  await ann.dialog.getByRole('radio', { name: '李思' }).check()
  await shot(ann, 'forward-person')
  expect(await findings(ann)).toEqual([])
  await ann.dialog.getByRole('button', { name: words.forward.send, exact: true }).click()
  await page.getByRole('heading', { name: '李思' }).first().waitFor()
  await page.locator('[data-forwarded]').getByText('did you see?').waitFor()
  await page.goBack()
  await shot(bob, 'phone-forward-hidden')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await findings(bob)).toEqual([])

  // Seen by the other, in the details of the message.
  await ann.opensMenu('did you see?')
  await page.locator('[data-seen]').getByText('李思').waitFor()
  await shot(ann, 'seen')
  await page.keyboard.press('Escape')

  await bob.acts('did you see?', zh.later.remind)
  await bob.dialog.getByText(zh.later.remindTitle).waitFor()
  await shot(bob, 'phone-remind')
  expect(await bob.overflow()).toBeLessThanOrEqual(0)
  expect(await findings(bob)).toEqual([])
  await bob.dialog.getByRole('button', { name: zh.later.hour }).tap()
  await bob.dialog.waitFor({ state: 'detached' })
  await phone.goto(new URL('/later', phone.url()).href)
  await phone.locator('[data-reminder]').getByText('did you see?').waitFor()
  await shot(bob, 'phone-reminders')
  expect(await findings(bob)).toEqual([])
  await phone.locator('[data-reminder]').getByRole('button').tap()
  await phone.getByText(zh.later.none).waitFor()
})
