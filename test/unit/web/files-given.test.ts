// @vitest-environment happy-dom
// Files that are dropped on the page: a conversation takes them, a dialog takes its own, and anywhere else says why not.
import { afterEach, beforeEach, expect, it } from 'vitest'
import { effectScope, type EffectScope } from 'vue'
import { useGivenFiles } from '../../../web/files/taking/areas.ts'
import { learn } from '../../../web/words/words.ts'
import { sayRefused } from '../../../web/files/taking/check.ts'
import { assertive } from '../../../web/ui/announce.ts'

await learn()
let scope: EffectScope
beforeEach(() => {
  assertive.splice(0)
  document.body.innerHTML = '<main></main><div role="dialog"><form></form><p></p></div>'
  scope = effectScope()
  scope.run(useGivenFiles)
})
afterEach(() => {
  scope.stop()
  assertive.splice(0)
})

function drops(on: string): Event {
  const event = new Event('drop', { bubbles: true, cancelable: true })
  Object.assign(event, { dataTransfer: { types: ['Files'], items: [] } })
  document.querySelector(on)?.dispatchEvent(event)
  return event
}

it('outside of a conversation it is said in words, and the page stays', () => {
  expect(drops('main').defaultPrevented).toBe(true)
  expect(assertive).toHaveLength(1)
})

it.each(['form', 'p'])('what is dropped on a dialog (%s) is no matter of the page below', (on) => {
  document.querySelector('form')?.addEventListener('drop', (event) => event.preventDefault())
  expect(drops(on).defaultPrevented).toBe(true)
  expect(assertive).toEqual([])
})

it('a very long name is said short, with its ending', () => {
  const said = sayRefused([{ why: 'empty', name: `${'很长'.repeat(120)}.pdf` }])
  expect(said).toMatch(/很长很.*….*\.pdf/)
  expect([...said].length).toBeLessThan(90)
})
