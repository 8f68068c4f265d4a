// Signing in, out and in again: with a password and without; and private rooms.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()
const password = 'correct horse'

test('a person signs up, signs out, and signs in again with the right password only', async () => {
  const ann = await story().opens('Ann')
  await ann.comes('signUp', password)
  await ann.isIn()
  await ann.makes('hers')
  await ann.chooses(en.own.signOut)
  await ann.nameField.waitFor()

  ann.expects(/status of 401/)
  await ann.comes('signIn', 'wrong horse')
  await ann.page.getByRole('alert').filter({ hasText: en.entry.refusedSignIn }).waitFor()
  expect(await ann.focused(), 'one can type it again at once').toBe(en.entry.password)
  await ann.passwordField.fill(password)
  await ann.passwordField.press('Enter')
  await ann.isIn()
  await ann.roomLink('hers').waitFor()
})

test('a guest who sets a password keeps the name, the rooms and the messages', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('his')
  await bob.says('said as a guest')
  await bob.stands('said as a guest', 'archived')
  await bob.chooses(en.own.setPassword)
  await bob.dialog.getByLabel(en.entry.password, { exact: true }).fill(password)
  await bob.dialog.getByRole('button', { name: en.own.savePassword }).click()
  await bob.toast(en.own.passwordSaved).waitFor()
  await bob.chooses(en.own.signOut)

  await bob.comes('signIn', password)
  await bob.isIn()
  await bob.goesTo('his')
  await bob.sees('said as a guest')
})

test('a guest who signs out is told what that means', async () => {
  const cho = await story().enters('Cho')
  await cho.chooses(en.own.signOut)
  await cho.page.getByRole('dialog', { name: en.own.signOutGuestTitle }).waitFor()
  await cho.presses(en.own.signOutAnyway)
  await cho.nameField.waitFor()
})

test('a name that is taken is reported in words, at the name', async () => {
  await story().enters('Dia')
  const other = await story().opens('dia')
  other.expects(/status of 409/)
  await other.nameField.fill('dia')
  await other.presses(en.entry.enter)
  await other.page.getByRole('tabpanel').getByText(en.entry.takenTrySignIn).waitFor()
  expect(await other.focused()).toBe(en.entry.name)
  expect(await other.nameField.getAttribute('aria-invalid')).toBe('true')
})

test('a session that is ended elsewhere is over at once', async () => {
  const eve = await story().opens('Eve')
  await eve.comes('signUp', password)
  await eve.isIn()
  const lost = await story().opens('Eve')
  await lost.comes('signIn', password)
  await lost.isIn()
  lost.expects(/status of 401/)
  await eve.chooses(en.security.title)
  await eve.presses(en.security.show)
  await eve.dialog.getByRole('button', { name: /^Sign out / }).click()
  await lost.nameField.waitFor()
})

test('a private room does not exist for others, until they are added by name', async () => {
  const [fay, gil] = [await story().enters('Fay'), await story().enters('Gil')]
  await fay.makes('founders', { isPrivate: true })
  await fay.says('only for us')
  await gil.page.reload()
  await gil.isIn()
  expect(await gil.rooms.getByText('founders').count()).toBe(0)
  gil.expects(/status of 404/)
  await gil.page.goto(fay.page.url())
  await gil.page.getByRole('heading', { name: en.room.missingTitle }).waitFor()
  expect(await gil.page.getByText('only for us').count()).toBe(0)
  await gil.page.getByRole('link', { name: en.room.toRooms }).click()

  fay.expects(/status of 404/)
  await fay.presses(en.people.add)
  await fay.dialog.getByLabel(en.entry.name).fill('Nobody')
  await fay.dialog.getByRole('button', { name: en.people.addIt }).click()
  await fay.dialog.getByText(/There is no one called/).waitFor()
  await fay.dialog.getByLabel(en.entry.name).fill('gil')
  await fay.dialog.getByRole('button', { name: en.people.addIt }).click()
  await fay.dialog.waitFor({ state: 'detached' })
  await gil.goesTo('founders')
  await gil.sees('only for us')
  await gil.says('glad to be here')
  await fay.sees('glad to be here')
  expect(await fay.notices()).toContain(fill(en.room.addedBy, { name: 'Fay', person: 'Gil' }))
})
