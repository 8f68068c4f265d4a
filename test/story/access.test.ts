// Everybody can use every screen: axe finds nothing, on wide screens in light and dark, on a phone in dark.
import { beforeAll, expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { settled } from '../support/browser-eye.ts'
import type { Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { textsOutsideNames } from '../support/label-in-name.ts'

const story = tellStory()
let talk = ''

beforeAll(async () => {
  const [mara, li] = [await story().joins('Mara'), await story().joins('李思')]
  talk = (await mara.makes('talk')).id
  await mara.ask('PATCH', `/api/rooms/${talk}`, { topic: 'What grows here, and what broke' })
  await li.joins(talk)
  await li.event('room')
  for (let n = 1; n <= 60; n += 1) {
    const one = n % 3 === 0 ? li : mara
    await one.acked(
      one.says(n % 7 === 0 ? `see https://example.org/${n}` : `message ${n} 你好`, { room: talk }),
    )
  }
})

const wide: Device = { width: 1440, height: 900 }
const sizes: [string, Device][] = [
  ['wide', wide],
  ['on a phone', { phone: true }],
]

/**
 * Runs axe on what is on screen: everything in one theme and, on a wide screen, what the other theme changes. `within`:
 * only there, because the surroundings were checked before.
 */
async function isFine(visitor: Visitor, screen: string, within?: string): Promise<void> {
  const isPhone = (visitor.page.viewportSize()?.width ?? 0) < 500
  for (const theme of isPhone ? (['dark'] as const) : (['light', 'dark'] as const)) {
    await visitor.page.emulateMedia({ colorScheme: theme })
    await settled(visitor.page)
    const rules = theme === 'dark' && !isPhone ? ['color-contrast', 'link-in-text-block'] : undefined
    expect(await axeFindings(visitor, { within, rules }), `${screen}, ${theme}`).toEqual([])
  }
  expect(await textsOutsideNames(visitor.page), screen).toEqual([])
}

/** Opens a dialog or a menu, checks it, and closes it; for the first of its kind also what it does to the page. */
const asked = new WeakMap<Visitor, Set<string>>()
async function isFineOpen(
  role: 'dialog' | 'menu',
  visitor: Visitor,
  name: string,
  opens: () => Promise<void>,
): Promise<void> {
  await opens()
  const opened = visitor.page.getByRole(role).first()
  await opened.waitFor()
  const kinds = asked.get(visitor) ?? new Set()
  await isFine(visitor, name, kinds.has(role) ? `[role=${role}]` : undefined)
  asked.set(visitor, kinds.add(role))
  await visitor.page.keyboard.press('Escape')
  await opened.waitFor({ state: 'detached' })
}
const dialogIsFine = (visitor: Visitor, name: string, opens: () => Promise<void>) =>
  isFineOpen('dialog', visitor, name, opens)
const menuIsFine = (visitor: Visitor, name: string, opens: () => Promise<void>) =>
  isFineOpen('menu', visitor, name, opens)

test.each(sizes)('the sign-in page, %s', async (_size, device) => {
  const ann = await story().opens('Ann', device)
  for (const way of ['signIn', 'signUp', 'guest'] as const) {
    await ann.page.getByRole('tab', { name: en.entry[way] }).click()
    await ann.page.getByRole('tabpanel').getByRole('button').last().click()
    await isFine(ann, `entry, ${way}, with what is missing`)
  }
  for (const menu of [en.own.language, en.own.theme]) await menuIsFine(ann, menu, () => ann.presses(menu))
})

test.each(sizes)('the rooms and a room, %s', async (size, device) => {
  const bob = await story().enters(`Bob${device.phone ? '2' : ''}`, device)
  if (device.phone) await isFine(bob, 'rooms')
  await bob.roomLink('lobby').hover()
  await bob.presses(en.rooms.find)
  await bob.dialog.getByRole('combobox').fill('@orchard')
  await isFine(bob, 'the switcher without a result')
  await bob.page.keyboard.press('Escape')
  await bob.joins('talk')
  await bob.sees('message 60')
  const own = `and mine, ${size}`
  await bob.says(own)
  await bob.stands(own, 'archived')
  await isFine(bob, 'a room')
  await bob.message(own).focus()
  const toolbar = bob.message(own).getByRole('toolbar')
  await toolbar.waitFor()
  await isFine(bob, 'a message with its actions')
  await toolbar.getByRole('button', { name: en.room.reply, exact: true }).click()
  await bob.composer.fill('x'.repeat(16_500))
  await isFine(bob, 'an answer that is too long')
  await bob.composer.fill('')
  await bob.list.evaluate((list) => list.scrollTo({ top: list.scrollHeight / 2 }))
  await bob.page.getByRole('button', { name: en.room.newest }).waitFor()
  await isFine(bob, 'above the newest')
  await menuIsFine(bob, 'the menu of the room', () => bob.presses(en.room.more))
  await bob.goesOffline()
  await bob.isTold(en.link.offline)
  await bob.says('typed offline')
  await isFine(bob, 'offline')
})

test.each(sizes)('every dialog and menu, %s', async (_size, device) => {
  const cho = await story().enters(`Cho${device.phone ? '2' : ''}`, device)
  const ofRoom = async (line: string): Promise<void> => {
    await cho.presses(en.room.more)
    await cho.page.getByRole('menuitem', { name: line }).click()
  }
  await menuIsFine(cho, 'the own menu', () => cho.ownMenu.click())
  await dialogIsFine(cho, 'a new room', () => cho.presses(en.rooms.create))
  await dialogIsFine(cho, 'a password', () => cho.chooses(en.own.setPassword))
  await cho.chooses(en.security.title)
  await dialogIsFine(cho, 'sessions', () => cho.presses(en.security.show))
  if (device.phone) await cho.page.getByRole('link', { name: en.rooms.title }).click()
  await dialogIsFine(cho, 'going out', () => cho.chooses(en.own.signOut))
  await cho.makes(`own-${device.phone ? 'small' : 'wide'}`, { isPrivate: true })
  await isFine(cho, 'an empty room')
  await dialogIsFine(cho, 'a topic', () => ofRoom(en.room.addTopic))
  await dialogIsFine(cho, 'leaving', () => ofRoom(en.room.leave))
  if (device.phone) await dialogIsFine(cho, 'people', () => cho.presses(en.people.title))
  else await dialogIsFine(cho, 'adding somebody', () => cho.presses(en.people.add))
  await cho.page.goto('/rooms/999999')
  cho.expects(/status of 404/)
  await cho.page.getByRole('heading', { name: en.room.missingTitle }).waitFor()
  await isFine(cho, 'nothing there')
})
