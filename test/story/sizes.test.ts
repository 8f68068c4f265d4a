// Very wide and very small screens: what belongs together stands together, and everything can be reached.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'

const story = tellStory()

test('on a very wide screen the tools of a message are beside its words, and so is the composer', async () => {
  const ann = await story().enters('Ann', { width: 2200, height: 1200 })
  await ann.makes('wide')
  await ann.says('a few words')
  await ann.message('a few words').focus()
  const article = await ann.message('a few words').boundingBox()
  const bar = await ann.message('a few words').getByRole('toolbar').boundingBox()
  const form = await ann.page.locator('main form').boundingBox()
  const end = (box: { x: number; width: number } | null) => (box?.x ?? 0) + (box?.width ?? Infinity)
  expect(end(bar) - (article?.x ?? 0)).toBeLessThan(950)
  expect(end(form) - (article?.x ?? 0)).toBeLessThan(970)
})

test('at 400 % an empty room is scrolled to its button', async () => {
  const bob = await story().enters('Bob', { width: 320, height: 256 })
  const cid = await story().joins('Cid')
  const room = await cid.makes('a-room-with-a-long-name-for-a-small-screen')
  await bob.page.goto(new URL(`/rooms/${room.id}`, bob.page.url()).href)
  await bob.presses(en.room.joinRoom)
  await bob.presses(en.room.hello)
  await bob.sees(en.room.helloText)
  expect(await bob.overflow()).toBe(0)
})
