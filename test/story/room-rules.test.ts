// What an owner sets for a room, and what the others see of it: slow mode, only for moderators, a new name.
// Archived, and somebody banned from it: owner.test.ts.
import { expect, test } from 'vitest'
import { ofRoom, picture } from '../support/browser-admin.ts'
import { isClean, pair } from '../support/browser-devices.ts'
import { tellStory } from '../support/browser.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

const story = tellStory()

async function sets(owner: Visitor, label: string, value: string): Promise<void> {
  const { settings } = owner.words
  await ofRoom(owner, settings.open)
  await owner.dialog.getByLabel(label, { exact: true }).selectOption(value)
  await owner.dialog.getByRole('button', { name: settings.save }).click()
  await owner.dialog.waitFor({ state: 'detached' })
}

const inMain = (who: Visitor, words: string) => who.page.getByRole('main').getByText(words, { exact: true })

test.each(pair)('a room is made slow, closed and renamed: %s', async (place, device) => {
  const ann = await story().opens(`Ann ${place}`, device)
  await ann.entersAsGuest()
  await ann.makes(`garden ${place}`)
  const bo = await story().opens(`Bo ${place}`, device)
  await bo.entersAsGuest()
  await bo.joins(`garden ${place}`)
  const { settings, refusal } = ann.words

  // Slow: one message, and a second one that waits in the field.
  await sets(ann, settings.slow, '300000')
  const send = bo.page.getByRole('button', { name: bo.words.composer.send })
  await bo.page
    .getByText(bo.words.composer.slow.split('{')[0] ?? '', { exact: false })
    .first()
    .waitFor()
  await bo.says('the first one')
  await bo.message('the first one').waitFor()
  await bo.page.getByRole('timer').waitFor()
  await bo.composer.fill('too early')
  expect(await send.isDisabled()).toBe(true)
  await bo.composer.press('Control+Enter')
  expect(await bo.composer.inputValue()).toBe('too early')
  await isClean(bo)
  await picture(bo, `slow-${place}`)
  await sets(ann, settings.slow, '0')
  await until(async () => !(await send.isDisabled()))
  await bo.composer.fill('')

  // Only for moderators: the composer gives way to why.
  await sets(ann, settings.speak, 'moderators')
  await inMain(bo, refusal.read_only).waitFor()
  expect(await bo.composer.count()).toBe(0)
  await isClean(bo)
  await picture(bo, `moderators-${place}`)
  await ann.says('an announcement')
  await bo.message('an announcement').waitFor()
  await sets(ann, settings.speak, 'everyone')
  await bo.composer.waitFor()

  // A new name, on both screens.
  await ofRoom(ann, settings.open)
  await ann.dialog.getByLabel(ann.words.rooms.name, { exact: true }).fill(`yard ${place}`)
  await isClean(ann)
  await picture(ann, `settings-${place}`)
  await ann.dialog.getByRole('button', { name: settings.save }).click()
  await bo.isInRoom(`yard ${place}`)
})
