// Changing messages: editing, deleting, reacting; in both languages, on a desktop and a phone, and offline.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { axeFindings } from '../support/browser-axe.ts'
import { tellStory } from '../support/browser.ts'
import type { Device } from '../support/browser-page.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/**
 * The device of the person who changes things; the observer has a desktop, in English. For every other device see
 * everywhere.test.ts.
 */
const device: Device = { phone: true, locale: 'zh-CN', theme: 'dark' }

test('a message is edited, reacted to and deleted, and the other person sees each change', async () => {
  const [mara, ann] = [await story().enters('Mara'), await story().enters('Ann', device)]
  const { room, composer, cancel } = ann.words
  await mara.makes('talk')
  await ann.joins('talk')
  await mara.says('Thursday?')
  await ann.sees('Thursday?')
  await ann.says('Fryday is fine')
  await ann.stands('Fryday is fine', 'archived')

  // A draft is put aside during an edit; Escape and the button restore it.
  await ann.composer.fill('half a thought')
  await ann.acts('Fryday is fine', room.edit)
  expect(await ann.composer.inputValue()).toBe('Fryday is fine')
  expect(await axeFindings(ann), 'while editing').toEqual([])
  await ann.composer.press('Escape')
  expect(await ann.composer.inputValue()).toBe('half a thought')
  await ann.acts('Fryday is fine', room.edit)
  await ann.composer.fill('Friday is fine')
  await ann.presses(composer.save)
  await mara.sees('Friday is fine')
  await mara.message('Friday is fine').getByText(en.room.edited).waitFor()
  await ann.message('Friday is fine').getByText(room.edited).waitFor()
  expect(await ann.composer.inputValue()).toBe('half a thought')

  // A reaction from those used most, another from the picker, and removing it.
  await mara.reacts('Friday is fine', '👍')
  const thumb = ann.message('Friday is fine').getByRole('button', { name: /👍.*1/ })
  await thumb.waitFor()
  expect(await thumb.getAttribute('aria-label')).toContain(mara.name)
  await thumb.click()
  await mara.message('Friday is fine').getByRole('button', { name: /👍.*2/ }).waitFor()
  expect(
    await thumb
      .or(ann.message('Friday is fine').getByRole('button', { name: /👍/ }))
      .first()
      .getAttribute('aria-pressed'),
  ).toBe('true')
  await ann.acts('Thursday?', room.react)
  const field = ann.dialog.getByLabel(ann.words.emoji.find)
  await ann.dialog.getByRole('group', { name: ann.words.emoji.list }).waitFor()
  expect(await axeFindings(ann), 'in the picker').toEqual([])
  await field.fill('竖起耳朵')
  await field.fill('火箭')
  await ann.dialog.getByRole('button', { name: '火箭' }).waitFor()
  await field.press('Enter')
  const rocket = mara.message('Thursday?').getByRole('button', { name: /🚀/ })
  await rocket.waitFor()
  expect(await axeFindings(ann), 'with reactions').toEqual([])
  await ann.message('Thursday?').getByRole('button', { name: /🚀/ }).click()
  await rocket.waitFor({ state: 'detached' })

  // Deleting asks first; a reply to a deleted message says so.
  await mara.acts('Friday is fine', en.room.reply)
  await mara.says('Good')
  await ann.sees('Good')
  await ann.acts('Friday is fine', room.delete)
  await ann.dialog.getByRole('button', { name: cancel }).click()
  await ann.acts('Friday is fine', room.delete)
  expect(await axeFindings(ann), 'the question').toEqual([])
  await ann.dialog.getByRole('button', { name: room.delete }).click()
  await mara.message(en.room.deleted).first().waitFor()
  expect(await mara.message('Friday is fine').count(), 'nothing of it is left').toBe(0)
  await ann.message('Good').getByText(room.deleted).waitFor()
  await mara.page.reload()
  await mara.message('Good').getByText(en.room.deleted).waitFor()
  expect(await mara.message('Friday is fine').count()).toBe(0)
})

test("up in an empty composer edits the last own message, and other people's messages cannot be edited", async () => {
  const [bob, cho] = [await story().enters('Bob'), await story().enters('Cho')]
  await bob.makes('arrows')
  await cho.joins('arrows')
  await bob.says('first')
  await bob.says('/not a command once it is said'.slice(1))
  await bob.stands('not a command', 'archived')
  await cho.says('of another')
  await bob.sees('of another')
  await bob.composer.press('ArrowUp')
  expect(await bob.composer.inputValue()).toBe('not a command once it is said')
  await bob.composer.fill('a better second')
  await bob.composer.press('Enter')
  await cho.sees('a better second')
  await cho.message('first').focus()
  await cho.message('first').getByRole('toolbar').waitFor()
  expect(await cho.message('first').getByRole('button', { name: en.room.edit, exact: true }).count()).toBe(0)
  expect(await cho.message('first').getByRole('button', { name: en.room.delete, exact: true }).count()).toBe(
    0,
  )
})

test('changes made offline are shown at once, survive a reload, and arrive once', async () => {
  const [dia, eve] = [await story().enters('Dia'), await story().enters('Eve')]
  await dia.makes('tunnel')
  await eve.joins('tunnel')
  await dia.says('before the tunnel')
  await dia.says('to be deleted')
  await dia.stands('to be deleted', 'archived')
  await eve.sees('to be deleted')
  await dia.goesOffline()
  await dia.acts('before the tunnel', en.room.edit)
  await dia.composer.fill('inside the tunnel')
  await dia.composer.press('Enter')
  await dia.message('inside the tunnel').getByText(en.room.saving).waitFor()
  await dia.reacts('inside the tunnel', '👍')
  await dia.acts('to be deleted', en.room.delete)
  await dia.dialog.getByRole('button', { name: en.room.delete }).click()
  await dia.message(en.room.deleted).waitFor()
  expect(await eve.message('to be deleted').count(), 'nobody else knows of it yet').toBe(1)
  await dia.comesBack()
  await dia.page.reload()
  await eve.sees('inside the tunnel')
  await eve.message('inside the tunnel').getByRole('button', { name: /👍.*1/ }).waitFor()
  await eve.message(en.room.deleted).waitFor()
  await dia.message('inside the tunnel').getByText(en.room.edited).waitFor()
  const rows = await until(
    () =>
      story().brook.db.rows<{ kind: string }>(
        "SELECT c.kind FROM changes c JOIN rooms r ON r.id = c.room_id WHERE r.name = 'tunnel' ORDER BY c.seq",
      ),
    (found) => found.length >= 3,
  )
  expect(rows.map(({ kind }) => kind)).toEqual(['edited', 'reacted', 'deleted'])
})
