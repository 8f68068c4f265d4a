// How people prove who they are: a second factor from its set-up to its end, and administrators who need one.
import { expect, test } from 'vitest'
import { isClean, otherPair, pair } from '../support/browser-devices.ts'
import { ResetLinks } from '../../server/identity/reset-links.ts'
import { Tickets } from '../../server/identity/tickets.ts'
import { setsUpFactor } from '../support/browser-admin.ts'
import { fill, type Device } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'

const story = tellStory()
const password = 'nine tall green trees'
/** A wrong password or code, and a sign-in that needs a second step: what the server answers, seen on the console. */
const refused = /401/

async function signsUp(name: string, device: Device = {}): Promise<Visitor> {
  const visitor = await story().opens(name, device)
  visitor.expects(refused)
  await visitor.comes('signUp', password)
  await visitor.isIn()
  return visitor
}

test.each(pair)(
  'somebody sets up a second factor, signs in with it and turns it off: %s',
  async (place, device) => {
    const ann = await signsUp(`Ann ${place}`, device)
    const { page, words } = ann
    await ann.chooses(words.security.title)
    await page.getByRole('heading', { name: words.security.factor }).waitFor()
    await page.getByText(words.security.isOff, { exact: true }).waitFor()
    await isClean(ann)
    await page.getByRole('button', { name: words.security.setUp, exact: true }).click()
    await ann.dialog.waitFor()
    await isClean(ann)
    // A wrong password is told at its field.
    await ann.dialog.getByLabel(words.own.currentPassword, { exact: true }).fill('not this one')
    await page.keyboard.press('Enter')
    await ann.dialog.getByText(words.own.currentWrong).waitFor()
    const { app, codes } = await setsUpFactor(ann, password)
    await page.getByText(words.security.isOn, { exact: true }).waitFor()
    await page.getByText(fill(words.security.codesLeft, { n: '10' }).split(' | ').at(-1) ?? '').waitFor()
    await isClean(ann)

    if (device.phone) await page.getByRole('link', { name: words.rooms.title }).click()
    await ann.chooses(words.own.signOut)
    await ann.comes('signIn', password)
    const code = page.getByLabel(words.security.code, { exact: true })
    await code.waitFor()
    await isClean(ann)
    await code.fill(app.wrong())
    await page.keyboard.press('Enter')
    await page.getByText(words.refusal.wrong_code).first().waitFor()
    // Back leads to the password, and nobody is in meanwhile.
    await page.getByRole('button', { name: words.security.back }).click()
    await ann.comes('signIn', password)
    await code.fill(app.next())
    await page.keyboard.press('Enter')
    await ann.isIn()

    // A recovery code works once.
    if (device.phone) await page.goto('/')
    await ann.chooses(words.own.signOut)
    await ann.comes('signIn', password)
    await page.getByRole('button', { name: words.security.useRecovery }).click()
    await page.getByLabel(words.security.recoveryCode, { exact: true }).fill(codes[0] ?? '')
    await isClean(ann)
    await page.keyboard.press('Enter')
    await ann.isIn()
    if (device.phone) await page.goto('/')
    await ann.chooses(words.security.title)
    await page.getByText(fill(words.security.codesLeft, { n: '9' }).split(' | ').at(-1) ?? '').waitFor()

    await page.getByRole('button', { name: words.security.turnOff }).click()
    await ann.dialog.getByLabel(words.own.currentPassword, { exact: true }).fill(password)
    await isClean(ann)
    await page.keyboard.press('Enter')
    await page.getByText(words.security.isOff, { exact: true }).waitFor()
  },
)

test('an administrator who needs a second factor sets it up, and goes on', async () => {
  const root = await signsUp('Root')
  const ada = await signsUp('Ada')
  for (const { name } of [root, ada])
    await story().brook.db.run('UPDATE users SET is_admin = 1 WHERE name = ?', [name])
  await story().brook.db.run('UPDATE sessions SET renew = 1')
  const { security, own, admin } = root.words
  // A session is read again after a minute, or when somebody has changed: as they sign in again.
  for (const one of [root, ada]) {
    one.expects(/40[13]/)
    await one.chooses(own.signOut)
    await one.comes('signIn', password)
    await one.isIn()
  }
  await root.chooses(admin.title)
  const rule = root.page.getByRole('checkbox', { name: security.ruleText })
  root.expects(/409/)
  await rule.click()
  await root.page.getByText(security.ruleOwn).first().waitFor()
  expect(await rule.isChecked()).toBe(false)
  await root.chooses(security.title)
  await root.page.getByRole('button', { name: security.setUp, exact: true }).click()
  await setsUpFactor(root, password)
  await root.chooses(admin.title)
  await rule.click()
  await root.page.getByText(security.saved).first().waitFor()
  await isClean(root)

  // Wherever they were, this is where they are now.
  await ada.page.getByRole('heading', { name: security.neededTitle }).waitFor()
  await isClean(ada)
  await ada.page.reload()
  await ada.page.getByRole('heading', { name: security.neededTitle }).waitFor()
  await setsUpFactor(ada, password)
  await ada.isIn()
  await rule.click()
  await root.page.getByText(security.saved).first().waitFor()
})

test.each(otherPair)('somebody who has forgotten their password opens a link: %s', async (place, device) => {
  const cho = await signsUp(`Cho ${place}`, device)
  const { page, words } = cho
  const links = new ResetLinks(story().brook.db, new Tickets(story().brook.db))
  const id = (await links.idOf(cho.name)) ?? ''
  const made = await links.make(id, { secondFactor: false, byCommand: false })
  const code = 'reset' in made ? made.reset : ''
  const next = 'seven small blue boats'

  // In a browser in which nobody is signed in.
  const lost = await story().opens(cho.name, device)
  await lost.page.goto(`/reset#${code}`)
  await lost.page.reload()
  await lost.page.getByText(fill(words.security.resetText, { name: `\u2068${cho.name}\u2069` })).waitFor()
  await isClean(lost)
  const field = lost.page.getByLabel(words.own.newPassword, { exact: true })
  lost.expects(/400|410/)
  await field.fill('password')
  await lost.page.keyboard.press('Enter')
  await lost.page.getByText(words.refusal.common_password).first().waitFor()
  expect(await field.evaluate((one) => one === document.activeElement)).toBe(true)
  await isClean(lost)
  await field.fill(next)
  await lost.page.keyboard.press('Enter')
  await lost.page.getByRole('heading', { name: words.security.resetDone }).waitFor()
  await isClean(lost)
  // Where they were signed in, they are out.
  await page.getByRole('tabpanel').waitFor()
  await lost.presses(words.security.signIn)
  await lost.comes('signIn', next)
  await lost.isIn()
  expect(lost.page.url()).not.toContain(code)
  // It was for once, and says so whoever is signed in.
  await lost.page.goto(`/reset#${code}`)
  await lost.page.reload()
  await lost.page.getByText(words.refusal.reset_over).waitFor()
  await isClean(lost)
})
