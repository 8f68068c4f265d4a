// An administrator bans somebody who is here: they see why and until when, and are back once it is lifted.
import { expect, test } from 'vitest'
import type { Ban } from '../../server/protocol/moderation.ts'
import { administrator, choosesFor, isolated, isTidy } from '../support/browser-admin.ts'
import { otherPair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'

const story = tellStory()
const password = 'nine tall green trees'

/** What a banned browser is answered, on its connection and over HTTP. */
const isRefused = /403/
/** They come back to the tab, which then asks whether they are still banned. */
const looksAgain = ({ page }: Visitor): Promise<void> =>
  page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange')))

test.each(otherPair)('from the list of people, with a reason, and back: %s', async (place, device) => {
  const eve = await story().enters(`Eve ${place}`, device)
  const [root] = await administrator(story(), `Root ${place}`, device)
  const { accounts, bans, manage, audit } = root.words
  await root.page.goto('/admin/people')
  await root.page.getByText(eve.name, { exact: true }).waitFor()
  await isTidy(root)
  await root.page.getByLabel(accounts.find).fill(eve.name)
  await choosesFor(root, eve.name, accounts.ban)
  const dialog = root.page.getByRole('dialog', { name: fill(bans.person, { name: isolated(eve.name) }) })
  await dialog.getByLabel(bans.lasts).selectOption(manage.lastsFor.day)
  await dialog.getByLabel(bans.reason).fill('Too loud')
  await isTidy(root)
  eve.expects(isRefused)
  await dialog.getByRole('button', { name: bans.ban, exact: true }).click()

  // At once, in the browser that they have open.
  await eve.page.getByRole('heading', { name: eve.words.banned.title }).waitFor()
  await eve.page.getByText('Too loud').waitFor()
  expect(await eve.focused()).toBe(eve.words.banned.title)
  await isTidy(eve)
  await eve.page.reload()
  await eve.page.getByText('Too loud').waitFor()

  await root.page.getByText(accounts.banned, { exact: true }).waitFor()
  await isTidy(root)
  await root.page.getByRole('link', { name: manage.section.bans }).click()
  await root.page.getByText('Too loud').waitFor()
  await isTidy(root)
  await root.presses(fill(bans.liftNamed, { name: isolated(eve.name) }))
  await root.dialog.getByRole('button', { name: bans.lift, exact: true }).click()
  await root.page.getByRole('heading', { name: bans.none }).waitFor()
  expect(await root.focused()).toBe(manage.section.bans)
  await isTidy(root)
  await looksAgain(eve)
  await eve.isIn()

  await root.page.getByRole('link', { name: manage.section.audit }).click()
  const entries = root.page.getByRole('list', { name: manage.section.audit })
  await entries.getByText(audit.kinds.unbanned).first().waitFor()
  await isTidy(root)
  await root.page.getByLabel(audit.kind).selectOption(audit.kinds.banned)
  await entries.getByRole('listitem').filter({ hasText: eve.name }).filter({ hasText: 'Too loud' }).waitFor()
  expect(await entries.getByText(audit.kinds.unbanned).count()).toBe(0)
  await root.page.getByRole('link', { name: manage.section.archive }).click()
  await root.page.getByRole('heading', { name: root.words.admin.archive }).waitFor()
  await isTidy(root)
})

test('whoever signs in while banned is told why; with another account they come in', async () => {
  const gus = await story().joins('Gus')
  await gus.ask('PUT', '/api/session/password', { password })
  const [, root] = await administrator(story(), 'Rita')
  await root.ask('POST', '/api/admin/bans', { user: gus.user.id, reason: 'Spam' })
  const visitor = await story().opens('Gus')
  visitor.expects(isRefused)
  const [name = '', value = ''] = gus.cookie.split('=')
  await visitor.context.addCookies([{ name, value, url: story().address }])
  await visitor.page.reload()
  await visitor.page.getByText('Spam').waitFor()
  await visitor.presses(visitor.words.banned.other)
  await visitor.comes('signIn', password)
  const alert = visitor.page.getByRole('alert')
  await alert.getByText('Spam').waitFor()
  await alert.getByText(visitor.words.banned.forGood).waitFor()
  await isTidy(visitor)
  await visitor.page.getByRole('tab', { name: visitor.words.entry.guest }).click()
  await visitor.nameField.fill('Gustav')
  await visitor.presses(visitor.words.entry.enter)
  await visitor.page.getByRole('button', { name: visitor.words.own.menu }).getByText('Gustav').waitFor()
})

test('an address is banned in a dialog that says what is wrong with it, by the keyboard alone', async () => {
  const [root, own] = await administrator(story(), 'Ria')
  const { bans } = root.words
  await root.page.goto('/admin/bans')
  await root.page.getByRole('button', { name: bans.address }).focus()
  await root.page.keyboard.press('Enter')
  await root.dialog.waitFor()
  expect(await root.focused()).toBe(bans.addressField)
  await root.page.keyboard.press('Enter')
  await root.dialog.getByText(bans.addressMissing).waitFor()
  await root.page.keyboard.type('somewhere')
  root.expects(/400/)
  await root.page.keyboard.press('Enter')
  await root.dialog.getByText(root.words.refusal.bad_network).waitFor()
  expect(await root.focused()).toBe(bans.addressField)
  await isTidy(root)
  await root.page.keyboard.press('Control+A')
  await root.page.keyboard.type('203.0.113.0/24')
  await root.page.keyboard.press('Enter')
  await root.page
    .getByRole('list', { name: root.words.manage.section.bans })
    .getByText('203.0.113.0/24')
    .waitFor()
  await root.dialog.waitFor({ state: 'detached' })
  expect(await root.focused()).toBe(bans.address)
  const { body } = await own.ask<{ bans: Ban[] }>('GET', '/api/admin/bans')
  expect(body.bans.map(({ address }) => address)).toContain('203.0.113.0/24')
})

test('an administrator signs somebody out everywhere, and finds what is noted of them', async () => {
  const hal = await story().enters('Hal')
  const [root] = await administrator(story(), 'Rob')
  const { accounts, audit } = root.words
  await root.page.goto('/admin/people')
  hal.expects(/401/)
  await choosesFor(root, 'Hal', accounts.end)
  await root.dialog.getByRole('button', { name: accounts.endIt, exact: true }).click()
  await hal.nameField.waitFor()
  await choosesFor(root, 'Hal', accounts.log)
  const entries = root.page.getByRole('list', { name: root.words.manage.section.audit })
  await entries.getByText(audit.kinds.sessions_ended).waitFor()
  await entries.getByText(audit.kinds.came_as_guest).waitFor()
  await root.page.getByText(fill(audit.onlyOf, { name: isolated('Hal') })).waitFor()
  await root.presses(audit.clear)
  await root.page.waitForURL('**/admin/audit')
})

test('nobody else finds a section', async () => {
  const ida = await story().enters('Ida')
  for (const section of ['people', 'bans', 'audit', 'archive']) {
    await ida.page.goto(`/admin/${section}`)
    await ida.page.getByText(ida.words.admin.missingTitle).waitFor()
  }
})
