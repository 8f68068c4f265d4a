// Two people in two browsers: what one says the other sees at once, it is kept, and one's own tabs agree.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const { standing } = en.room

test('a guest makes a room, another joins it from the list, and they talk', async () => {
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

test('an own message is sending, then in the log, then archived, each said in words', async () => {
  const [cho, dia] = [await story().enters('Cho'), await story().enters('Dia')]
  const { redisProcess: log, mariadbProcess: archive } = story().brook.stores
  const words = '你好 👋🏽'
  log.pause()
  archive.pause()
  try {
    await cho.says(words)
    await cho.stands(words, standing.sending)
    expect(await dia.said(), 'nobody is told what the log does not have').not.toContain(words)
    log.resume()
    await dia.sees(words)
    await cho.stands(words, standing.logged)
  } finally {
    log.resume()
    archive.resume()
  }
  await cho.stands(words, standing.archived)
  expect(await cho.message(words).locator('svg path').last().getAttribute('d'), 'two ticks').toContain('M11')
  expect(await dia.message(words).getByRole('img').count(), 'only the sender sees it').toBe(0)
  expect(await keptCount(words)).toBe(1)
})

test('what another says is told to a screen reader, and history is not', async () => {
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  await eve.says('A word for those who listen')
  const told = fay.page.locator('[aria-live=polite][aria-atomic=true].sr-only')
  await until(
    () => told.textContent(),
    (text) => text === 'Eve: A word for those who listen',
  )
  await fay.page.reload()
  await fay.sees('A word for those who listen')
  expect(await told.textContent()).toBe('')
})

test('two tabs of one person: what is said in one is once in both', async () => {
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
  await Promise.all([gil, other].map((tab) => tab.stands('from the second', standing.archived)))
  for (const text of all) expect(await keptCount(text)).toBe(1)
})

/** How many rows of MySQL hold these words. */
async function keptCount(text: string): Promise<number> {
  const rows = await story().brook.db.rows('SELECT seq FROM messages WHERE text = ?', [text])
  return rows.length
}
