// Unread counts under random use, against a plain model. `node test/story/unread.mjs` plays more of it.
import { expect, test } from 'vitest'
import { tellStory } from '../support/browser.ts'
import { UnreadTown } from './unread-town.ts'

const story = tellStory()

test('whatever happens in twelve rooms, every screen and the server count what a plain model counts', async () => {
  const town = await UnreadTown.open(story())
  await town.plays(Array.from({ length: 12 }, (_, index) => index + 1))
  expect(town.counts.comparisons).toBeGreaterThan(4)
})
