// Unread messages are counted where they are visible, and cleared everywhere once they are read.
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { ThreadMark, ThreadMarksAnswer } from '../../server/protocol/threads.ts'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const sign = (visitor: Visitor): Promise<string> =>
  visitor.page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel~=icon]')?.href ?? '')

/** Waits until the list of rooms, the tab's title and its icon show this. */
async function shows(visitor: Visitor, room: string, unread: number, title: string): Promise<void> {
  const dotted = unread > 0
  await until(
    async () => ({
      badge: await visitor.badge(room),
      title: await visitor.page.title(),
      dotted: (await sign(visitor)).startsWith('data:'),
    }),
    (seen) => seen.badge === unread && seen.title === title && seen.dotted === dotted,
  )
}

/** The count of mentions at a room in the list; 0: there is none. */
async function mentionsOn(visitor: Visitor, room: string): Promise<number> {
  const [text = ''] = await visitor
    .roomLink(room)
    .locator('[data-mentions] > [aria-hidden]')
    .allTextContents()
  return Number(text.replace('@', ''))
}

/** What the server knows of the threads that they follow. */
const threadMarks = (visitor: Visitor): Promise<ThreadMark[]> =>
  visitor.page.evaluate(async () => {
    const answer = (await (await fetch('/api/threads/marks')).json()) as ThreadMarksAnswer
    return answer.threads
  })

test('messages of others in another room are counted, and opening it clears them on every device', async () => {
  const mara = await story().joins('Mara')
  const garden = await mara.makes('garden')
  const ann = await story().opens('Ann')
  await ann.comes('signUp', 'correct horse')
  await ann.isIn()
  await ann.joins('garden')
  await ann.goesTo('lobby')
  const tab = await ann.anotherTab()
  const phone = await story().opens('Ann', { phone: true })
  await phone.comes('signIn', 'correct horse')
  await phone.isIn()
  await shows(ann, 'garden', 0, 'lobby · Brook')

  for (const text of ['first', 'second', 'third']) await mara.acked(mara.says(text, { room: garden.id }))
  await shows(ann, 'garden', 3, '• lobby · Brook')
  await shows(tab, 'garden', 3, '• lobby · Brook')
  await shows(phone, 'garden', 3, '• Brook')

  await ann.goesTo('garden')
  await ann.sees('third')
  await shows(ann, 'garden', 0, 'garden · Brook')
  await shows(tab, 'garden', 0, 'lobby · Brook')
  await shows(phone, 'garden', 0, 'Brook')

  const line = ann.list.getByRole('separator', { name: en.room.newLine })
  const [lineAt, firstAt] = await Promise.all([line.boundingBox(), ann.message('first').boundingBox()])
  expect(lineAt?.y, 'the line stands above the first unread').toBeLessThan(firstAt?.y ?? 0)
  expect(await line.count()).toBe(1)
})

test('the room on screen, own messages, joins and leaves are not unread', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('quiet')
  const other = await bob.anotherTab()
  await other.goesTo('lobby')
  await bob.says('my own words')
  const eve = await story().joins('Eve')
  const room = /\d+$/.exec(bob.page.url())?.[0] ?? ''
  await eve.joins(room)
  await until(
    () => bob.notices(),
    (notices) => notices.includes('Eve joined the room'),
  )
  await eve.acked(eve.says('for the one who looks', { room }))
  await bob.sees('for the one who looks')
  await shows(bob, 'quiet', 0, 'quiet · Brook')
  await shows(other, 'quiet', 0, 'lobby · Brook')
})

test('Shift and Esc reads all rooms, on every device; ? shows the shortcuts', async () => {
  const eve = await story().joins('Eva')
  const [one, two] = [await eve.makes('one'), await eve.makes('two')]
  const cho = await story().enters('Cho')
  for (const name of ['one', 'two']) await cho.joins(name)
  await cho.goesTo('lobby')
  const other = await cho.anotherTab()
  for (const { id } of [one, two]) await eve.acked(eve.says('unread', { room: id }))
  for (const name of ['one', 'two'])
    for (const tab of [cho, other]) await shows(tab, name, 1, '• lobby · Brook')
  await cho.page.keyboard.press('Shift+Escape')
  for (const name of ['one', 'two'])
    for (const tab of [cho, other]) await shows(tab, name, 0, 'lobby · Brook')
  // A single key does something in the list only.
  await cho.says('a word')
  await cho.sees('a word')
  await cho.list.focus()
  await cho.page.keyboard.press('Shift+?')
  await cho.page.getByRole('dialog', { name: en.keys.title }).waitFor()
})

test('after 200 missed messages the list opens where they begin; nothing is read that was not on screen', async () => {
  const noor = await story().joins('Noor')
  const room = await noor.makes('busy')
  const wang = await story().opens('王小明', { locale: 'zh-CN' })
  await wang.entersAsGuest()
  await wang.joins('busy')
  await wang.goesTo('lobby')
  await noor.acked(noor.says('@王小明 please answer', { room: room.id }))
  let last = ''
  for (let number = 1; number <= 200; number += 1) last = noor.says(`line ${number}`, { room: room.id })
  await noor.acked(last)
  await shows(wang, 'busy', 201, '(1) lobby · Brook')
  expect(await mentionsOn(wang, 'busy')).toBe(1)

  // Reading stays where nobody has scrolled, over a reload as well.
  await wang.goesTo('busy')
  await wang.sees('please answer')
  await wang.list.getByRole('separator', { name: zh.room.newLine }).waitFor()
  await until(
    () => mentionsOn(wang, 'busy'),
    (count) => count === 0,
  )

  // Whoever jumps to the end has not read what is between.
  await wang.list.press('End')
  await wang.sees('line 200')
  const above = (n: number) => wang.page.getByRole('button', { name: fill(zh.room.unreadAbove, { n }) })
  // What was scrolled past on the way is counted a moment later.
  let left = 0
  await until(async () => {
    left = await wang.badge('busy')
    return (await above(left).count()) === 1
  })
  expect(left).toBeGreaterThan(150)
  await noor.acked(noor.says('one more', { room: room.id }))
  await wang.sees('one more')
  await shows(wang, 'busy', left + 1, '• busy · Brook')
  await above(left + 1).click()
  await wang.list.getByRole('separator', { name: zh.room.newLine }).waitFor()
  expect(await wang.focused(), 'the list is read on by keys').toBe(fill(zh.room.messages, { room: '#busy' }))
  await wang.list.press('End')
  await wang.presses(zh.room.markRead)
  await shows(wang, 'busy', 0, 'busy · Brook')
})

test('badges follow deletions, edits and threads within a second, on every device', async () => {
  const bo = await story().joins('Bo')
  const room = await bo.makes('pings')
  const ann = await story().enters('Ann-Lee')
  await ann.joins('pings')
  await ann.goesTo('lobby')
  const tab = await ann.anotherTab()
  const says = async (text: string, more: object = {}): Promise<number> => {
    const cid = newCid()
    bo.tells({ type: 'send', room: room.id, cid, text, ...more })
    return (await bo.acked(cid)).seq
  }
  const changes = async (change: object): Promise<void> => {
    const cid = newCid()
    bo.tells({ room: room.id, ...change, cid })
    await bo.acked(cid)
  }
  const show = async (unread: number, mentions: number): Promise<void> => {
    for (const one of [ann, tab])
      await until(
        async () => [await one.badge('pings'), await mentionsOn(one, 'pings')],
        (seen) => seen[0] === unread && seen[1] === mentions,
      )
  }
  const first = await says('ping @Ann-Lee')
  await show(1, 1)
  await changes({ type: 'edit', seq: first, text: 'ping nobody' })
  await show(1, 0)
  await changes({ type: 'edit', seq: first, text: 'ping @Ann-Lee again' })
  await show(1, 1)
  // What a fresh page has from the server alone is followed too.
  await tab.page.reload()
  await tab.isIn()
  await show(1, 1)
  await changes({ type: 'delete', seq: first })
  await show(0, 0)

  // A mention in a thread stays until the thread is read, though the room is.
  const root = await says('What shall we plant?')
  await says('@Ann-Lee, beans?', { thread: root })
  await show(1, 1)
  await ann.goesTo('pings')
  await ann.sees('What shall we plant?')
  await show(0, 1)
  await tab.page.reload()
  await tab.isIn()
  await show(0, 1)
  await ann.page.goto(`/rooms/${room.id}/thread/${root}`)
  await ann.page.getByText('beans?').last().waitFor()
  await show(0, 0)
  const reply = await says('and peas?', { thread: root })
  await ann.page.getByText('and peas?').last().waitFor()
  // Seen for long enough to be read.
  await until(
    () => threadMarks(ann),
    (threads) => threads.every(({ read }) => read >= reply),
  )
  await ann.goesTo('lobby')
  const later = await says('or corn?', { thread: root })
  const threads = tab.rooms.getByRole('link', { name: en.thread.list })
  const fresh = async (is: boolean) =>
    until(
      async () => (await threads.textContent()) ?? '',
      (text) => text.includes('new replies') === is,
    )
  await fresh(true)
  await tab.page.reload()
  await fresh(true)
  await changes({ type: 'delete', seq: later })
  await fresh(false)
})
