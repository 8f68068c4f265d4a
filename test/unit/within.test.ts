// A time limit for what may also be ended from outside.
import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { within } from '../../server/within.ts'

const reasonOf = (signal: AbortSignal): Promise<unknown> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(signal.reason), { once: true }))

test('it ends in time, and says that this was why', async () => {
  expect(await within(1, new AbortController().signal, reasonOf)).toMatchObject({ name: 'TimeoutError' })
})

test('it ends when it is ended from outside, for that reason, and before it begins', async () => {
  const outer = new AbortController()
  const ended = within(60_000, outer.signal, reasonOf)
  outer.abort('enough')
  expect(await ended).toBe('enough')
  expect(await within(60_000, outer.signal, async (ends) => ends.reason as unknown)).toBe('enough')
})

test('what it answers or throws is that of the work, and nothing is left behind', async () => {
  const outer = new AbortController()
  expect(await within(60_000, outer.signal, async () => 7)).toBe(7)
  await expect(within(60_000, outer.signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(getEventListeners(outer.signal, 'abort')).toEqual([])
})
