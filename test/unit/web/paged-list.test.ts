// A page of a live list: how often it asks the server.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'
import type { FeedEvent } from '../../../web/wire/feed-events.ts'
import type { LinkState } from '../../../web/wire/link-state.ts'
import { usePagedList } from '../../../web/wire/paged-list.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const welcome = { type: 'welcome' } as FeedEvent

/** A list that is opened while the connection is in this state. */
function open(state: LinkState) {
  const listeners = new Set<(event: FeedEvent) => void>()
  const feed = {
    listen: (listener: (event: FeedEvent) => void) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  let asked = 0
  const ask = async () => {
    asked += 1
    return { items: ['one'], next: null }
  }
  const scope = effectScope()
  const list = scope.run(() =>
    usePagedList<string>({ link: { feed, state }, ask, keyOf: (item) => item, apply: () => undefined }),
  )
  return {
    tell: (event: FeedEvent) => listeners.forEach((listener) => listener(event)),
    asked: () => asked,
    status: () => list?.status.value,
  }
}

test('while the connection is coming, one request is made with it', async () => {
  const { tell, asked, status } = open('connecting')
  expect(asked()).toBe(0)
  tell(welcome)
  await vi.advanceTimersByTimeAsync(10_000)
  expect([asked(), status()]).toEqual([1, 'ready'])
})

test.each(['live', 'offline'] as const)('%s: it is asked for at once', async (state) => {
  const { asked, status } = open(state)
  await vi.advanceTimersByTimeAsync(0)
  expect([asked(), status()]).toEqual([1, 'ready'])
})

test('a connection that stays away is not waited for', async () => {
  const { asked } = open('connecting')
  await vi.advanceTimersByTimeAsync(5_000)
  expect(asked()).toBe(1)
})
