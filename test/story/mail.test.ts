// Mail in a browser, with a real mail server: somebody gives their address, forgets their password and sets a new one by a mail; and
// somebody comes in by an address at a domain that an administrator has named.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import type { Workspace } from '../../server/protocol/workspace.ts'
import { runServer } from '../../server/main.ts'
import { OffLinks } from '../../server/missed-mail/off-links.ts'
import { ServerKeys } from '../../server/server-keys.ts'
import { isClean, pair } from '../support/browser-devices.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { codeIn, MailServer } from '../support/mail-server.ts'

const story = tellStory({ sync: false })
const password = 'nine tall green trees'
const next = 'seven small blue boats'
const isolated = (text: string): string => `\u2068${text}\u2069`
let mails: MailServer
// The same Brook once more, with mail.
beforeAll(async () => {
  mails = await MailServer.start()
  const settings = { mail: mails.config, publicUrl: new URL('http://localhost') }
  story().brook.servers.push(await runServer({ ...story().brook.config, ...settings }))
})
afterAll(() => mails.goes())

const heading = ({ page }: Visitor, name: string) => page.getByRole('heading', { name, exact: true })
async function looks(who: Visitor, name: string): Promise<void> {
  await isClean(who)
  if (process.env['SHOTS'] === undefined) return
  await who.page.screenshot({ path: `${process.env['SHOTS']}/${who.name}-${name}.png`, fullPage: true })
}
/** Opens the link of the newest mail to this address. */
async function follows(who: Visitor, address: string, before: number, page: string): Promise<void> {
  const mail = await mails.newest(address, before)
  expect(mail.mail.subject).not.toBe('')
  await who.page.goto(`${story().address}/${page}#${codeIn(mail, page)}`)
}

test.each(pair)(
  'a forgotten password is set by a mail, and somebody comes in by theirs: %s',
  async (place, device) => {
    const address = `ann-${place}@example.org`
    const ann = await story().opens(`Ann ${place}`, device)
    const { page, words } = ann
    await ann.comes('signUp', password)
    await ann.isIn()
    const { id } = await story()
      .brook.db.rows<{ id: number }>('SELECT id FROM users WHERE name = ?', [ann.name])
      .then(([row]) => ({ id: String(row?.id) }))

    // Her address.
    await ann.chooses(words.you.title)
    await ann.presses(words.mail.add)
    await ann.dialog.getByLabel(words.mail.address, { exact: true }).fill('ann')
    await ann.dialog.getByRole('button', { name: words.mail.send }).click()
    await ann.dialog.getByText(words.refusal.bad_mail_address).waitFor()
    expect(await ann.focused()).toBe(words.mail.address)
    await ann.dialog.getByLabel(words.mail.address, { exact: true }).fill(address)
    await ann.dialog.getByLabel(words.own.currentPassword, { exact: true }).fill(password)
    await looks(ann, 'dialog')
    await ann.dialog.getByRole('button', { name: words.mail.send }).click()
    await page.getByText(fill(words.mail.pending, { address: isolated(address) })).waitFor()
    await looks(ann, 'pending')
    await follows(ann, address, 0, 'mail')
    await heading(ann, words.mail.confirmTitle).waitFor()
    await looks(ann, 'confirm')
    await ann.presses(words.mail.confirm)
    await heading(ann, words.mail.confirmedTitle).waitFor()
    await ann.presses(words.mail.toBrook)
    await ann.isIn()
    await ann.chooses(words.you.title)
    await page.getByText(address, { exact: true }).waitFor()
    await looks(ann, 'account')

    // She hears of what she missed, after an hour; then by the link of a mail, no more.
    if (device.phone === true) await page.goto(story().address)
    await ann.chooses(words.alerts.title)
    await page.getByRole('heading', { name: words.mail.missed }).waitFor()
    await page.getByLabel(words.mail.missedAfter).selectOption('60')
    await page.getByRole('heading', { name: words.mail.missed }).scrollIntoViewIfNeeded()
    await looks(ann, 'missed')
    const key = await new ServerKeys(story().brook.db).of('mail-off')
    const bus = { publish: () => undefined }
    const off = new OffLinks({
      keys: { of: async () => key } as unknown as ServerKeys,
      bus,
      settings: undefined as never,
    })
    await page.goto(`${story().address}/mail#off-${await off.codeFor(id)}`)
    await heading(ann, words.mail.offTitle).waitFor()
    await looks(ann, 'off')
    await ann.presses(words.mail.off)
    await heading(ann, words.mail.offDone).waitFor()
    await ann.presses(words.mail.toBrook)
    await ann.isIn()
    if (device.phone === true) await page.goto(story().address)
    await ann.chooses(words.alerts.title)
    const box = page.getByRole('checkbox', {
      name: fill(words.mail.missedTo, { address: isolated(address) }),
    })
    await box.waitFor()
    expect([await box.isChecked(), await page.getByLabel(words.mail.missedAfter).inputValue()]).toEqual([
      false,
      '60',
    ])

    // She has forgotten her password.
    if (device.phone === true) await page.goto(story().address)
    // Pages that are opened right after ask for what whoever was in had.
    ann.expects(/status of 401/)
    await ann.chooses(words.own.signOut)
    await ann.nameField.waitFor()
    await page.getByRole('tab', { name: words.entry.signIn }).click()
    await page.getByRole('link', { name: words.mail.forgot }).waitFor()
    await looks(ann, 'entry')
    await page.getByRole('link', { name: words.mail.forgot }).click()
    await heading(ann, words.mail.forgotTitle).waitFor()
    await looks(ann, 'forgot')
    await page.getByLabel(words.mail.address, { exact: true }).fill(address)
    await page.keyboard.press('Enter')
    await heading(ann, words.mail.sentTitle).waitFor()
    await looks(ann, 'sent')
    await follows(ann, address, 1, 'reset')
    await heading(ann, words.security.resetTitle).waitFor()
    await page.getByLabel(words.own.newPassword, { exact: true }).fill(next)
    await ann.presses(words.own.savePassword)
    await heading(ann, words.security.resetDone).waitFor()
    await ann.presses(words.security.signIn)
    await ann.comes('signIn', next)
    await ann.isIn()
    expect((await mails.newest(address, 2)).text).toContain(ann.name)

    // She is an administrator, and lets people at example.com in.
    await story().brook.makesAdmin({ user: { id } } as Parameters<
      ReturnType<typeof story>['brook']['makesAdmin']
    >[0])
    await page.reload()
    await ann.isIn()
    await ann.chooses(words.admin.title)
    await page.getByRole('radio', { name: words.access.modes.invite }).click()
    const domains = page.getByLabel(words.mail.domains, { exact: true })
    await domains.fill('gmail.com')
    await page.getByText(fill(words.mail.domainsOpen, { domain: isolated('gmail.com') })).waitFor()
    await looks(ann, 'domains')
    await domains.fill('example.com, ')
    await ann.presses(words.access.save)
    await page.getByText(words.access.saved).first().waitFor()

    // Bob comes in by his address.
    const his = `bob-${place}@example.com`
    const bob = await story().opens(`Bob ${place}`, device)
    await bob.page.getByRole('link', { name: words.mail.joinBy }).click()
    await heading(bob, words.mail.joinTitle).waitFor()
    await bob.page.getByLabel(words.mail.address, { exact: true }).fill('bob@example.net')
    bob.expects(/status of 403/)
    await bob.page.keyboard.press('Enter')
    await bob.page.locator('form').getByText(words.refusal.mail_domain).waitFor()
    await looks(bob, 'join')
    await bob.page.getByLabel(words.mail.address, { exact: true }).fill(his)
    await bob.page.keyboard.press('Enter')
    await heading(bob, words.mail.sentTitle).waitFor()
    await follows(bob, his, 0, 'mail')
    await heading(bob, words.mail.enterTitle).waitFor()
    await looks(bob, 'enter')
    await bob.nameField.fill(bob.name)
    await bob.passwordField.fill(password)
    await bob.presses(words.mail.enter)
    await bob.isIn()
    await story().brook.db.run("UPDATE workspace SET sign_up = 'open'")
  },
)

test('where there is mail, an owner names the domains on their first page', async () => {
  const { db } = story().brook
  await db.run('DELETE FROM workspace')
  const ann = await story().opens('Olga Owner', { phone: true, locale: 'zh-CN' })
  const { page, words } = ann
  await page.goto(`${story().address}/owner#${await new OwnerLinks(db).make()}`)
  await page.getByLabel(words.access.name, { exact: true }).fill('花园')
  await page.getByLabel(words.access.yourName, { exact: true }).fill(ann.name)
  await page.getByLabel(words.entry.password, { exact: true }).fill(password)
  const domains = page.getByLabel(words.mail.domains)
  await domains.fill('example')
  await looks(ann, 'owner')
  ann.expects(/status of 400/)
  await page.getByRole('button', { name: words.access.open }).click()
  await page.getByText(words.refusal.bad_mail_domain).waitFor()
  await domains.fill('garden.example, *.example.org')
  await page.getByRole('button', { name: words.access.open }).click()
  await page.getByRole('heading', { name: words.access.ready }).waitFor()
  const settings = (await (await fetch(`${story().address}/api/workspace`)).json()) as Workspace
  expect(settings.mailDomains).toEqual(['garden.example', '*.example.org'])
})
