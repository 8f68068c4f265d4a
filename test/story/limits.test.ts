// What does not fit is counted as the server counts it, and nothing that is typed is cut.
import { expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()
const oneTooMany = '1 character too many'

test('a topic of as many emoji as the limit has characters is taken, and one more is counted', async () => {
  const ann = await story().enters('Ann')
  await ann.presses(en.rooms.create)
  await ann.dialog.getByLabel(en.rooms.name, { exact: true }).fill('pictures')
  const topic = ann.dialog.getByLabel(en.rooms.topic)
  await topic.fill('🌱'.repeat(limits.topicChars + 1))
  await ann.dialog.getByText(oneTooMany).waitFor()
  await topic.fill(` ${'🌱'.repeat(limits.topicChars)} `)
  await ann.dialog.getByText('0 characters left').waitFor()
  await ann.dialog.getByRole('button', { name: en.rooms.createIt }).click()
  await ann.isInRoom('pictures')
})

test('an answer of a poll is not cut in the middle', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('answers')
  await bob.page.getByRole('button', { name: en.composer.tools }).click()
  await bob.page.getByRole('menuitem', { name: en.polls.new }).click()
  await bob.dialog.getByLabel(en.polls.question).fill('Which?')
  const answer = (n: number) => bob.dialog.getByLabel(`Answer ${n}`)
  const most = '🥕'.repeat(limits.polls.chars)
  await answer(1).fill(`${most}🥕`)
  await answer(2).fill('none')
  await bob.dialog.getByText(`Use at most ${limits.polls.chars} characters.`).waitFor()
  await answer(1).fill(most)
  await bob.dialog.getByRole('button', { name: en.polls.ask, exact: true }).click()
  await bob.page.getByRole('region', { name: 'Poll: Which?' }).waitFor()
})

test('a name that nobody could have is not asked for, and a password that is too long is counted', async () => {
  const cho = await story().opens('Cho')
  await cho.nameField.fill('é'.repeat(limits.nameChars + 1))
  await cho.page.getByRole('tabpanel').getByText(oneTooMany).waitFor()
  await cho.presses(en.entry.enter)
  expect(await cho.focused()).toBe(en.entry.name)
  await cho.page.getByRole('tab', { name: en.entry.signUp }).click()
  await cho.nameField.fill('Cho')
  await cho.passwordField.fill('x'.repeat(limits.passwordChars.max + 1))
  await cho.page.getByRole('tabpanel').getByText(oneTooMany).waitFor()
})
