// Two people in two browsers: each sees the other's messages at once, they are stored, and a person's tabs agree.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { listenTo } from '../support/browser-ear.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

test('a guest creates a room, another joins it from the list, and they chat', async () => {
  const [ann, mara] = [await story().enters('Ann'), await story().enters('Mara')]
  await ann.makes('garden', { topic: 'What grows here' })
  await mara.joins('garden')
  await ann.says('Shall we meet at ten?')
  await mara.sees('Shall we meet at ten?')
  await mara.says('Ten is fine.')
  await ann.sees('Ten is fine.')
  expect(await ann.said()).toEqual(['Shall we meet at ten?', 'Ten is fine.'])
  expect(await mara.said()).toEqual(await ann.said())
  expect(await ann.notices()).toEqual(['Ann created the room', 'Mara joined the room'])
})

test('Shift+Enter breaks the line; Enter and the button send', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('lines')
  await bob.composer.pressSequentially('one')
  await bob.composer.press('Shift+Enter')
  await bob.composer.pressSequentially('two')
  await bob.presses(en.composer.send)
  await bob.sees('two')
  expect(await bob.said()).toEqual(['one\ntwo'])
  expect(await bob.composer.inputValue()).toBe('')
})

test('an own message is being sent, then in the log, then archived, each shown in words', async () => {
  const [cho, dia] = [await story().enters('Cho'), await story().enters('Dia')]
  const { redisProcess: log, mariadbProcess: archive } = story().brook.stores
  const words = '你好 👋🏽'
  await dia.hasRoom()
  // What a page that has just been opened still asks for.
  for (const who of [cho, dia]) who.expects(/status of 503/)
  log.pause()
  archive.pause()
  try {
    await cho.says(words)
    await cho.stands(words, 'sending')
    expect(await dia.said(), 'nobody receives what the log does not have').not.toContain(words)
    log.resume()
    await dia.sees(words)
    await cho.stands(words, 'logged')
  } finally {
    log.resume()
    archive.resume()
  }
  await cho.stands(words, 'archived')
  for (const who of [cho, dia])
    expect(await who.message(words).getByRole('img').count(), 'what is sent has no mark').toBe(0)
  expect(await keptCount(words)).toBe(1)
})

test('messages of others are announced to a screen reader, and history is not', async () => {
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  await fay.hasRoom()
  const ear = await listenTo(fay.page)
  await eve.says('A word for those who listen')
  await ear.hears('Eve: A word for those who listen')
  await fay.page.reload()
  await fay.sees('A word for those who listen')
  expect(await fay.page.locator('[data-announcements] p').count()).toBe(0)
})

test('two tabs of one person: a message sent in one is once in both', async () => {
  const gil = await story().enters('Gil')
  await gil.makes('two-tabs')
  const other = await gil.anotherTab()
  await other.isInRoom('two-tabs')
  for (const text of ['from the first', 'from the first again']) await gil.says(text)
  await other.sees('from the first again')
  await other.says('from the second')
  await gil.sees('from the second')
  const all = ['from the first', 'from the first again', 'from the second']
  expect(await gil.said()).toEqual(all)
  expect(await other.said()).toEqual(all)
  await Promise.all([gil, other].map((tab) => tab.stands('from the second', 'archived')))
  for (const text of all) expect(await keptCount(text)).toBe(1)
})

/** How many rows of MySQL contain this text. */
async function keptCount(text: string): Promise<number> {
  const rows = await story().brook.db.rows('SELECT seq FROM messages WHERE text = ?', [text])
  return rows.length
}

test('a text from right to left stays beside its author, and its bullets beside its words', async () => {
  const una = await story().enters('Una')
  await una.makes('scripts')
  await una.says('- مرحبا بالعالم\n- شكرا')
  const list = una.page.locator('article ul')
  const item = list.locator('li').first()
  expect(await item.evaluate((one) => getComputedStyle(one).direction)).toBe('rtl')
  const [words, column] = [await list.boundingBox(), await una.page.locator('article').last().boundingBox()]
  expect((words?.x ?? 0) - (column?.x ?? 0), 'at the left, where the author is').toBeLessThan(90)
  expect(words?.width).toBeLessThan(250)
})

test('an emoji in a sentence is drawn by the font of emoji', async () => {
  const vic = await story().enters('Vic')
  await vic.makes('pictures 😂')
  await vic.says('a 😂 b ❤️ c')
  const cdp = await vic.context.newCDPSession(vic.page)
  await cdp.send('DOM.enable')
  await cdp.send('CSS.enable')
  const { root } = await cdp.send('DOM.getDocument')
  const fontsOf = async (selector: string): Promise<string[]> => {
    const { nodeIds } = await cdp.send('DOM.querySelectorAll', { nodeId: root.nodeId, selector })
    const found = await Promise.all(
      nodeIds.map((nodeId) => cdp.send('CSS.getPlatformFontsForNode', { nodeId })),
    )
    return found.flatMap(({ fonts }) => fonts.map(({ familyName }) => familyName))
  }
  expect(await fontsOf('article p .emoji')).toEqual(['Noto Color Emoji', 'Noto Color Emoji'])
  expect(await fontsOf('main h1 *, main h1')).toContain('Noto Color Emoji')
})

test('a link to a page of this Brook opens inside, another in a new tab', async () => {
  const [wes, xia] = [await story().enters('Wes'), await story().enters('Xia')]
  const { pathname, origin } = new URL((await wes.makes('linked'), wes.page.url()))
  await xia.makes('links')
  await xia.joins('linked')
  await wes.says(`${origin}${pathname}/1 and (${pathname}/2) and www.x.example`)
  await xia.sees('and www.x.example')
  const links = xia.message('and www.x.example').locator('a')
  expect(await links.evaluateAll((all) => all.map((a) => a.getAttribute('target')))).toEqual([
    null,
    null,
    '_blank',
  ])
  await xia.page.evaluate(() => ((globalThis as { same?: boolean }).same = true))
  await links.first().click()
  await xia.page.waitForURL(`**${pathname}/1`)
  expect(await xia.page.evaluate(() => (globalThis as { same?: boolean }).same), 'the same page').toBe(true)
  expect(xia.context.pages()).toHaveLength(1)
})

test('code is coloured off the main thread, and copied without the name of its language', async () => {
  const yan = await story().enters('Yan')
  await yan.makes('code')
  const threads = yan.page.workers().length
  await yan.says('```ts\nconst one = 1\n```')
  await yan.page.locator('pre .code-key').waitFor()
  expect(yan.page.workers().length, 'a worker colours').toBe(threads + 1)
  const copied = await yan.page.evaluate(() => {
    const block = document.querySelector('pre')?.parentElement
    getSelection()?.selectAllChildren(block ?? document.body)
    return String(getSelection())
  })
  expect(copied.trim()).toBe('const one = 1')
})

test('typing in one tab leaves the caret of another where it is', async () => {
  const zoe = await story().enters('Zoe')
  await zoe.makes('tabs')
  await zoe.composer.fill('one two')
  const tab = await zoe.anotherTab()
  await tab.composer.waitFor()
  await tab.composer.evaluate((field: HTMLTextAreaElement) => field.setSelectionRange(3, 3))
  await zoe.composer.fill('one two three')
  await until(
    () => tab.composer.inputValue(),
    (text) => text === 'one two three',
  )
  expect(await tab.composer.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(3)
})
