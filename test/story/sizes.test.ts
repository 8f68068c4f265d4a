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

test('the ways to sign in stay where they are while one tries them', async () => {
  for (const device of [{ width: 1440, height: 900 }, { phone: true }]) {
    const dia = await story().opens('Dia', device)
    const tabs = dia.page.getByRole('tablist')
    const places = new Set<number | undefined>()
    for (const way of ['guest', 'signIn', 'signUp'] as const) {
      await dia.page.getByRole('tab', { name: en.entry[way] }).click()
      await dia.page.getByRole('heading', { level: 1 }).waitFor()
      places.add((await tabs.boundingBox())?.y)
    }
    expect(places.size).toBe(1)
  }
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
