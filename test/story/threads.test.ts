// Threads beside a room and in its place, commands and typing in them, following, and saved messages: in both
// languages, on a desktop and a phone, by pointer and by keyboard.
import type { Locator } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { offerCommands } from '../../server/commands/offer.ts'
import { Rpc } from '../../server/rpc/rpc.ts'
import { en } from '../../web/words/en.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory()
let rpc: Rpc | undefined
beforeAll(async () => {
  rpc = new Rpc({ redis: story().brook.connections.rpc, onError: () => undefined })
  await offerCommands(rpc, await story().brook.addBot('dice'), [
    { name: 'roll', usage: '2d6', help: 'Roll dice', run: async (args) => ({ room: `${args}: 4 and 3` }) },
    { name: 'hint', usage: '', help: 'A word for you', run: async () => ({ asker: 'Try beans.' }) },
  ])
})
afterAll(() => rpc?.close())

const panel = ({ page, words }: Visitor): Locator => page.getByRole('region', { name: words.thread.title })
const reply = (who: Visitor, text: string): Locator =>
  panel(who).getByRole('article').filter({ hasText: text })
/** The line that says that somebody is typing. */
const typing = ({ page, words }: Visitor): Promise<('thread' | 'room')[]> =>
  page.evaluate(
    (sign) =>
      [...document.querySelectorAll('p')]
        .filter((line) => line.textContent.includes(sign))
        .map((line) => (line.closest('[aria-labelledby=thread-title]') === null ? 'room' : 'thread')),
    words.room.typingOne.replace('{a}', '').trim(),
  )
const field = (who: Visitor): Locator => panel(who).locator('#thread-composer')
const place = (who: Visitor, words: string): Locator => who.rooms.getByRole('link', { name: words })
const path = ({ page }: Visitor): string => new URL(page.url()).pathname

test('a thread is opened, answered, read and closed beside its room, and the room shows only its summary', async () => {
  const ann = await story().enters('Ann')
  const bob = await story().enters('Bob')
  await ann.makes('garden')
  await bob.joins('garden')
  await ann.says('What shall we plant?')
  await bob.sees('What shall we plant?')
  await ann.makes('elsewhere')

  await bob.acts('What shall we plant?', en.thread.reply)
  await until(
    () => bob.focused(),
    (label) => label === fill(en.thread.composer, { room: '#garden' }),
  )
  await field(bob).fill('Beans, I think')
  await field(bob).press('Enter')
  await reply(bob, 'Beans, I think').waitFor()
  await bob.message('What shall we plant?').getByText('1 reply').waitFor()
  expect(await bob.message('Beans, I think').count(), 'the room shows it not').toBe(0)
  expect(await axeFindings(bob), 'the thread beside the room').toEqual([])
  const address = path(bob)
  expect(address).toMatch(/^\/rooms\/\d+\/thread\/\d+$/)

  // The author of the root is notified by the thread and not by the room.
  await place(ann, fill('1 thread with new replies')).waitFor()
  expect(await ann.badge('garden')).toBe(0)
  await place(ann, en.thread.list).click()
  await ann.page.locator('[data-followed]').waitFor()
  expect(await axeFindings(ann), 'the list of threads').toEqual([])
  await ann.page.locator('[data-followed]').click()
  await reply(ann, 'Beans, I think').waitFor()
  await until(
    () => place(ann, en.thread.list).textContent(),
    (text) => text?.includes('new replies') === false,
  )

  // A person with the open thread sees who types in it; the room does not.
  await field(ann).pressSequentially('/hi')
  expect(
    await until(
      () => typing(bob),
      ({ length }) => length > 0,
    ),
  ).toEqual(['thread'])

  // A slash lists the commands; a note is for the asker alone, and a bot that answers everybody replies here.
  await panel(ann)
    .getByRole('option', { name: /\/hint/ })
    .waitFor()
  await field(ann).press('Enter')
  expect(await field(ann).inputValue()).toBe('/hint ')
  await field(ann).press('Enter')
  await panel(ann).getByText('Try beans.').waitFor()
  await field(ann).fill('/roll 2d6')
  await field(ann).press('Enter')
  await reply(bob, '2d6: 4 and 3').waitFor()
  expect(await ann.list.getByText('Try beans.').count(), 'the room shows no note of a thread').toBe(0)
  expect(await bob.page.getByText('Try beans.').count()).toBe(0)
  expect(await bob.list.getByText('2d6: 4 and 3').count()).toBe(0)
  await panel(ann).getByRole('button', { name: en.commands.dismiss }).first().click()
  await panel(ann).getByText('Try beans.').waitFor({ state: 'detached' })

  // Also in the room: there it leads to its thread.
  await field(ann).fill('Beans it is')
  await panel(ann).getByRole('checkbox').check()
  await field(ann).press('Enter')
  await bob.sees('Beans it is')
  await bob.message('What shall we plant?').getByText('3 replies').waitFor()

  // Escape closes it, and reading continues where it was left.
  await field(bob).press('Escape')
  await panel(bob).waitFor({ state: 'detached' })
  expect(path(bob)).toMatch(/^\/rooms\/\d+$/)
  expect(await bob.page.evaluate(() => document.activeElement !== document.body)).toBe(true)
  await bob.message('Beans it is').getByRole('button', { name: en.thread.toThread }).click()
  await reply(bob, 'Beans it is').waitFor()

  // A link, a reload and the way back.
  await bob.page.goto(address)
  await reply(bob, 'Beans, I think').waitFor()
  await bob.page.reload()
  await reply(bob, 'Beans, I think').waitFor()
  const [, , room, , root] = address.split('/')
  await bob.page.goto(`/rooms/${room}/${Number(root) + 1}`)
  await reply(bob, 'Beans, I think').waitFor()
  expect(path(bob)).toBe(`/rooms/${room}/thread/${root}/${Number(root) + 1}`)

  // The root is deleted: the thread can be read, and takes no more replies.
  await ann.acts('What shall we plant?', en.room.delete)
  await ann.dialog.getByRole('button', { name: en.room.delete }).click()
  await panel(bob).getByText(en.thread.over).waitFor()
  expect(await field(bob).count()).toBe(0)
})

test('on a phone a thread is a page of its own, in Chinese, with its own draft', async () => {
  const mara = await story().enters('Mara')
  await mara.makes('yard')
  const lisi = await story().enters('李思', { phone: true, locale: 'zh-CN' })
  await lisi.joins('yard')
  await mara.says('A word')
  await lisi.sees('A word')
  await lisi.acts('A word', lisi.words.thread.reply)
  await field(lisi).fill('还没写完')
  expect(await axeFindings(lisi), 'the thread in the place of its room').toEqual([])
  expect(await lisi.overflow()).toBe(0)
  await panel(lisi)
    .getByRole('button', { name: fill(lisi.words.thread.toRoom, { room: '#yard' }) })
    .click()
  await panel(lisi).waitFor({ state: 'detached' })
  expect(await lisi.composer.inputValue()).toBe('')
  await lisi.acts('A word', lisi.words.thread.reply)
  expect(await field(lisi).inputValue()).toBe('还没写完')
  await panel(lisi).getByRole('button', { name: lisi.words.composer.send, exact: true }).tap()
  await reply(lisi, '还没写完').waitFor()
  await mara.message('A word').getByText('1 reply').waitFor()
})

test('saved messages have a page of their own, and every tab shows it', async () => {
  const noor = await story().enters('Noor')
  await noor.makes('notes')
  await noor.says('To be read tonight')
  await noor.stands('To be read tonight', 'archived')
  const tab = await noor.anotherTab()
  await tab.isIn()
  await place(tab, en.saved.title).click()
  await tab.page.getByText(en.saved.none).waitFor()
  expect(await axeFindings(tab), 'nothing saved').toEqual([])
  await noor.acts('To be read tonight', en.saved.save)
  await tab.page.getByText('To be read tonight').waitFor()
  expect(await axeFindings(tab), 'something saved').toEqual([])
  await tab.page.getByRole('button', { name: en.saved.save }).click()
  const mark = noor.message('To be read tonight').getByRole('button', { name: en.saved.save })
  await noor.message('To be read tonight').focus()
  await until(
    () => mark.getAttribute('aria-pressed'),
    (pressed) => pressed === 'false',
  )
  await mark.click()
  await tab.page.locator('[data-saved]').click()
  await tab.isInRoom('notes')
  await tab.sees('To be read tonight')
})
