// Direct conversations: from a first message to its answer, a group, closing and back, blocking; wide in English and on a phone in
// Chinese.
import { expect, test } from 'vitest'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'

const story = tellStory()

/** With `SHOTS`, a folder: what a screen looks like. */
async function shows({ page }: Visitor, name: string): Promise<void> {
  const { SHOTS: folder } = process.env
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` })
}

/** By keyboard alone, once the dialog is open. */
async function begins({ page, words }: Visitor, ...names: string[]): Promise<void> {
  await page.getByRole('button', { name: words.directs.new }).first().click()
  const dialog = page.getByRole('dialog', { name: words.directs.new })
  for (const name of names) {
    await dialog.getByRole('combobox').fill(name)
    await dialog.getByRole('option', { name }).waitFor()
    await until(
      () => dialog.getByRole('option').count(),
      (n) => n === 1,
    )
    await dialog.getByRole('combobox').press('Enter')
  }
  await dialog.getByRole('button', { name: words.directs.begin }).click()
  await dialog.waitFor({ state: 'hidden' })
}

test('somebody writes to one person, who answers on a phone; it is closed, and comes back; one is blocked', async () => {
  const ann = await story().enters('Ann')
  const bob = await story().enters('Bob', { locale: 'zh-CN', phone: true })
  await begins(ann, 'Bob')
  expect(await axeFindings(ann)).toEqual([])
  await ann.says('Tea at four?')
  const link = bob.page.getByRole('link', { name: 'Ann' })
  await link.click()
  await bob.sees('Tea at four?')
  expect(await axeFindings(bob)).toEqual([])
  await bob.says('好，四点见')
  await ann.sees('好，四点见')
  const more = () => ann.page.getByRole('button', { name: ann.words.room.more })
  await more().click()
  await ann.page.getByRole('menuitem', { name: ann.words.directs.close }).click()
  await ann.rooms.getByRole('link', { name: 'Bob' }).waitFor({ state: 'hidden' })
  await bob.says('带上饼干')
  await ann.rooms.getByRole('link', { name: 'Bob' }).click()
  await ann.sees('带上饼干')
  await more().click()
  await ann.page.getByRole('menuitem', { name: /^Block/ }).click()
  await ann.page.getByRole('button', { name: ann.words.directs.block, exact: true }).click()
  await ann.page.getByText(ann.words.refusal.you_blocked).waitFor()
})

/** What the page may ask, as the person who is signed in there. */
const asks = ({ page }: Visitor, method: string, path: string): Promise<number> =>
  page.evaluate(async ([how, where]) => (await fetch(where, { method: how })).status, [method, path] as const)

const peopleOf = ({ page }: Visitor): Promise<Record<string, { id: string }>> =>
  page.evaluate(async () => {
    const { people } = (await (await fetch('/api/people')).json()) as {
      people: { id: string; name: string }[]
    }
    return Object.fromEntries(people.map((one) => [one.name, one]))
  })

test('four talk; one is blocked in one tab, which the open page of the other knows at once, and unblocked again', async () => {
  const cleo = await story().enters('Cleo')
  const dora = await story().enters('Dora', { locale: 'zh-CN', phone: true })
  for (const name of ['Emil', '李思']) await Person.arrive(story().address, name)

  await begins(cleo, 'Dora', 'Emil', '李思')
  await cleo.says('Tea for four?')
  await dora.page.getByRole('link', { name: 'Cleo' }).first().click()
  await dora.sees('Tea for four?')
  await dora.says('四个人，四点')
  await cleo.sees('四个人，四点')
  expect(await axeFindings(cleo)).toEqual([])
  expect(await axeFindings(dora)).toEqual([])
  await shows(cleo, 'group-wide-en')
  await shows(dora, 'group-phone-zh')

  // The switcher finds people in any script by a search, and opens the conversation.
  await cleo.page.keyboard.press('Control+k')
  const switcher = cleo.page.getByRole('dialog', { name: cleo.words.switcher.title })
  await switcher.getByRole('combobox').fill('@李')
  await switcher.getByRole('option', { name: '李思' }).waitFor()
  await shows(cleo, 'switcher-wide-en')
  await cleo.page.keyboard.press('Enter')
  await cleo.isInRoom('李思')

  const tab = await cleo.anotherTab()
  await cleo.rooms.getByRole('link', { name: 'Dora, Emil' }).click()
  await cleo.sees('四个人，四点')
  await tab.rooms.getByRole('link', { name: 'Dora, Emil' }).click()
  await tab.sees('四个人，四点')
  const { id } = (await peopleOf(tab))['Dora'] ?? { id: '' }
  expect(await asks(tab, 'PUT', `/api/blocks/${id}`)).toBe(204)
  await cleo.page.getByText(cleo.words.directs.folded).waitFor()
  expect(await axeFindings(cleo)).toEqual([])
  await shows(cleo, 'folded-wide-en')
  await cleo.page.getByRole('button', { name: cleo.words.directs.show, exact: true }).click()
  await cleo.sees('四个人，四点')

  // Unblocked where one says who may write.
  await cleo.page.goto('/account')
  await cleo.page.getByRole('radio', { name: cleo.words.directs.writers.shared }).click()
  await cleo.page.getByText(cleo.words.directs.writersSaved).first().waitFor()
  await cleo.page.getByRole('heading', { name: cleo.words.directs.writersTitle }).scrollIntoViewIfNeeded()
  expect(await axeFindings(cleo)).toEqual([])
  await shows(cleo, 'writers-wide-en')
  await cleo.page.getByRole('button', { name: /^Unblock/ }).click()
  await cleo.page.getByText(cleo.words.directs.blockedNone).waitFor()
  await tab.page.getByText(tab.words.directs.folded).waitFor({ state: 'detached' })
  await tab.sees('四个人，四点')

  await dora.page.goto('/account')
  await dora.page.getByRole('heading', { name: dora.words.directs.writersTitle }).scrollIntoViewIfNeeded()
  expect(await axeFindings(dora)).toEqual([])
  await shows(dora, 'writers-phone-zh')
})

test('two turn their conversation into a private room: one asks, the other agrees on a phone', async () => {
  const eve = await story().enters('Eve')
  const fay = await story().enters('Fay', { locale: 'zh-CN', phone: true })
  await begins(eve, 'Fay')
  await eve.says('Shall Gus join us?')
  await eve.page.getByRole('button', { name: en.room.more }).click()
  await eve.page.getByRole('menuitem', { name: en.directs.convert }).click()
  await eve.dialog.getByRole('textbox').fill('plans')
  await eve.dialog.getByRole('button', { name: en.directs.convertAsk }).click()
  await eve.page.getByText(/^Waiting for .*Fay/).waitFor()
  await shows(eve, 'conversion-asked')
  await fay.page.getByRole('link', { name: 'Eve' }).click()
  const agree = fay.page.getByRole('button', { name: zh.directs.agree })
  await agree.waitFor()
  expect(await axeFindings(fay)).toEqual([])
  await shows(fay, 'conversion-agree')
  await agree.click()
  await eve.rooms.getByRole('link', { name: 'plans' }).waitFor()
  await fay.page.getByRole('heading', { name: 'plans', level: 1 }).waitFor()
  await fay.sees('Shall Gus join us?')
  await eve.says('It is a room now')
  await fay.sees('It is a room now')
})
