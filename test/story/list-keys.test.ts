// The list of messages by keyboard and by ear: one Tab stop, the focus is never lost, and what happens is said.
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { focusedNode, listenTo } from '../support/browser-ear.ts'
import { settled } from '../support/browser-eye.ts'
import { fill, type Device, type Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const languages: [string, Device][] = [
  ['English', {}],
  ['Chinese', { locale: 'zh-CN' }],
]

/** The room of one reader, with something in it that others have said. */
async function enters(name: string, device: Device, lines: number): Promise<[Visitor, Person]> {
  const mara = await story().joins(`Mara ${name}`)
  const own = await story().joins(`Ann ${name}`)
  const room = (await mara.makes(`keys ${name}`)).id
  await own.joins(room)
  for (let n = 1; n <= lines; n += 1)
    await mara.acked(mara.says(`line ${n}. ${'It goes on for a while. '.repeat(n % 4)}`, { room }))
  const ann = await story().opens(own.user.name, { ...device, cookie: own.cookie })
  await ann.page.goto(`/rooms/${room}`)
  await ann.isInRoom(`keys ${name}`)
  await ann.sees(`line ${lines}.`)
  await settled(ann.page)
  return [ann, mara]
}

/** Where the focus is: the words of the message, or the label of anything else. */
const at = ({ page }: Visitor): Promise<string> =>
  page.evaluate(() => {
    const el = document.activeElement
    if (el === null || el === document.body) return 'body'
    const words = el.matches('[data-message]') ? el.querySelector('.whitespace-pre-wrap')?.textContent : undefined
    return (words ?? el.getAttribute('aria-label') ?? el.id).trim().slice(0, 60)
  })
const comesTo = (visitor: Visitor, words: string | RegExp): Promise<string> =>
  until(
    () => at(visitor),
    (now) => (typeof words === 'string' ? now.startsWith(words) : words.test(now)),
  )
/** Presses keys one after another; the focus may not be on the body after any of them. */
async function presses(visitor: Visitor, ...keys: string[]): Promise<void> {
  for (const key of keys) {
    await visitor.page.keyboard.press(key)
    expect(await at(visitor), `after ${key}`).not.toBe('body')
  }
}

test('the focused message stays drawn and keeps the focus, whatever scrolls and whatever arrives', async () => {
  const [ann, mara] = await enters('far', {}, 60)
  const { page, composer } = ann
  await composer.focus()
  await presses(ann, 'Shift+F6')
  await comesTo(ann, 'line 60.')
  const isOnScreen = () =>
    page.evaluate(() => {
      const [row, list] = [document.activeElement, document.querySelector('#messages')]
      const [a, b] = [row?.getBoundingClientRect(), list?.getBoundingClientRect()]
      return a && b ? a.top >= b.top - 1 && a.bottom <= b.bottom + 1 : false
    })

  for (let screen = 0; screen < 3; screen += 1) {
    const before = await at(ann)
    await presses(ann, 'PageUp')
    await until(async () => (await at(ann)) !== before)
    await until(isOnScreen)
  }
  const above = await at(ann)
  await presses(ann, 'Home')
  await until(async () => (await at(ann)) !== above)
  await until(isOnScreen)
  await presses(ann, 'End')
  await comesTo(ann, 'line 60.')

  // The wheel leaves the focus where it is, and the keys go on from there.
  await ann.list.hover()
  await page.mouse.wheel(0, -6_000)
  await settled(page)
  expect(await at(ann)).toMatch(/^line 60\./)
  await presses(ann, 'ArrowUp')
  await comesTo(ann, 'line 59.')
  await until(isOnScreen)

  for (let n = 0; n < 50; n += 1) await presses(ann, 'ArrowUp')
  await comesTo(ann, 'line 9.')
  await presses(ann, 'End')
  await comesTo(ann, 'line 60.')

  let last = ''
  for (let n = 1; n <= 45; n += 1) last = mara.says(`new ${n}`)
  await mara.acked(last)
  await ann.sees('new 45')
  expect(await at(ann)).toMatch(/^line 60\./)
  await presses(ann, 'ArrowDown')
  await comesTo(ann, 'new 1')
  await presses(ann, 'PageDown', 'PageDown', 'End')
  await comesTo(ann, 'new 45')
})

test('the list is one Tab stop, and what is in a message is reached from it', async () => {
  const [ann, mara] = await enters('stop', {}, 6)
  const { page, words, composer } = ann
  const said = ['and `code` with a [link](https://brook.example/)', '```ts\nconst river = 1\n```', '||hidden||']
  for (const text of said) {
    const { seq } = await mara.acked(mara.says(text))
    mara.tells({ type: 'react', room: mara.room, seq, emoji: '🎉', on: true, cid: newCid() })
  }
  await ann.message('const river').getByRole('button', { name: /🎉/ }).waitFor()
  await composer.focus()
  await presses(ann, 'Shift+F6')
  expect(await at(ann)).not.toBe('')
  const stops: string[] = []
  await page.getByRole('button', { name: words.room.more }).focus()
  for (let n = 0; n < 8 && !(await composer.evaluate((el) => el === document.activeElement)); n += 1) {
    await presses(ann, 'Tab')
    stops.push(await page.evaluate(() => (document.activeElement?.closest('[role=feed]') ? 'list' : 'beside')))
  }
  expect(stops.filter((stop) => stop === 'list')).toEqual(['list'])

  // Into the message, along its bar, out again, and on to the message field.
  await composer.focus()
  await presses(ann, 'Shift+F6', 'ArrowUp', 'ArrowUp')
  await comesTo(ann, 'and code')
  await presses(ann, 'Enter')
  await comesTo(ann, words.room.react)
  for (const tool of [words.room.reply, words.thread.reply, words.saved.save, words.room.moreActions]) {
    await presses(ann, 'ArrowRight')
    await comesTo(ann, tool)
  }
  await presses(ann, 'ArrowRight')
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('A')
  await presses(ann, 'Escape')
  await comesTo(ann, 'and code')
  await presses(ann, 'Escape')
  await comesTo(ann, fill(words.composer.label, { room: '#keys stop' }))
})

test.each(languages)('%s: a message is heard with its author, time, words, state, place and day', async (name, device) => {
  const [ann, mara] = await enters(`heard ${name}`, device, 3)
  const { page, words } = ann
  const { seq } = await mara.acked(mara.says('Apples'))
  mara.tells({ type: 'edit', room: mara.room, seq, text: 'Pears', cid: newCid() })
  mara.tells({ type: 'react', room: mara.room, seq, emoji: '🍐', on: true, cid: newCid() })
  await ann.message('Pears').getByRole('button', { name: /🍐/ }).waitFor()
  await ann.composer.focus()
  await presses(ann, 'Shift+F6')
  await comesTo(ann, 'Pears')
  const pears = await focusedNode(page)
  expect(pears.role).toBe('article')
  expect(pears.name).toMatch(new RegExp(`^${mara.user.name}, \\d?\\d:\\d\\d`))
  expect(pears.description).toContain('Pears')
  expect(pears.description).toContain(words.room.editedHistory)
  expect(pears.description).toContain('🍐 1')
  const place = await page.evaluate(() => {
    const { ariaPosInSet, ariaSetSize } = document.activeElement as Element
    return [ariaPosInSet, ariaSetSize]
  })
  // Four messages, and who made and joined the room.
  expect(place).toEqual(['6', '6'])
  expect(await ann.list.evaluate((list) => list.getAttribute('role'))).toBe('feed')
  await presses(ann, 'Home')
  await until(async () => (await focusedNode(page)).name.includes(','))
  const first = await focusedNode(page)
  expect(first.name, 'the day where it begins').toContain(name === 'English' ? 'Today' : '今天')
  expect(first.name, 'a notice has a name').toContain(mara.user.name)
})
