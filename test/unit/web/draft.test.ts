// @vitest-environment happy-dom
import { beforeEach, expect, it, onTestFinished, vi } from 'vitest'

/** A tab: its own copy of the module on the browser's storage. `hears`: what another tab has stored. */
async function opensTab() {
  vi.resetModules()
  const { useAnswered, useDraft, useKeptEdit } = await import('../../../web/conversation/composer/draft.ts')
  return {
    draft: useDraft('1', '7'),
    answered: useAnswered('1', '7'),
    edit: useKeptEdit('1', '7'),
    ofAnotherPerson: useDraft('2', '7'),
    ofAnotherRoom: useDraft('1', '8'),
  }
}
const othersHear = (key: string | null) => window.dispatchEvent(new StorageEvent('storage', { key }))
const draftKey = 'brook.draft.1.7'

beforeEach(() => {
  localStorage.clear()
  sessionStorage.clear()
})

it('a draft is there again after a reload, and belongs to its person and room', async () => {
  const before = await opensTab()
  before.draft.value = 'half a th'
  before.answered.value = 48
  const after = await opensTab()
  expect([after.draft.value, after.answered.value]).toEqual(['half a th', 48])
  expect([after.ofAnotherPerson.value, after.ofAnotherRoom.value]).toEqual(['', ''])
})

it('what is typed in one tab is in the other, and what is sent in one is gone from the other', async () => {
  const one = await opensTab()
  const two = await opensTab()
  one.draft.value = 'half a thought'
  one.answered.value = 48
  othersHear(draftKey)
  othersHear('brook.answers.1.7')
  expect([two.draft.value, two.answered.value]).toEqual(['half a thought', 48])
  two.draft.value = 'half a thought, and the other half'
  othersHear(draftKey)
  expect(one.draft.value).toBe('half a thought, and the other half')
  one.draft.value = ''
  one.answered.value = undefined
  othersHear(draftKey)
  othersHear('brook.answers.1.7')
  expect([two.draft.value, two.answered.value]).toEqual(['', undefined])
})

it('a tab that slept reads the storage when it wakes', async () => {
  const tab = await opensTab()
  localStorage.setItem(draftKey, 'typed meanwhile')
  expect(tab.draft.value).toBe('')
  window.dispatchEvent(new Event('pageshow'))
  expect(tab.draft.value).toBe('typed meanwhile')
})

it('without storage a draft lives as long as the page, and nothing removes it', async () => {
  const tab = await opensTab()
  const full = vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
    throw new DOMException('full', 'QuotaExceededError')
  })
  // Trap: the storage holds on to the method, so that putting the prototype's back is not enough.
  onTestFinished(() => full.mockRestore())
  tab.draft.value = 'kept here alone'
  othersHear(draftKey)
  window.dispatchEvent(new Event('pageshow'))
  expect(tab.draft.value).toBe('kept here alone')
})

it('an edit continues after a reload, and belongs to its tab', async () => {
  const one = await opensTab()
  one.edit.value = { seq: 48, text: 'two words\nand a line' }
  expect((await opensTab()).edit.value).toEqual({ seq: 48, text: 'two words\nand a line' })
  sessionStorage.clear()
  expect((await opensTab()).edit.value).toBeUndefined()
  one.edit.value = undefined
  expect(sessionStorage.length).toBe(0)
})
