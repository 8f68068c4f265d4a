// An administrator opens the archive page and archives now; nobody else finds the page.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()

test('an administrator sees the state of the archive and archives now; a guest finds nothing there', async () => {
  const own = await story().joins('Ann')
  await story().brook.makesAdmin(own)
  const ann = await story().opens('Ann', { cookie: own.cookie })
  await ann.isIn()
  await ann.makes('garden')
  await ann.says('Keep this.')
  await ann.ownMenu.click()
  await ann.page.getByRole('menuitem', { name: en.admin.title }).click()
  await ann.page.getByRole('link', { name: en.manage.section.archive }).click()
  await ann.page.getByText(en.admin.holds, { exact: true }).waitFor()
  await ann.presses(en.admin.now)
  await ann.page.getByRole('status').filter({ hasText: 'Everything sent before is in MySQL' }).waitFor()
  const guest = await story().enters('Gus')
  await guest.ownMenu.click()
  expect(await guest.page.getByRole('menuitem', { name: en.admin.title }).count()).toBe(0)
  await guest.page.goto('/admin')
  await guest.page.getByText(en.admin.missingTitle).waitFor()
})
