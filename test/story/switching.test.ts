// From room to room by keys alone; what a person has begun to write stays where it was, in every tab.
import { expect, test } from 'vitest'
import { zh } from '../../web/words/zh.ts'
import { en } from '../../web/words/en.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

const field = (visitor: Visitor) => visitor.dialog.getByRole('combobox')
const options = (visitor: Visitor) =>
  until(
    () => visitor.dialog.getByRole('option').allInnerTexts(),
    (texts) => texts.length > 0,
  )
const chosen = (visitor: Visitor) => visitor.dialog.getByRole('option', { selected: true }).innerText()
const comesTo = (visitor: Visitor, words: string) =>
  until(
    () => visitor.focused(),
    (at) => at === words,
  )
const draftIs = (visitor: Visitor, words: string) =>
  until(
    () => visitor.composer.inputValue(),
    (text) => text === words,
  )

test('the switcher goes anywhere by keys alone', async () => {
  const mara = await story().joins('Mara')
  const garden = await mara.makes('garden')
  await mara.makes('产品讨论')
  const ann = await story().enters('Ann', { width: 1440, locale: 'zh-CN' })
  const { keyboard } = ann.page
  const find = ann.rooms.getByRole('button', { name: zh.rooms.find })

  // A public room by its second word; it is joined on the way.
  await find.focus()
  await keyboard.press('Enter')
  await comesTo(ann, zh.switcher.label)
  await keyboard.type('讨论')
  expect((await options(ann))[0]).toContain('产品讨论')
  expect(await axeFindings(ann)).toEqual([])
  await keyboard.press('Enter')
  await ann.isInRoom('产品讨论')

  // Unread rooms come first; arrows wrap around; Esc leads back.
  await ann.page.evaluate((id) => fetch(`/api/rooms/${id}/members/me`, { method: 'PUT' }), garden.id)
  await mara.acked(mara.says('news', { room: garden.id }))
  await until(
    () => ann.page.title(),
    (title) => title.startsWith('• '),
  )
  await ann.composer.focus()
  await keyboard.press('Control+k')
  await comesTo(ann, zh.switcher.label)
  expect(await chosen(ann)).toContain('garden')
  await keyboard.press('ArrowUp')
  expect(await chosen(ann), 'round the end').toBe(zh.switcher.places.keys)
  await keyboard.press('ArrowDown')
  expect(await chosen(ann)).toContain('garden')
  await keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })
  expect(await ann.composer.evaluate((el) => el === document.activeElement), 'the focus is back').toBe(true)

  await keyboard.press('Alt+Shift+ArrowDown')
  await ann.isInRoom('garden')
  await ann.sees('news')

  // No name matches: the text can be searched for, or become a room.
  await keyboard.press('Control+k')
  await field(ann).fill('orchard')
  expect((await options(ann)).map((text) => text.replace(/[\u2066-\u2069]/g, ''))).toEqual([
    fill(zh.switcher.search, { words: 'orchard' }),
    fill(zh.switcher.create, { name: 'orchard' }),
  ])
  await field(ann).fill('@nobody')
  await ann.dialog.getByText(zh.switcher.none).waitFor()
  await field(ann).fill('#orchard')
  await keyboard.press('Enter')
  await comesTo(ann, zh.rooms.name)
  await keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })

  // A person: the conversation with them. A page: a date in the room.
  await keyboard.press('Control+k')
  await field(ann).fill('@Mara')
  await until(
    () => chosen(ann),
    (text) => text.includes('Mara'),
  )
  await keyboard.press('Enter')
  await ann.isInRoom('Mara')
  await keyboard.press('Control+k')
  await field(ann).fill('gar')
  await keyboard.press('Enter')
  await ann.isInRoom('garden')
  await keyboard.press('Control+k')
  await field(ann).fill(zh.switcher.places.date.slice(0, 7))
  await keyboard.press('Enter')
  await ann.page.getByRole('dialog', { name: zh.moment.title }).waitFor()
  await keyboard.press('Escape')
  await ann.dialog.waitFor({ state: 'detached' })

  // The list of shortcuts, during writing too.
  await ann.composer.focus()
  await keyboard.press('Control+/')
  await ann.page.getByRole('dialog', { name: zh.keys.title }).getByText(zh.keys.editLast).waitFor()
  await keyboard.press('Escape')
  await comesTo(ann, fill(zh.composer.label, { room: '#garden' }))
})

test('a draft is shared by all tabs, and gone from all when it is sent; so is the message it answers', async () => {
  const ben = await story().enters('Ben')
  await ben.makes('notes')
  await ben.says('to be answered')
  await ben.sees('to be answered')
  const tab = await ben.anotherTab()
  await tab.isInRoom('notes')

  await ben.composer.fill('half a thought')
  await draftIs(tab, 'half a thought')
  await tab.composer.fill('half a thought, and the other half')
  await draftIs(ben, 'half a thought, and the other half')
  await ben.message('to be answered').hover()
  await ben.message('to be answered').getByRole('button', { name: en.room.reply, exact: true }).click()
  await tab.page.getByText(fill(en.room.replyTo, { name: 'Ben' })).waitFor()

  // Another room has its own draft; a reload loses neither.
  await ben.goesTo('lobby')
  await draftIs(ben, '')
  await ben.composer.fill('for the lobby')
  await ben.goesTo('notes')
  await draftIs(ben, 'half a thought, and the other half')
  await ben.page.reload()
  await ben.isInRoom('notes')
  await draftIs(ben, 'half a thought, and the other half')
  await ben.page.getByText(fill(en.room.replyTo, { name: 'Ben' })).waitFor()

  await tab.composer.press('Enter')
  await draftIs(tab, '')
  await draftIs(ben, '')
  await ben.page.getByText(fill(en.room.replyTo, { name: 'Ben' })).waitFor({ state: 'detached' })
  await ben.sees('and the other half')
  expect(await ben.message('and the other half').textContent()).toContain('to be answered')
  await ben.goesTo('lobby')
  await draftIs(ben, 'for the lobby')
})

test('an edit in progress survives another room and a reload, and the draft beside it is untouched', async () => {
  const eve = await story().enters('Eve')
  await eve.makes('edits')
  await eve.says('as it was')
  await eve.stands('as it was', 'archived')
  const editing = eve.page.getByText(en.composer.editing)
  await eve.composer.press('ArrowUp')
  await editing.waitFor()
  await eve.composer.fill('as it is')
  const tab = await eve.anotherTab()
  await tab.isInRoom('edits')
  await draftIs(tab, '')
  await eve.goesTo('lobby')
  await eve.goesTo('edits')
  await editing.waitFor()
  await draftIs(eve, 'as it is')
  await eve.page.reload()
  await eve.isInRoom('edits')
  await editing.waitFor()
  await draftIs(eve, 'as it is')
  await tab.composer.fill('a draft meanwhile')
  await eve.composer.press('Enter')
  await eve.sees('as it is')
  await draftIs(eve, 'a draft meanwhile')
})
