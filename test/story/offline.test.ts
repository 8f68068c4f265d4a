// Without a network: what one has read is there when the app is opened, can be searched and answered, and what was missed comes back.
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory({ worker: true })

interface OnDisk {
  /** The rooms of which messages are here. */
  rooms: { room: string; stretch?: { upTo: number } }[]
  /** The list of rooms. */
  list: { id: string; joined: boolean }[]
}

/** What is on this browser's disk. */
const onDisk = (page: Page): Promise<OnDisk> =>
  page.evaluate(
    () =>
      new Promise<OnDisk>((resolve, reject) => {
        const opening = indexedDB.open('brook-cache')
        opening.onerror = reject
        opening.onsuccess = () => {
          const database = opening.result
          const answer = (found: OnDisk) => {
            database.close()
            resolve(found)
          }
          if (!database.objectStoreNames.contains('rooms')) return answer({ rooms: [], list: [] })
          const reading = database.transaction(['rooms', 'facts'])
          const rooms = reading.objectStore('rooms').getAll()
          const list = reading.objectStore('facts').get('rooms')
          reading.oncomplete = () => answer({ rooms: rooms.result, list: list.result?.rooms ?? [] })
        }
      }),
  )

/** How far each room reaches on this browser's disk. */
async function copied(page: Page): Promise<Record<string, number>> {
  const { rooms } = await onDisk(page)
  return Object.fromEntries(rooms.map(({ room, stretch }) => [room, stretch?.upTo ?? 0]))
}

/** The app, and the room as one's own with everything up to number `seq`, are on this browser's disk. */
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
    () => onDisk(page),
    ({ rooms, list }) =>
      rooms.some(({ room: id, stretch }) => id === room && (stretch?.upTo ?? 0) >= seq) &&
      list.some(({ id, joined }) => id === room && joined),
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
  await ann.page.getByRole('complementary', { name: en.people.title }).getByText('Ann').first().waitFor()
})

test('one reads, searches in two languages, writes, changes and reacts without a network, and all of it is there once', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('harbour')
  const cid = await story().enters('Cid')
  await cid.joins('harbour')
  await cid.says('The ferry leaves at nine')
  await cid.says('我们明天下午开会讨论预算')
  await bob.says('My old words')
  await bob.stands('My old words', 'archived')
  await bob.sees('预算')
  const room = roomOf(bob)
  await has(bob, room, 5)
  await bob.goesOffline()
  await bob.page.goto('/search')
  for (const [words, found] of [
    ['ferry', 'The ferry leaves'],
    ['预算', '我们明天下午开会'],
  ] as const) {
    await bob.page.getByRole('combobox', { name: en.search.label }).fill(words)
    await bob.page.getByRole('listitem').filter({ hasText: found }).first().waitFor()
  }
  await bob.page.goto(`/rooms/${room}`)
  await bob.sees('The ferry leaves')
  await bob.says('written offline, first')
  await bob.says('written offline, second')
  await bob.acts('My old words', en.room.edit)
  await bob.composer.fill('My new words')
  await bob.composer.press('Control+Enter')
  // The picker's list of all emoji is not on this device.
  bob.expects(/ERR_FAILED/)
  await bob.reacts('The ferry leaves', '👍')
  for (const n of [1, 2, 3]) await cid.says(`meanwhile ${n}`)
  await bob.page.close()
  const next = await bob.context.newPage()
  await next.goto(`/rooms/${room}`)
  const list = next.locator('#messages')
  await list.getByText('written offline, second').waitFor()
  await list.getByText('My new words').waitFor()
  expect(await list.getByText('meanwhile 1').count()).toBe(0)
  await bob.comesBack()
  await list.getByText('meanwhile 3').waitFor()
  for (const who of [list, cid.list]) {
    await until(
      () => who.locator('article .whitespace-pre-wrap').allTextContents(),
      (said) =>
        said
          .slice(-7)
          .join()
          .replace(/\([^)]*\)/, '') ===
        [
          '我们明天下午开会讨论预算',
          'My new words',
          ...[1, 2, 3].map((n) => `meanwhile ${n}`),
          ...['first', 'second'].map((n) => `written offline, ${n}`),
        ].join(),
    )
    await who.getByRole('article').filter({ hasText: 'The ferry leaves' }).getByText('👍').first().waitFor()
  }
  await next.close()
})

test('whoever signs in next in the same browser reads nothing of it, and what was not sent is not lost', async () => {
  const dia = await story().enters('Dia')
  // What was under way when she signed out.
  dia.expects(/401/)
  await dia.makes('diary', { isPrivate: true })
  await dia.says('Nobody else reads this')
  await dia.stands('Nobody else reads this', 'archived')
  await has(dia, roomOf(dia), 2)
  await dia.chooses(en.own.signOut)
  await dia.presses(en.own.signOutAnyway)
  await dia.nameField.waitFor()
  await until(
    () => copied(dia.page),
    (rooms) => Object.keys(rooms).length === 0,
  )
  const kept = () =>
    dia.page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          const opening = indexedDB.open('brook-cache')
          opening.onsuccess = () => {
            const names = [...opening.result.objectStoreNames]
            const reading = opening.result.transaction(names)
            void Promise.all(
              names.map(
                (name) =>
                  new Promise((done) => {
                    const all = reading.objectStore(name).getAll()
                    all.onsuccess = () => done(all.result)
                  }),
              ),
            ).then((all) => resolve(JSON.stringify([all, { ...localStorage }])))
          }
        }),
    )
  expect(await kept()).not.toContain('Nobody else reads this')
  await dia.nameField.fill('Eve')
  await dia.presses(en.entry.enter)
  await dia.page.getByText('Eve', { exact: true }).first().waitFor()
  // The room that everybody is in.
  await dia.page.goto('/rooms/1')
  await dia.composer.waitFor()
  await until(
    () => copied(dia.page),
    (rooms) => Object.values(rooms).some((n) => n > 0),
  )
  await dia.goesOffline()
  await dia.page.reload()
  await dia.isTold(en.link.offline)
  expect(await kept()).not.toContain('diary')
})

test('of a room that one was removed from while offline, nothing stays, and unsent words are told', async () => {
  const gus = await story().enters('Gus')
  await gus.makes('cellar')
  const hal = await story().enters('Hal')
  await hal.joins('cellar')
  await hal.says('I live here')
  await gus.sees('I live here')
  const room = roomOf(hal)
  await has(hal, room, 3)
  await hal.goesOffline()
  await hal.page.reload()
  await hal.sees('I live here')
  await hal.says('Is it cold down there?')
  const gone = await gus.page.request.delete(`/api/rooms/${room}/members/${await idOf(gus, room, 'Hal')}`)
  expect(gone.ok()).toBe(true)
  await hal.comesBack()
  await hal.dialog.getByText('Is it cold down there?').waitFor()
  await hal.dialog.getByRole('button', { name: en.offline.discard }).click()
  await until(
    () => copied(hal.page),
    (rooms) => (rooms[room] ?? 0) === 0,
  )
  await until(async () => (await hal.rooms.getByRole('link', { name: /cellar/ }).count()) === 0)
})

async function idOf({ page }: Visitor, room: string, name: string): Promise<string> {
  const answer = await page.request.get(`/api/rooms/${room}/members`)
  const { members } = (await answer.json()) as { members: { id: string; name: string }[] }
  return members.find((one) => one.name === name)?.id ?? ''
}
