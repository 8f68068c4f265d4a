// Asking to join: somebody asks and waits, an administrator sees it at once and lets them in; somebody else reads why not.
import { test } from 'vitest'
import { WorkspaceSettings } from '../../server/access/workspace.ts'
import { devices, isClean } from '../support/browser-devices.ts'
import { fill, type Device } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'

const story = tellStory()
const password = 'nine tall green trees'

/** Fills the form in and sends it. */
async function asks(who: Visitor, says: string): Promise<void> {
  const { page, words } = who
  await who.page.getByRole('link', { name: words.asking.title }).click()
  await page.getByRole('heading', { name: words.asking.title }).waitFor()
  await isClean(who)
  await who.presses(words.asking.send)
  await page.getByText(words.entry.nameEmpty).waitFor()
  await who.nameField.fill(who.name)
  await who.passwordField.fill(password)
  await page.getByLabel(words.asking.words, { exact: true }).fill(says)
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: words.asking.waiting }).waitFor()
  await isClean(who)
}

test.each([devices[0], devices[3]] as [string, Device][])(
  'somebody asks, waits and is let in; another one is not: %s',
  async (place, device) => {
    const { brook } = story()
    await new WorkspaceSettings(brook.db, brook.config).change({ signUp: 'open', guests: true })
    const root = await story().enters(`Root ${place}`, device)
    const [row] = await brook.db.rows<{ id: number }>('SELECT id FROM users WHERE name = ?', [root.name])
    await brook.makesAdmin({ user: { id: String(row?.id) } } as Parameters<typeof brook.makesAdmin>[0])
    await root.page.reload()
    await root.isIn()
    const { page, words } = root
    await root.makes(`den ${place}`, { isPrivate: true })
    if (device.phone === true) await page.goto('/')
    await root.chooses(words.admin.title)
    await page.getByRole('radio', { name: words.access.modes.invite }).click()
    await page.getByRole('checkbox', { name: words.access.askToJoin }).check()
    await root.presses(words.access.save)
    await page.getByText(words.access.saved).first().waitFor()

    const ann = await story().opens(`Ann ${place}`, device)
    await asks(ann, 'We met on Monday')
    // The page is found again.
    await ann.page.reload()
    await ann.page.getByRole('heading', { name: ann.words.asking.waiting }).waitFor()
    const nav = page.getByRole('navigation', { name: words.manage.sections })
    await nav
      .getByRole('link', { name: words.manage.section.requests })
      .getByText('1', { exact: true })
      .waitFor()
    await nav.getByRole('link', { name: words.manage.section.requests }).click()
    await page.getByText('We met on Monday').waitFor()
    await isClean(root)
    const accept = fill(words.asking.acceptNamed, { name: `\u2068${ann.name}\u2069` })
    await page.getByRole('button', { name: accept }).click()
    await root.dialog.getByRole('checkbox', { name: `den ${place}` }).check()
    await isClean(root)
    await root.dialog.getByRole('button', { name: words.asking.accept, exact: true }).click()
    await page.getByText(words.asking.none).waitFor()
    // By itself, and with the room.
    await ann.isIn()
    if (device.phone === true) await ann.page.goto('/')
    await ann.roomLink(`den ${place}`).waitFor()

    const eve = await story().opens(`Eve ${place}`, device)
    await asks(eve, 'Let me in')
    const decline = fill(words.asking.declineNamed, { name: `\u2068${eve.name}\u2069` })
    await page.getByRole('button', { name: decline }).click()
    await root.dialog.getByLabel(words.bans.reason).fill('Only for people of the garden')
    await isClean(root)
    await root.dialog.getByRole('button', { name: words.asking.decline, exact: true }).click()
    await eve.page.getByText('Only for people of the garden').waitFor()
    await isClean(eve)
    await eve.presses(eve.words.asking.again)
    await eve.page.getByRole('heading', { name: eve.words.asking.title }).waitFor()
  },
)
