// What must be loaded before a person can begin: how much, in how many requests, and nothing that only the app shell
// needs.
import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/**
 * 0.3 s of fast 3G (1.6 Mbit/s), which leaves enough of a second for two round trips of 150 ms and a slow phone's work.
 */
const entryBytes = 60_000

/** The page for a browser with these headers, and the files it names. */
async function pageFor(headers: Record<string, string>) {
  const page = await fetch(story().address, { headers })
  const text = await page.text()
  const named = [...text.matchAll(/(?:src|href)="(\/(?:assets\/|theme)[^"]+)"/g)].map(([, file = '']) => file)
  return { text, named, link: page.headers.get('link'), vary: page.headers.get('vary') }
}

/** The size on the wire: fetch unpacks a body, but its length is reported as it was sent. */
async function sent(file: string): Promise<number> {
  const answer = await fetch(story().address + file, { headers: { 'accept-encoding': 'br' } })
  await answer.arrayBuffer()
  return Number(answer.headers.get('content-length'))
}

test('the sign-in page waits for 60 KB at most, all of it named by the page itself', async () => {
  const { named, link } = await pageFor({})
  expect(named.map((file) => file.replace(/-[\w-]+\./, '.'))).toEqual([
    '/theme.js',
    '/assets/index.js',
    '/assets/style.css',
  ])
  const bytes = await Promise.all(named.map(sent))
  expect(Math.min(...bytes), 'each of them was measured').toBeGreaterThan(0)
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(entryBytes)
  expect(link, 'the inside is nothing to a stranger').toBe('')
})

test('the app shell is requested while a name is typed, and the sign-in page does not wait for it', async () => {
  const ann = await story().opens('Ann')
  // The requests of the first page are complete, so everything held back belongs to the second.
  await ann.page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /app-shell-.*js/.test(name)),
  )
  const held: Route[] = []
  await ann.context.route('**/assets/app-shell-*.js', (route) => void held.push(route))
  await ann.page.reload()
  await ann.nameField.fill('Ann')
  await until(() => held.length)
  for (const route of held) await route.continue()
  await ann.presses(en.entry.enter)
  await ann.isIn()
  expect(held).toHaveLength(1)
})

test('for a signed-in person the page names the app shell, and then uses exactly that', async () => {
  const bob = await story().enters('Bob')
  const cookies = await bob.context.cookies()
  const { link, vary } = await pageFor({
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join(),
  })
  const told = [...(link ?? '').matchAll(/<([^>]+)>/g)].map(([, file = '']) => file)
  expect(told.join()).toMatch(/index-.*app-shell-/)
  expect(vary, 'a cache keeps the two apart').toMatch(/cookie/)
  await bob.page.reload()
  await bob.isIn()
  const twice = await bob.page.evaluate(
    (told) => told.filter((file) => performance.getEntriesByName(location.origin + file).length !== 1),
    told.filter((file) => file.endsWith('.js')),
  )
  expect(twice).toEqual([])
  await bob.page.getByText(en.rooms.yours).first().waitFor()
})
