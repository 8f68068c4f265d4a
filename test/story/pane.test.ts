// The pane of rooms and the pages beside it: finding a room, only what is unread, marking all as read and taking it back.
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

test('a room is found in the directory by its topic, with its people, and joined from there', async () => {
  const [ann, mara] = [await story().enters('Ann'), await story().enters('Mara')]
  await ann.makes('garden', { topic: 'What grows here' })
  await ann.makes('founders', { isPrivate: true, topic: 'What grows' })
  await mara.rooms.getByRole('link', { name: en.directory.browse }).click()
  const find = mara.page.getByLabel(en.directory.find)
  await until(
    () => mara.focused(),
    (at) => at === en.directory.find,
  )
  await find.fill('GROWS')
  const rows = mara.page.getByRole('main').getByRole('listitem')
  await until(
    () => rows.allInnerTexts(),
    (all) => all.length === 1 && all[0]?.includes('What grows here') === true,
  )
  expect(await rows.innerText()).toContain('1 member')
  await find.press('ArrowDown')
  expect(await mara.focused()).toBe('garden')
  await rows.getByRole('button').click()
  await mara.isInRoom('garden')
  await until(
    () => mara.focused(),
    (at) => at.startsWith('Message to'),
  )
  expect(await mara.page.title()).toBe('garden · Brook')
})

test('a room that is made meanwhile comes into the directory; nothing found says so', async () => {
  const [bob, cho] = [await story().enters('Bob'), await story().enters('Cho')]
  await bob.rooms.getByRole('link', { name: en.directory.browse }).click()
  await cho.makes('later')
  await bob.page.getByRole('main').getByRole('link', { name: 'later' }).waitFor()
  await bob.page.getByLabel(en.directory.find).fill('no such room')
  await bob.page.getByRole('heading', { name: en.directory.noneFound }).waitFor()
})

test('only unread rooms, if one wants that; all of them read is said, and the filter stays over a reload', async () => {
  const eve = await story().enters('Eve')
  const fay = await story().joins('Fay')
  const beds = await fay.makes('beds')
  await eve.joins('beds')
  await eve.makes('quiet')
  const list = () => eve.rooms.locator('ul [data-room]').allInnerTexts()
  expect((await list()).length).toBe(3)
  await eve.presses(en.rooms.unreadOnly)
  await until(list, (all) => all.length === 1 && all[0]?.includes('quiet') === true)
  await eve.rooms.getByText(en.rooms.caughtUp).waitFor()
  await fay.acked(fay.says('ripe', { room: beds.id }))
  await until(list, (all) => all.length === 2)
  await eve.page.reload()
  await until(list, (all) => all.length === 2)
  await eve.goesTo('beds')
  await eve.presses(en.rooms.unreadOnly)
  await until(list, (all) => all.length === 3)
})

test('marking everything as read can be undone, in rooms and in threads, on every device', async () => {
  const gil = await story().enters('Gil')
  const hal = await story().joins('Hal')
  const shed = await hal.makes('shed')
  await gil.joins('shed')
  await gil.says('a root')
  await gil.sees('a root')
  const { seq: root } = await hal.hears('a root')
  await gil.goesTo('lobby')
  const tab = await gil.anotherTab()
  await hal.acked(hal.says('one', { room: shed.id }))
  const cid = newCid()
  hal.tells({ type: 'send', room: shed.id, cid, text: 'a reply', thread: root })
  await hal.acked(cid)
  const threads = () => gil.rooms.getByRole('link', { name: en.thread.list }).innerText()
  const counts = async () => [await gil.badge('shed'), await tab.badge('shed'), /\d/.test(await threads())]
  await until(counts, (all) => String(all) === '1,1,true')
  await gil.presses(en.rooms.readAll)
  await until(counts, (all) => String(all) === '0,0,false')
  expect(await gil.focused(), 'the button is gone').not.toBe('body')
  await gil.presses(en.undo)
  await until(counts, (all) => String(all) === '1,1,true')
  expect(await gil.focused()).not.toBe('body')
  await gil.page.reload()
  await until(counts, (all) => String(all) === '1,1,true')
})

test('a notification covers nothing of the conversation', async () => {
  const ivy = await story().enters('Ivy')
  const joe = await story().joins('Joe')
  const pond = await joe.makes('pond')
  await ivy.joins('pond')
  await ivy.goesTo('lobby')
  await joe.acked(joe.says('frogs', { room: pond.id }))
  await until(
    () => ivy.badge('pond'),
    (n) => n === 1,
  )
  await ivy.presses(en.rooms.readAll)
  const toast = await ivy.page.locator('[data-sonner-toast]').boundingBox()
  const main = await ivy.page.getByRole('main').boundingBox()
  expect((toast?.x ?? 0) + (toast?.width ?? Infinity)).toBeLessThanOrEqual(main?.x ?? 0)
})

test('every page has its title, and a private room no #', async () => {
  const kim = await story().enters('Kim')
  await kim.makes('founders', { isPrivate: true })
  expect(await kim.composer.getAttribute('placeholder')).toBe('Message founders')
  for (const [path, title] of [
    ['/inbox', en.inbox.title],
    ['/mentions', en.mentions.title],
    ['/threads', en.thread.list],
    ['/saved', en.saved.title],
    ['/search', en.search.title],
    ['/directory', en.directory.title],
  ] as const) {
    await kim.page.goto(path)
    await until(
      () => kim.page.title(),
      (seen) => seen === `${title} · Brook`,
    )
  }
})
