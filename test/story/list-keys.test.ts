// The list of messages by keyboard and by ear: one Tab stop, the focus is never lost, and what happens is said.
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { focusedNode, listenTo } from '../support/browser-ear.ts'
import { settled } from '../support/browser-eye.ts'
import { fill, type Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const languages: [string, Device][] = [
  ['English', {}],
  ['Chinese', { locale: 'zh-CN' }],
]

interface Scene {
  ann: Visitor
  /** The same person, at the API. */
  own: Person
  mara: Person
  room: string
}

/** The room of one reader, who owns it, with something in it that others have said. */
async function enters(name: string, device: Device, lines: number): Promise<Scene> {
  const mara = await story().joins(`Mara ${name}`)
  const own = await story().joins(`Ann ${name}`)
  const room = (await own.makes(`keys ${name}`)).id
  await mara.joins(room)
  let last = ''
  for (let n = 1; n <= lines; n += 1)
    last = mara.says(`line ${n}. ${'It goes on for a while. '.repeat(n % 4)}`, { room })
  await mara.acked(last)
  const ann = await story().opens(own.user.name, { ...device, cookie: own.cookie })
  await ann.page.goto(`/rooms/${room}`)
  await ann.isInRoom(`keys ${name}`)
  // It opens at the first unread message.
  await ann.list.press('End')
  await ann.sees(`line ${lines}.`)
  await settled(ann.page)
  return { ann, own, mara, room }
}

/** Where the focus is: the words of the message, or the label of anything else. */
const at = ({ page }: Visitor): Promise<string> =>
  page.evaluate(() => {
    const el = document.activeElement
    if (el === null || el === document.body) return 'body'
    const words = el.matches('[data-message]')
      ? el.querySelector('.whitespace-pre-wrap')?.textContent
      : undefined
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
  const { ann, mara, room } = await enters('far', {}, 120)
  const { page, composer } = ann
  await composer.focus()
  await presses(ann, 'Shift+F6')
  await comesTo(ann, 'line 120.')
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
  await comesTo(ann, 'line 120.')

  // The wheel leaves the focus where it is, and the keys go on from there.
  await ann.list.hover()
  await page.mouse.wheel(0, -6_000)
  await settled(page)
  expect(await at(ann)).toMatch(/^line 120\./)
  await presses(ann, 'ArrowUp')
  await comesTo(ann, 'line 119.')
  await until(isOnScreen)

  for (let n = 0; n < 50; n += 1) await presses(ann, 'ArrowUp')
  await comesTo(ann, 'line 69.')
  await presses(ann, 'End')
  await comesTo(ann, 'line 120.')

  let last = ''
  for (let n = 1; n <= 45; n += 1) last = mara.says(`new ${n}`, { room })
  await mara.acked(last)
  await ann.sees('new 45')
  expect(await at(ann)).toMatch(/^line 120\./)
  await presses(ann, 'ArrowDown')
  await comesTo(ann, 'new 1')
  await presses(ann, 'PageDown', 'PageDown', 'End')
  await comesTo(ann, 'new 45')
})

test('the list is one Tab stop, and what is in a message is reached from it', async () => {
  const { ann, mara, room } = await enters('stop', {}, 6)
  const { page, words, composer } = ann
  const said = [
    'and `code` with a [link](https://brook.example/)',
    '```ts\nconst river = 1\n```',
    '||hidden||',
  ]
  for (const text of said) {
    const { seq } = await mara.acked(mara.says(text, { room }))
    mara.tells({ type: 'react', room, seq, emoji: '🎉', on: true, cid: newCid() })
  }
  await ann.message('const river').getByRole('button', { name: /🎉/ }).waitFor()
  await composer.focus()
  await presses(ann, 'Shift+F6')
  expect(await at(ann)).not.toBe('')
  const stops: string[] = []
  await page.getByRole('button', { name: words.room.more }).focus()
  for (let n = 0; n < 8 && !(await composer.evaluate((el) => el === document.activeElement)); n += 1) {
    await presses(ann, 'Tab')
    stops.push(
      await page.evaluate(() => (document.activeElement?.closest('[role=feed]') ? 'list' : 'beside')),
    )
  }
  expect(stops.filter((stop) => stop === 'list')).toEqual(['list'])

  // Into the message, along its bar, out again, and on to the message field.
  await composer.focus()
  await presses(ann, 'Shift+F6', 'ArrowUp', 'ArrowUp')
  await comesTo(ann, 'and code')
  await presses(ann, 'Enter')
  await comesTo(ann, words.room.react)
  expect((await focusedNode(page)).description, 'nothing is read twice').toBe('')
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

test.each(languages)(
  '%s: a message is heard with its author, time, words, state, place and day',
  async (name, device) => {
    const { ann, mara, room } = await enters(`heard ${name}`, device, 3)
    const { page, words } = ann
    const { seq } = await mara.acked(mara.says('Apples', { room }))
    mara.tells({ type: 'edit', room, seq, text: 'Pears', cid: newCid() })
    mara.tells({ type: 'react', room, seq, emoji: '🍐', on: true, cid: newCid() })
    await ann.message('Pears').getByRole('button', { name: /🍐/ }).waitFor()
    await ann.composer.focus()
    await presses(ann, 'Shift+F6')
    await comesTo(ann, 'Pears')
    const pears = await focusedNode(page)
    expect(pears.role).toBe('article')
    // That she is a guest is known a moment later.
    const guest = `(?: \\(${words.entry.guest}\\))?`
    expect(pears.name).toMatch(new RegExp(`^${mara.user.name}${guest}${words.comma}\\d?\\d:\\d\\d`))
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
    const day = name === 'English' ? 'Today' : '今天'
    const first = await until(
      () => focusedNode(page),
      (node) => node.name.includes(day),
    )
    expect(first.name, 'a notice has a name, too').toContain(ann.name)
  },
)

test.each(languages)(
  '%s: each task takes a few keys, and the focus and the ear follow it',
  async (name, device) => {
    const { ann } = await enters(`task ${name}`, device, 8)
    const { page, words, composer } = ann
    const field = fill(words.composer.label, { room: `#keys task ${name}` })
    const ear = await listenTo(page)
    await ann.says('my own')
    await ann.stands('my own', 'archived')
    await composer.focus()
    /** From the message field; returns to it. Counts the keys that the task takes. */
    async function task(keys: string[], done: () => Promise<unknown>): Promise<void> {
      expect(keys.length, keys.join(' ')).toBeLessThanOrEqual(4)
      await comesTo(ann, field)
      for (const key of keys) {
        await presses(ann, key)
        // What opens takes the focus a moment later.
        if (key === '+') await comesTo(ann, words.emoji.find)
        if (key === 'Delete') await ann.dialog.waitFor()
        if (key.endsWith('F6')) await comesTo(ann, 'my own')
      }
      await done()
      expect(await at(ann), 'afterwards').not.toBe('body')
    }

    await task(['Shift+F6', '+', 'Enter'], async () => {
      await ear.hears(fill(words.aloud.react, { emoji: '👍' }))
      await comesTo(ann, 'my own')
      await ann.message('my own').getByRole('button', { name: /👍/ }).waitFor()
    })
    // Removing one's own reaction removes the button that had the focus.
    await ann.message('my own').getByRole('button', { name: /👍/, pressed: true }).focus()
    await presses(ann, 'Enter')
    await ear.hears(fill(words.aloud.unreact, { emoji: '👍' }))
    await comesTo(ann, 'my own')
    await presses(ann, 'Escape')

    await task(['Shift+F6', 'r'], () => comesTo(ann, field))
    await ann.page.getByRole('button', { name: words.room.replyCancel }).focus()
    await presses(ann, 'Enter')
    await until(
      async () => (await ann.page.getByRole('button', { name: words.room.replyCancel }).count()) === 0,
    )
    await comesTo(ann, field)
    await composer.focus()

    await task(['Shift+F6', 't'], () => comesTo(ann, /^(Reply to thread|回复)/))
    await presses(ann, 'Escape')
    await ann.page.locator('#thread-composer').waitFor({ state: 'detached' })
    await until(
      () => at(ann),
      (now) => now !== 'body',
    )
    await composer.focus()

    await task(['Shift+F6', 'e'], () => comesTo(ann, words.composer.editLabel))
    await composer.fill('my own, better')
    await presses(ann, 'Enter')
    await ear.hears(words.aloud.edit)
    await comesTo(ann, field)

    await task(['Shift+F6', 'u'], () => ear.hears(words.aloud.unread))
    await presses(ann, 'Escape')
    await task(['Shift+F6', 'p'], () => ear.hears(words.aloud.pin))
    await presses(ann, 'Escape')
    await task(['Shift+F6', 'Delete', 'Tab', 'Enter'], async () => {
      await ear.hears(words.room.deleted)
      await ann.message(words.room.deleted).waitFor()
      const { role, description } = await focusedNode(page)
      expect([role, description]).toEqual(['article', words.room.deleted])
    })
  },
)

test.each(languages)(
  '%s: what arrives is said, many at once as one sentence, and nothing twice',
  async (name, device) => {
    const { ann, own, mara, room } = await enters(`ear ${name}`, device, 2)
    const { words } = ann
    const ear = await listenTo(ann.page)
    await mara.acked(mara.says('Are you there?', { room }))
    await ear.hears(fill(words.room.said, { name: mara.user.name, text: 'Are you there?' }))
    await mara.acked(mara.says('Are you there?', { room }))
    await ear.hears('Are you there?')
    let last = ''
    for (let n = 1; n <= 7; n += 1) last = mara.says(`burst ${n}`, { room })
    await mara.acked(last)
    const many = words.room.saidMany.split(' | ').at(-1) ?? ''
    await ear.hears(fill(many, { n: 7, name: mara.user.name }))
    expect(await ear.all()).toEqual([])

    const elsewhere = (await mara.makes(`other ${name}`)).id
    await own.joins(elsewhere)
    await ann.roomLink(`other ${name}`).waitFor()
    await mara.acked(mara.says(`@${own.user.name} come`, { room: elsewhere }))
    await ear.hears(fill(words.aloud.mentioned, { name: mara.user.name, room: `#other ${name}` }))

    await ann.goesOffline()
    await ann.isTold(words.link.offline)
    await ann.comesBack()
    await ear.hears(words.aloud.online)
    const regions = await ann.page.evaluate(() =>
      [...document.querySelectorAll('[data-announcements]')].map((one) => one.getAttribute('aria-live')),
    )
    expect(regions).toEqual(['polite', 'assertive'])
    await mara.acked(mara.says('你好，世界', { room }))
    await ear.hears('你好')
    const lang = await ann.page
      .locator('[data-announcements] p')
      .filter({ hasText: '你好' })
      .evaluate((said) => (said as HTMLElement).lang)
    expect(lang).toBe(name === 'English' ? 'zh' : '')
  },
)

test('behind a dialog nothing can be read or reached', async () => {
  const { ann } = await enters('modal', {}, 4)
  await ann.presses(ann.words.rooms.create)
  await ann.dialog.waitFor()
  expect(await ann.page.getByRole('article').count()).toBe(0)
  expect(await ann.page.getByRole('feed').count()).toBe(0)
  await ann.page.keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })
  expect(await ann.page.getByRole('article').count()).toBeGreaterThan(3)
})
