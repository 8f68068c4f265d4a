// @vitest-environment happy-dom
// Changing a password: what is wrong is said at its field, which has the focus; a password manager knows whose it is.
import { flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { h } from 'vue'
import PasswordDialog from '../../../web/account/PasswordDialog.vue'
import { polite } from '../../../web/ui/announce.ts'
import type { Refusal } from '../../../web/wire/refusal.ts'
import { en } from '../../../web/words/en.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)
const mounted: { unmount: () => void }[] = []
afterEach(() => mounted.splice(0).forEach((dialog) => dialog.unmount()))

async function open({ guest = false, refusal }: { guest?: boolean; refusal?: Refusal } = {}) {
  const saved: (string | undefined)[][] = []
  const save = async (...passwords: (string | undefined)[]) => {
    saved.push(passwords)
    return refusal
  }
  mounted.push(
    mount(() => h(PasswordDialog, { open: true, name: 'Ann', guest, save }), { attachTo: document.body }),
  )
  await flushPromises()
  const field = (name: string) => document.querySelector<HTMLInputElement>(`[autocomplete=${name}]`)
  const type = async (name: string, text: string) => {
    const input = field(name)
    if (input === null) throw new Error(`there is no ${name}`)
    input.value = text
    input.dispatchEvent(new Event('input'))
    await flushPromises()
  }
  const submit = async () => {
    document.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
    await flushPromises()
  }
  /** What is read below the field that has the focus, if it is wrong. */
  const said = () => {
    const at = document.activeElement
    const below = document.getElementById(at?.getAttribute('aria-describedby') ?? '')
    return at?.getAttribute('aria-invalid') === 'true' ? below?.textContent.trim() : undefined
  }
  return { field, type, submit, said, saved }
}

it('a password that is too short', async () => {
  const { field, type, submit, said, saved } = await open()
  await type('current-password', 'correct horse')
  await type('new-password', 'abc')
  await submit()
  expect([said(), document.activeElement, saved]).toEqual([
    'Use at least 8 characters.',
    field('new-password'),
    [],
  ])
  expect(field('new-password')?.getAttribute('aria-invalid')).toBe('true')
})

it('no current password, and a wrong one', async () => {
  const { field, type, submit, said } = await open({ refusal: { code: 'wrong_password' } })
  await type('new-password', 'another horse')
  await submit()
  expect([said(), document.activeElement]).toEqual([en.own.currentMissing, field('current-password')])
  await type('current-password', 'no')
  await submit()
  expect([said(), document.activeElement]).toEqual([en.own.currentWrong, field('current-password')])
})

it('what is wrong is announced once: where the focus goes it is read, where it stays it is said', async () => {
  const { field, type, submit } = await open()
  const before = polite.length
  const announced = () => polite.slice(before).map(({ words }) => words)
  await type('current-password', 'correct horse')
  field('current-password')?.focus()
  await type('new-password', 'abc')
  expect(announced(), 'a hint is not announced').toEqual([])
  await submit()
  expect([announced(), document.activeElement]).toEqual([[], field('new-password')])
  await type('new-password', 'x'.repeat(257))
  expect(announced()).toEqual(['1 character too many'])
})

it('a new password that is refused has the focus', async () => {
  const { field, type, submit, said } = await open({ guest: true, refusal: { code: 'common_password' } })
  await type('new-password', 'password1')
  await submit()
  expect([said(), document.activeElement]).toEqual([en.refusal.common_password, field('new-password')])
})

it('names whose password it is, and each field by its kind', async () => {
  const { field } = await open()
  expect(field('username')?.value).toBe('Ann')
  expect([...document.querySelectorAll('input')].map(({ name }) => name)).toEqual([
    'username',
    'current-password',
    'new-password',
  ])
})
