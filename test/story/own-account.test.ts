// One's own account: a new name that others see at once in what was said before, and the end of the account.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()
const password = 'correct horse'
const isolated = (name: string): string => `\u2068${name}\u2069`

test('somebody changes their name, and another sees it where they are, without doing anything', async () => {
  const ann = await story().opens('Ann')
  await ann.comes('signUp', password)
  await ann.isIn()
  await ann.makes('garden')
  await ann.says('under the old name')
  const bob = await story().enters('Bob')
  await bob.joins('garden')
  await bob.says('hello @Ann')
  const heads = bob.page.locator('[data-message]').filter({ hasText: 'under the old name' })
  await heads.getByText('Ann', { exact: true }).first().waitFor()

  await ann.chooses(en.you.title)
  await ann.presses(en.you.changeName)
  await ann.dialog.getByLabel(en.you.newName, { exact: true }).fill('Bob')
  await ann.dialog.getByLabel(en.own.currentPassword, { exact: true }).fill(password)
  ann.expects(/status of 409/)
  await ann.dialog.getByRole('button', { name: en.you.save }).click()
  await ann.dialog.getByText(en.refusal.name_taken).waitFor()
  await ann.dialog.getByLabel(en.you.newName, { exact: true }).fill('Anna Berg')
  await ann.dialog.getByRole('button', { name: en.you.save }).click()
  await ann.toast(fill(en.you.renamed, { name: isolated('Anna Berg') })).waitFor()

  await heads.getByText('Anna Berg', { exact: true }).first().waitFor()
  await bob.page.getByText('@Anna Berg').waitFor()
  expect(await bob.page.getByText('Ann', { exact: true }).count()).toBe(0)
})

test('somebody ends their account: they are out, and their messages stay without their name', async () => {
  const cho = await story().enters('Cho')
  await cho.makes('leaving')
  await cho.says('this stays')
  const dan = await story().enters('Dan')
  await dan.joins('leaving')
  await dan.sees('this stays')

  await cho.chooses(en.you.title)
  // What was under way when the account ended.
  cho.expects(/status of 401/)
  await cho.presses(en.you.endIt)
  await cho.page.getByRole('dialog', { name: en.you.endTitle }).waitFor()
  await cho.dialog.getByRole('button', { name: en.you.endNow }).click()
  await cho.nameField.waitFor()

  const said = dan.page.locator('[data-message]').filter({ hasText: 'this stays' })
  await said.getByText(en.people.former, { exact: true }).first().waitFor()
})
