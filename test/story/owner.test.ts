// An owner's first ten minutes, with people at two servers: the link, a name, an invite, a colleague and a guest who come
// by it, somebody who has to go, what they said deleted and brought back, a report, a room archived, a second factor.
import { afterEach, beforeAll, expect, test } from 'vitest'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import {
  choosesFor,
  isolated,
  isShown,
  isTidy,
  ofRoom,
  picture,
  reportsMessage,
  setsUpFactor,
} from '../support/browser-admin.ts'
import { pair } from '../support/browser-devices.ts'
import { fill, type Device } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Address } from '../support/person.ts'

const story = tellStory()
const password = 'nine tall green trees'
/** What the server answers about a link that is over, and about a room that one is banned from. */
const isOver = /410/
const isMissing = /404/

/** The first server is the owner's and the colleague's; the guest comes to the second one, whoever has to go to both. */
let first: Address
let second: Address
beforeAll(async () => {
  first = story().address
  second = await story().brook.serve()
})
/** As nobody has set it, and nobody is invited. */
afterEach(async () => {
  for (const table of ['workspace', 'invites', 'invite_rooms', 'invited'])
    await story().brook.db.run(`DELETE FROM ${table}`)
})

/** On a phone, the list of rooms is a page of its own. */
async function goesHome(who: Visitor, { phone = false }: Device): Promise<void> {
  if (phone) await who.page.goto('/')
}

async function goesToLobby(who: Visitor): Promise<void> {
  const [lobby] = await story().brook.db.rows<{ id: string }>("SELECT id FROM rooms WHERE name = 'lobby'")
  await who.page.goto(`/rooms/${lobby?.id}`)
  await who.isInRoom('lobby')
}

/** Beside the name of the workspace, or above it. */
async function hasIcon(who: Visitor, name: string): Promise<void> {
  await who.page.locator('svg').getByText('🌱').filter({ visible: true }).first().waitFor()
  await picture(who, `${name} ${who.name}`)
}

/** From the owner's link to the link that they share, which is returned. */
async function opensWorkspace(ann: Visitor, name: string): Promise<string> {
  const { access, entry } = ann.words
  await ann.page.goto(`/owner#${await new OwnerLinks(story().brook.db).make()}`)
  await ann.page.reload()
  await ann.page.getByRole('heading', { name: access.ownerTitle }).waitFor()
  await isTidy(ann)
  // What is missing is said where it is missing.
  await ann.presses(access.open)
  await ann.page.getByText(access.nameEmpty).waitFor()
  const workspace = ann.page.getByLabel(access.name)
  expect(await workspace.evaluate((field) => field === document.activeElement)).toBe(true)
  await workspace.fill(name)
  await ann.page.getByLabel(access.iconText).fill('🌱')
  await ann.page.getByRole('radio', { name: access.hues[150] }).check()
  await ann.page.getByRole('checkbox', { name: access.guests }).check()
  await picture(ann, `owner ${ann.name}`)
  await ann.page.getByLabel(access.yourName, { exact: true }).fill(ann.name)
  await ann.page.getByLabel(entry.password, { exact: true }).fill(password)
  await ann.presses(access.open)
  await ann.page.getByRole('heading', { name: access.ready }).waitFor()
  await isTidy(ann)
  const link = (await ann.page.locator('code').textContent()) ?? ''
  await hasIcon(ann, 'ready')
  await ann.presses(access.start)
  await ann.isIn()
  await hasIcon(ann, 'rooms')
  return new URL(link).pathname
}

/** Without the link there is only the way for those who are in. */
async function comesAsColleague(bo: Visitor, link: string, words: string): Promise<void> {
  const { entry, refusal } = bo.words
  await isShown(bo, refusal.invite_needed)
  expect(await bo.page.getByRole('tab').count()).toBe(0)
  await isTidy(bo)
  await bo.page.goto(link)
  await bo.page.getByText(words).waitFor()
  await hasIcon(bo, 'invited')
  await isTidy(bo)
  expect(await bo.page.getByRole('tab').allTextContents()).toEqual([entry.guest, entry.signIn, entry.signUp])
  await bo.page.getByRole('tab', { name: entry.signUp }).click()
  await bo.nameField.fill(bo.name)
  await bo.passwordField.fill(password)
  await bo.page.getByRole('tabpanel').getByRole('button', { name: entry.signUp }).click()
  await bo.isIn()
  await expect.poll(() => new URL(bo.page.url()).pathname).not.toContain('join')
}

async function comesAsGuest(name: string, device: Device, link: string): Promise<Visitor> {
  const guest = await story().opens(name, device, second)
  await guest.page.goto(link)
  await guest.page.getByRole('tab', { name: guest.words.entry.guest }).click()
  await guest.entersAsGuest()
  await goesToLobby(guest)
  return guest
}

/** Who runs it sees who came, and takes the link back. */
async function revokesLink(ann: Visitor, link: string, workspace: string, came: string[]): Promise<void> {
  const { access, admin } = ann.words
  await ann.chooses(admin.title)
  for (const name of came) await isShown(ann, name)
  expect(await ann.page.getByLabel(access.name).inputValue()).toBe(workspace)
  await picture(ann, `administration ${ann.name}`)
  await isTidy(ann)
  await ann.page.getByRole('button', { name: access.revoke }).click()
  await ann.page.getByRole('dialog', { name: access.revokeTitle }).waitFor()
  await isTidy(ann)
  await ann.dialog.getByRole('button', { name: access.revoke }).click()
  await ann.page.getByText(access.noInvites).waitFor()
  const cho = await story().opens('Cho', {}, second)
  cho.expects(isOver)
  await cho.page.goto(link)
  await isShown(cho, cho.words.refusal.invite_over)
  await cho.leaves()
}

/** From the lobby, where everybody is: out at once at every server, and not in the list of people any more. */
async function bansFromLobby(ann: Visitor, eve: Visitor, { phone = false }: Device): Promise<void> {
  const { bans, people } = ann.words
  const elsewhere = await eve.anotherTab(`${first}${new URL(eve.page.url()).pathname}`)
  await elsewhere.isInRoom('lobby')
  await goesToLobby(ann)
  if (phone) await ann.presses(people.title)
  await choosesFor(ann, eve.name, people.action.ban)
  await ann.dialog.last().getByLabel(bans.reason).fill('shouting')
  await isTidy(ann)
  // The room that they have open is gone.
  for (const one of [eve, elsewhere]) one.expects(isMissing)
  await ann.dialog.last().getByRole('button', { name: bans.ban, exact: true }).click()
  for (const one of [eve, elsewhere]) await one.page.getByText(one.words.room.missingTitle).waitFor()
  await isTidy(eve)
  const menu = fill(people.menu, { name: isolated(eve.name) })
  await ann.page.getByRole('button', { name: menu }).waitFor({ state: 'detached' })
  if (phone) await ann.page.keyboard.press('Escape')
  await ofRoom(ann, ann.words.roomBans.open)
  await ann.dialog.getByText('shouting').waitFor()
  await isTidy(ann)
  await elsewhere.page.close()
}

/** Back in the lobby, if they like. */
async function liftsBan(ann: Visitor, eve: Visitor): Promise<void> {
  const lift = fill(ann.words.bans.liftNamed, { name: isolated(eve.name) })
  await ann.dialog.getByRole('button', { name: lift }).click()
  await ann.dialog.getByText(ann.words.roomBans.none).waitFor()
  await ann.page.keyboard.press('Escape')
}

/** Everything that somebody said is gone from every screen, and back once it is undone. */
async function deletesAndUndoes(
  ann: Visitor,
  eve: Visitor,
  readers: Visitor[],
  said: string[],
): Promise<void> {
  const { accounts, erasing, undo } = ann.words
  const name = isolated(eve.name)
  await ann.page.goto('/admin/people')
  await ann.page.getByLabel(accounts.find).fill(eve.name)
  await choosesFor(ann, eve.name, accounts.erase)
  const dialog = ann.page.getByRole('dialog', { name: fill(erasing.title, { name }) })
  await dialog.getByLabel(erasing.from).selectOption(erasing.since.all)
  await isTidy(ann)
  await dialog.getByRole('button', { name: erasing.delete }).click()
  for (const reader of readers)
    for (const text of said) await reader.list.getByText(text).waitFor({ state: 'detached' })
  for (const reader of readers.slice(-1)) await isTidy(reader)
  const restore = ann.page.getByRole('button', { name: fill(erasing.restoreNamed, { name }) })
  await restore.waitFor()
  // A toast stays while the mouse is over it.
  const toUndo = ann.page.getByRole('button', { name: undo, exact: true })
  await toUndo.hover()
  await isTidy(ann)
  await toUndo.click()
  for (const reader of readers) for (const text of said) await reader.sees(text)
  await restore.waitFor({ state: 'detached' })
}

/** The guest reports, the owner deletes the message and answers, the guest reads it. */
async function handlesReport(ann: Visitor, gus: Visitor, text: string, device: Device): Promise<void> {
  await reportsMessage(gus, text, 'Third time today')
  const { manage, reports } = ann.words
  await ann.page.getByRole('link', { name: manage.section.reports, exact: true }).click()
  const list = ann.page.getByRole('list', { name: reports.state.open })
  await list.getByText(text).waitFor()
  await list.getByText('Third time today').waitFor()
  await list.getByRole('button', { name: reports.addAnswer }).click()
  await ann.page.keyboard.type('Thank you')
  await isTidy(ann)
  await list.getByRole('button', { name: reports.delete }).click()
  await ann.page.getByRole('heading', { name: reports.none }).waitFor()
  await isTidy(ann)
  await gus.list.getByText(text).waitFor({ state: 'detached' })
  await gus.page.goto(device.phone === true ? '/' : '/mentions')
  const card = gus.page.getByRole('region', { name: gus.words.reports.own.title })
  await card.getByText('Thank you').waitFor()
  await isTidy(gus)
}

/** Nobody writes in it until it is restored, where it is read. */
async function archives(ann: Visitor, bo: Visitor, room: string, device: Device): Promise<void> {
  const { settings } = ann.words
  await ann.page.goto('/')
  await ann.makes(room)
  await goesHome(bo, device)
  await bo.joins(room)
  await ofRoom(ann, settings.open)
  await ann.dialog.getByRole('button', { name: settings.archive }).click()
  const question = ann.page.getByRole('dialog', {
    name: fill(settings.archiveTitle, { room: isolated(`#${room}`) }),
  })
  await isTidy(ann)
  await question.getByRole('button', { name: settings.archive }).click()
  await bo.page.getByRole('main').getByText(bo.words.refusal.archived, { exact: true }).waitFor()
  await isTidy(bo)
  await ann.page.getByRole('main').getByRole('button', { name: settings.restore }).waitFor()
  await isTidy(ann)
  await ann.page.getByRole('main').getByRole('button', { name: settings.restore }).click()
  await bo.composer.waitFor()
}

async function setsUpSecondFactor(ann: Visitor, device: Device): Promise<void> {
  const { page, words } = ann
  await goesHome(ann, device)
  await ann.chooses(words.security.title)
  await page.getByText(words.security.isOff, { exact: true }).waitFor()
  await page.getByRole('button', { name: words.security.setUp, exact: true }).click()
  await ann.dialog.waitFor()
  await isTidy(ann)
  ann.expects(/401/)
  await setsUpFactor(ann, password)
  await page.getByText(words.security.isOn, { exact: true }).waitFor()
  await isTidy(ann)
}

/** Four people on two servers: on a busy machine, three times as long as on a quiet one. */
const withinMs = 180_000

test.each(pair)(
  'an owner opens a workspace, keeps it in order and locks it well: %s',
  async (place, device) => {
    const workspace = `Garden ${place}`
    const ann = await story().opens(`Ann ${place}`, device, first)
    const link = await opensWorkspace(ann, workspace)

    const bo = await story().opens(`Bo ${place}`, device, first)
    const invited = { by: isolated(ann.name), workspace: isolated(workspace) }
    await comesAsColleague(bo, link, fill(bo.words.entry.invited, invited))
    const gus = await comesAsGuest(`Gus ${place}`, device, link)
    const eve = await comesAsGuest(`Eve ${place}`, device, link)
    await isTidy(gus)
    await revokesLink(ann, link, workspace, [bo.name, gus.name, eve.name])

    const said = [`buy pills: ${place}`, `more pills: ${place}`]
    for (const text of said) {
      await eve.says(text)
      await gus.sees(text)
    }
    await bansFromLobby(ann, eve, device)
    await liftsBan(ann, eve)
    await goesToLobby(bo)
    for (const text of said) await bo.sees(text)
    await deletesAndUndoes(ann, eve, [bo, gus], said)
    await handlesReport(ann, gus, said[1] ?? '', device)
    await archives(ann, bo, `plans ${place}`, device)
    await setsUpSecondFactor(ann, device)
  },
  withinMs,
)
