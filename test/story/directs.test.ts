// Direct conversations: from a first message to its answer, a group, closing and back, blocking; wide in English and on a phone in
// Chinese.
import { expect, test } from 'vitest'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory()

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
