// Without a network: what one has read is there when the app is opened, can be searched and answered, and what was missed comes back.
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** What is on this browser's disk of the rooms: how far each reaches. */
const copied = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(
    () =>
      new Promise<Record<string, number>>((resolve, reject) => {
        const opening = indexedDB.open('brook-cache')
        opening.onerror = reject
        opening.onsuccess = () => {
          const database = opening.result
          if (!database.objectStoreNames.contains('rooms')) {
            database.close()
            return resolve({})
          }
          const all = database.transaction('rooms').objectStore('rooms').getAll()
          all.onsuccess = () => {
            database.close()
            const rooms = all.result as { room: string; stretch?: { upTo: number } }[]
            resolve(Object.fromEntries(rooms.map(({ room, stretch }) => [room, stretch?.upTo ?? 0])))
          }
        }
      }),
  )

/** The app and everything up to number `seq` of the room are on this browser's disk. */
async function has({ page }: Visitor, room: string, seq: number): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await until(
    () =>
      page.evaluate(async () => {
        const names = (await caches.keys()).filter((name) => name.startsWith('brook-build-'))
        const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
        return all.flat().map(({ url }) => new URL(url).pathname)
      }),
    (paths) => paths.includes('/') && paths.some((path) => /app-shell-.*js$/.test(path)),
  )
  await until(
    () => copied(page),
    (rooms) => (rooms[room] ?? 0) >= seq,
  )
}

const roomOf = ({ page }: Visitor): string => /rooms\/(\d+)/.exec(page.url())?.[1] ?? ''

test('the last room and the list of rooms are there when the app is opened without a network', async () => {
  const ann = await story().enters('Ann')
  await ann.makes('garden')
  await ann.says('The roses are out')
  await ann.stands('The roses are out', 'archived')
  const room = roomOf(ann)
  await has(ann, room, 2)
  await ann.goesOffline()
  await ann.page.goto('/')
  await ann.sees('The roses are out')
  await ann.isTold(en.link.offline)
  expect(await ann.rooms.getByRole('link', { name: /garden/ }).count()).toBe(1)
})
