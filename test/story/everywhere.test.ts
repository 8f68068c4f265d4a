// Everything that can be done in a conversation, walked through once at each width and in each language. Each feature
// has its own story; this one checks that no width and no language lacks any of them.
import { readFile } from 'node:fs/promises'
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { offerCommands } from '../../server/commands/offer.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { settled } from '../support/browser-eye.ts'
import { tellStory } from '../support/browser.ts'
import { fill, type Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const story = tellStory()
let rpc: Rpc | undefined
beforeAll(async () => {
  rpc = new Rpc({ redis: story().brook.connections.rpc, onError: () => undefined })
  await offerCommands(rpc, await story().brook.addBot('dice'), [
    { name: 'roll', usage: '2d6', help: 'Roll dice', run: async () => ({ room: 'a four' }) },
  ])
})
afterAll(() => rpc?.close())

const devices: [string, Device][] = [
  ['desk', { width: 1440, height: 900 }],
  ['desk-zh', { width: 1440, height: 900, locale: 'zh-CN' }],
  ['phone', { phone: true }],
  ['phone-zh', { phone: true, locale: 'zh-CN' }],
]

/** One reader in a browser, and Mara, who is connected without one and makes things happen. */
interface Walk {
  ann: Visitor
  mara: Person
  isPhone: boolean
  /** The room of the conversation, and another one. */
  room: string
  other: string
  place: string
}

async function begin(place: string, device: Device): Promise<Walk> {
  const [own, mara] = [await story().joins(`Ann ${place}`), await story().joins(`Mara ${place}`)]
  const room = (await own.makes(`talk ${place}`)).id
  const other = (await mara.makes(`other ${place}`)).id
  await own.joins(other)
  await mara.joins(room)
  await mara.event('room')
  const ann = await story().opens(`Ann ${place}`, { ...device, cookie: own.cookie })
  await ann.page.goto(`/rooms/${room}`)
  await ann.isInRoom(`talk ${place}`)
  return { ann, mara, isPhone: device.phone === true, room, other, place }
}

const tells = async (mara: Person, command: object): Promise<void> => {
  const cid = newCid()
  mara.tells({ ...command, cid })
  await mara.acked(cid)
}
const says = async (mara: Person, text: string): Promise<number> => (await mara.acked(mara.says(text))).seq

/** On a phone the list of rooms is a page of its own. */
async function toRooms({ ann, isPhone }: Walk): Promise<void> {
  if (isPhone) await ann.page.getByRole('link', { name: ann.words.rooms.title }).click()
}
async function toTalk(walk: Walk): Promise<void> {
  await toRooms(walk)
  await walk.ann.goesTo(`talk ${walk.place}`)
}

const thread = ({ page, words }: Visitor): Locator => page.getByRole('region', { name: words.thread.title })
const typedIn = (visitor: Visitor): Promise<string> => visitor.composer.inputValue()
const hasFocus = (what: Locator) => until(() => what.evaluate((el) => el === document.activeElement))

/** Markdown, completion of names and emoji, editing by the up-arrow, earlier versions, a draft. */
async function writes(walk: Walk): Promise<void> {
  const { ann } = walk
  const { words, composer } = ann
  await composer.pressSequentially('**Beans**, @Mar')
  await ann.page.getByRole('option', { name: /Mara/ }).waitFor()
  await composer.press('Enter')
  await composer.pressSequentially('and :tad')
  await ann.page.getByRole('option', { name: /:tada:/ }).waitFor()
  await composer.press('Tab')
  await composer.press('Control+Enter')
  await ann.message('🎉').getByText('Beans').and(ann.page.locator('strong')).waitFor()
  await ann.message('🎉').getByText(`@Mara ${walk.place}`).waitFor()

  await ann.stands('🎉', 'archived')
  await composer.press('ArrowUp')
  expect(await typedIn(ann)).toContain('**Beans**')
  await composer.fill('Beans, then')
  await ann.presses(words.composer.save)
  await ann.message('Beans, then').getByRole('button', { name: words.room.editedHistory }).click()
  await ann.dialog.locator('del').first().waitFor()
  await ann.page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })

  await composer.fill('half a thought')
  await toRooms(walk)
  await ann.goesTo(`other ${walk.place}`)
  expect(await typedIn(ann)).toBe('')
  await toTalk(walk)
  await until(async () => (await typedIn(ann)) === 'half a thought')
  await composer.fill('')
}

/** A reply with its quote, a reaction, a pin, a saved message. */
async function answers({ ann, mara, isPhone, room }: Walk): Promise<void> {
  const { words } = ann
  const seq = await says(mara, 'What else grows')
  await ann.sees('What else grows')
  await ann.acts('What else grows', words.room.reply)
  await ann.says('Peas do')
  await ann.message('Peas do').getByText('What else grows').click()
  await ann.page.waitForURL(`**/rooms/${room}/${seq}`)

  await tells(mara, { type: 'react', room, seq, emoji: '🌱', on: true })
  await ann.message('What else grows').getByRole('button', { name: /🌱.*1/ }).click()
  await ann.message('What else grows').getByRole('button', { name: /🌱.*2/, pressed: true }).waitFor()

  await ann.acts('What else grows', words.pins.pin)
  const pins = ann.page.getByRole('button', {
    name: fill(words.pins.count.split(' | ')[0] ?? '', { n: 1 }),
    exact: true,
  })
  await pins.click()
  await ann.dialog.getByText('What else grows').click()
  await ann.dialog.waitFor({ state: 'detached' })
  await pins.click()
  await ann.dialog
    .getByRole('button', { name: fill(words.pins.unpinNamed, { name: `\u2068${mara.user.name}\u2069` }) })
    .click()
  await ann.dialog.getByText(words.pins.noneTitle).waitFor()
  await hasFocus(ann.dialog.getByRole('button', { name: words.close }))
  await ann.page.keyboard.press('Enter')
  await ann.dialog.waitFor({ state: 'detached' })
  if (isPhone) await hasFocus(ann.list)

  await ann.acts('What else grows', words.saved.save)
}

/** A thread with a command in it, and who is typing there. */
async function threads({ ann, mara, isPhone, room }: Walk): Promise<void> {
  const { words } = ann
  await ann.acts('What else grows', words.thread.reply)
  const field = thread(ann).locator('#thread-composer')
  await field.fill('/ro')
  await thread(ann)
    .getByRole('option', { name: /\/roll/ })
    .click()
  await field.press('Control+Enter')
  await thread(ann).getByRole('article').filter({ hasText: 'a four' }).waitFor()
  const root = Number(/thread\/(\d+)/.exec(ann.page.url())?.[1])
  const sign = thread(ann).getByText(words.room.typingOne.replace('{a}', '').trim())
  // Repeated until it is seen, because it disappears by itself.
  await until(async () => {
    mara.tells({ type: 'typing', room, thread: root })
    return (await sign.count()) > 0
  })
  await field.fill('Carrots')
  await field.press('Control+Enter')
  await thread(ann).getByRole('article').filter({ hasText: 'Carrots' }).waitFor()
  const back = isPhone ? fill(words.thread.toRoom, { room: '.*' }) : words.thread.close
  await thread(ann)
    .getByRole('button', { name: new RegExp(back) })
    .click()
  await ann
    .message('What else grows')
    .getByText(fill(words.thread.replies.split(' | ').at(-1) ?? '', { n: 2 }))
    .waitFor()
}

/** Roles, from the list of people, by keyboard alone. */
async function roles({ ann, mara, isPhone }: Walk): Promise<void> {
  const { words, page } = ann
  if (isPhone) await ann.presses(words.people.title)
  const menu = page.getByRole('button', {
    name: new RegExp(fill(words.people.menu, { name: `.?${mara.user.name}.?` })),
  })
  await menu.focus()
  await page.keyboard.press('Enter')
  await hasFocus(page.getByRole('menuitem', { name: words.people.action.owner }))
  await page.keyboard.press('ArrowDown')
  await hasFocus(page.getByRole('menuitem', { name: words.people.action.moderator }))
  await page.keyboard.press('End')
  await hasFocus(page.getByRole('menuitem', { name: words.people.action.ban }))
  await page.keyboard.press('Escape')
  await hasFocus(menu)
  await page.keyboard.press('ArrowDown')
  await hasFocus(page.getByRole('menuitem', { name: words.people.action.owner }))
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await page
    .getByRole('listitem')
    .filter({ hasText: mara.user.name })
    .getByRole('img', { name: words.people.moderator })
    .waitFor()
  if (isPhone) await page.keyboard.press('Escape')
}

/** Who may read earlier versions: from here on nobody, and the mark is no longer a button. */
async function forbids({ ann }: Walk): Promise<void> {
  const { words, page } = ann
  const mark = ann.message('Beans, then').getByRole('button', { name: words.room.editedHistory })
  await mark.waitFor()
  await ann.presses(words.room.more)
  await page.getByRole('menuitem', { name: words.settings.open }).click()
  await ann.dialog.getByLabel(words.settings.readers, { exact: true }).selectOption('nobody')
  await ann.dialog.getByRole('button', { name: words.settings.save }).click()
  await mark.waitFor({ state: 'detached' })
  await ann.message('Beans, then').getByText(words.room.edited).waitFor()
}

/** Unread messages, mentions, saved messages, search. */
async function finds(walk: Walk): Promise<void> {
  const { ann, mara, isPhone, other, place } = walk
  const { words } = ann
  const page = ann.page.getByRole('main')
  await mara.acked(mara.says(`Come here, @Ann ${place}`, { room: other }))
  await toRooms(walk)
  await until(async () => (await ann.badge(`other ${place}`)) === 1)
  await ann.rooms.getByRole('link', { name: words.inbox.title }).click()
  await page.locator('[data-go]').first().click()
  await ann.isInRoom(`other ${place}`)
  await toRooms(walk)
  await until(async () => (await ann.badge(`other ${place}`)) === 0)
  // Everything at once: by a key, or by touch.
  await ann.goesTo(`talk ${place}`)
  await mara.acked(mara.says('And more', { room: other }))
  await toRooms(walk)
  await until(async () => (await ann.badge(`other ${place}`)) === 1)
  if (isPhone) await ann.rooms.getByRole('button', { name: words.rooms.readAll }).tap()
  else await ann.page.keyboard.press('Shift+Escape')
  await until(async () => (await ann.badge(`other ${place}`)) === 0)

  await ann.rooms.getByRole('link', { name: words.thread.list }).click()
  await page.locator('[data-followed]').waitFor()
  if (isPhone) await ann.page.getByRole('link', { name: words.rooms.title }).click()
  await ann.rooms.getByRole('link', { name: words.saved.title }).click()
  await page.getByRole('button', { name: words.saved.save }).click()
  await page.getByRole('button', { name: words.saved.save, pressed: false }).waitFor()
  if (isPhone) await ann.page.getByRole('link', { name: words.rooms.title }).click()

  await ann.rooms.getByRole('link', { name: words.search.label }).click()
  await ann.page.getByRole('combobox', { name: words.search.label }).fill('peas')
  const hit = page.locator('[data-hit]').filter({ hasText: 'Peas do' }).first()
  await hit.click()
  await ann.isInRoom(`talk ${place}`)
  await ann.sees('Peas do')
}

/** A day, the room as it was then, the room as a file. */
async function goesBack({ ann, room }: Walk): Promise<void> {
  const { words } = ann
  await ann.presses(words.moment.title)
  await ann.dialog.getByRole('grid').waitFor()
  await ann.dialog.getByRole('button', { name: words.moment.go }).click()
  await ann.page.waitForURL(`**/rooms/${room}/*`)
  await ann.presses(words.moment.title)
  await ann.dialog.getByRole('button', { name: words.moment.asOf }).click()
  await ann.page.getByRole('link', { name: words.moment.toNow }).click()
  await ann.sees('Peas do')
  await ann.presses(words.room.more)
  await ann.page.getByRole('menuitem', { name: words.moment.export }).click()
  const downloading = ann.page.waitForEvent('download')
  await ann.dialog.getByRole('link', { name: words.moment.export }).click()
  expect(await readFile(await (await downloading).path(), 'utf8')).toContain('Peas do')
  await ann.dialog.waitFor({ state: 'detached' })
}

/** The quick switcher, the list of shortcuts, marking unread, and deleting a message. */
async function ends({ ann, mara, room, place }: Walk): Promise<void> {
  const { words, page } = ann
  await ann.composer.focus()
  await page.keyboard.press('Control+/')
  await ann.dialog.getByText(words.keys.choices).waitFor()
  await page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })

  const seq = await says(mara, 'A last one')
  await ann.sees('A last one')
  await ann.message('A last one').focus()
  await page.keyboard.press('u')
  await ann.list.getByRole('separator', { name: words.room.newLine }).waitFor()
  await tells(mara, { type: 'edit', room, seq, text: 'The very last one' })
  await ann.message('The very last one').getByText(words.room.edited).waitFor()

  await ann.acts('Peas do', words.room.delete)
  await ann.dialog.getByRole('button', { name: words.room.delete }).click()
  await ann.message(words.room.deleted).first().waitFor()
  expect(await ann.message('Peas do').count()).toBe(0)

  await page.keyboard.press('Control+k')
  await ann.dialog.getByRole('combobox').fill(`other ${place}`)
  await page.keyboard.press('Enter')
  await ann.isInRoom(`other ${place}`)
  expect(await ann.overflow()).toBe(0)
}

/**
 * The reading position stays, the newest is followed only by a reader who is there, and a room is found again as it was
 * left.
 */
async function reads(walk: Walk): Promise<void> {
  const { ann, mara, place } = walk
  const { words, list, page } = ann
  const fromEnd = () => list.evaluate((el) => el.scrollHeight - el.scrollTop - el.clientHeight)
  const topOf = (text: string) =>
    ann
      .message(text)
      .first()
      .evaluate((row) => row.getBoundingClientRect().top)
  const rows = Array.from(
    { length: 40 },
    (_row, n) => `row ${n}. ${'It takes a line or more. '.repeat(n % 5)}`,
  )
  await toTalk(walk)
  await list.press('End')
  await until(async () => (await fromEnd()) < 1)
  for (const row of rows) mara.says(row)
  await ann.sees('row 39.')
  await until(async () => (await fromEnd()) < 1)

  await list.evaluate((el) => (el.scrollTop -= 400))
  await settled(page)
  const shown = await list.evaluate((el) => {
    const { top, bottom } = el.getBoundingClientRect()
    const articles = [...el.querySelectorAll('article')]
    const whole = articles.find((row) => {
      const box = row.getBoundingClientRect()
      return box.top > top && box.bottom < bottom && /row \d+\./.test(row.textContent)
    })
    return /row \d+\./.exec(whole?.textContent ?? '')?.[0] ?? ''
  })
  expect(shown).not.toBe('')
  const before = await topOf(shown)
  await says(mara, 'And below')
  await page
    .getByRole('button', { name: fill(words.room.newestCount.split(' | ')[0] ?? '', { n: 1 }) })
    .waitFor()
  await settled(page)
  expect((await topOf(shown)) - before, 'others speak below').toBe(0)
  await toRooms(walk)
  await ann.goesTo(`other ${place}`)
  await toTalk(walk)
  await ann.sees(shown)
  await settled(page)
  expect((await topOf(shown)) - before, 'another room and back').toBe(0)
  await list.press('End')
  await ann.sees('And below')
  await until(async () => (await fromEnd()) < 1)
}

test.each(devices)('%s: everything that can be done in a conversation works', async (place, device) => {
  const walk = await begin(place, device)
  await writes(walk)
  await answers(walk)
  await threads(walk)
  await roles(walk)
  await forbids(walk)
  await finds(walk)
  await goesBack(walk)
  await ends(walk)
  await reads(walk)
})
