// How people come in: by the owner's link, by invites, and before a closed door. An owner's first minutes: owner.test.ts.
import { afterEach, expect, test } from 'vitest'
import { isShown } from '../support/browser-admin.ts'
import { isClean } from '../support/browser-devices.ts'
import { OwnerLinks } from '../../server/access/owner-links.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
/** As nobody has set it, and nobody is invited. */
afterEach(async () => {
  for (const table of ['workspace', 'invites', 'invite_rooms', 'invited'])
    await story().brook.db.run(`DELETE FROM ${table}`)
})
const password = 'nine tall green trees'

async function settings(): Promise<{ name: string; signUp: string; guests: boolean }> {
  return (await (await fetch(`${story().address}/api/workspace`)).json()) as {
    name: string
    signUp: string
    guests: boolean
  }
}

/** Gone is what the server answers about a link that is over; nobody does anything about it. */
const linkIsOver = /410/

test('an administrator changes who may join, and makes a link to a room for one person', async () => {
  const own = await story().joins('Root')
  await own.makes('greenhouse', 'private')
  await story().brook.makesAdmin(own)
  const root = await story().opens('Root', { cookie: own.cookie })
  const { access, entry } = root.words
  await root.page.goto('/admin')
  await root.page.getByRole('radio', { name: access.modes.invite }).check()
  await root.page.getByRole('checkbox', { name: access.guests }).check()
  await root.page.getByLabel(access.name).fill('Greenhouse')
  await root.presses(access.save)
  await until(settings, (now) => now.name === 'Greenhouse' && now.signUp === 'invite' && now.guests)
  await root.presses(access.newInvite)
  await root.page.getByLabel(access.uses).selectOption('1')
  await root.page.getByRole('checkbox', { name: 'greenhouse' }).check()
  await isClean(root)
  await root.presses(access.create)
  const link = (await root.dialog.locator('code').textContent()) ?? ''
  await isClean(root)
  await root.presses(access.done)

  const gus = await story().opens('Gus')
  await gus.page.goto(link)
  await gus.page.getByText(fill(entry.invitedTo, { rooms: '\u2068greenhouse\u2069' })).waitFor()
  await gus.page.getByRole('tab', { name: entry.guest }).click()
  await gus.entersAsGuest()
  await gus.roomLink('greenhouse').waitFor()

  // It was for one.
  const hal = await story().opens('Hal')
  hal.expects(linkIsOver)
  await hal.page.goto(link)
  await isShown(hal, hal.words.refusal.invite_over)
  // The arrow keys pass what lies between, and nothing is so before it is saved.
  await root.page.getByRole('radio', { name: access.modes.invite }).focus()
  await root.page.keyboard.press('ArrowDown')
  await root.page.keyboard.press('ArrowDown')
  expect(await root.page.getByRole('radio', { name: access.modes.closed }).isChecked()).toBe(true)
  expect((await settings()).signUp).toBe('invite')
  await root.presses(access.save)
  await until(async () => (await settings()).signUp === 'closed')
  await hal.page.goto('/')
  await isShown(hal, hal.words.refusal.sign_up_closed)
})

test('an owner who comes later finds what was set, and a used link says so', async () => {
  const own = await story().joins('Rita')
  await story().brook.makesAdmin(own)
  const set = { name: 'Meadow', signUp: 'closed', guests: false }
  await own.ask('PATCH', '/api/workspace', set)
  const code = await new OwnerLinks(story().brook.db).make()
  const ida = await story().opens('Ida')
  const { access, entry } = ida.words
  await ida.page.goto(`/owner#${code}`)
  await ida.page.reload()
  await ida.page.getByLabel(access.yourName, { exact: true }).fill(ida.name)
  await ida.page.getByLabel(entry.password, { exact: true }).fill(password)
  expect(await ida.page.getByLabel(access.name).inputValue()).toBe('Meadow')
  expect(await ida.page.getByRole('radio', { name: access.modes.closed }).isChecked()).toBe(true)
  await ida.presses(access.open)
  await ida.page.getByText(access.readyAlone).waitFor()
  expect(await settings()).toMatchObject(set)
  // Their account is made: a reload does not ask for it again.
  await ida.page.reload()
  await ida.page.getByLabel(access.name).waitFor()
  expect(await ida.page.getByLabel(access.yourName, { exact: true }).count()).toBe(0)

  const joe = await story().opens('Joe')
  joe.expects(linkIsOver)
  await joe.page.goto(`/owner#${code}`)
  await joe.page.reload()
  await joe.page.getByLabel(access.yourName, { exact: true }).fill(joe.name)
  await joe.page.getByLabel(entry.password, { exact: true }).fill(password)
  await joe.presses(access.open)
  await joe.page.getByText(access.ownerOver).waitFor()
})

test('a link lets in whoever is quicker than the answer about it', async () => {
  const own = await story().joins('Kim')
  await story().brook.makesAdmin(own)
  await own.ask('PATCH', '/api/workspace', { name: 'Orchard', signUp: 'invite' })
  const { body } = await own.ask<{ invite: { url: string } }>('POST', '/api/invites', {})
  const lea = await story().opens('Lea')
  let isHeld = false
  await lea.page.route('**/api/invites/*', () => void (isHeld = true))
  await lea.page.goto(body.invite.url)
  await lea.comes('signUp', password)
  await lea.isIn()
  expect(isHeld).toBe(true)
})
