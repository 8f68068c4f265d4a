// What has to come before one can begin: how much, in how many goes, and nothing that only the inside wants.
import type { Route } from 'playwright-core'
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** 0.3 s of fast 3G (1.6 Mbit/s), which leaves a second enough for two round trips of 150 ms and a slow phone's work. */
const entryBytes = 60_000

/** The page that a browser with these headers is given, and the files it names. */
async function pageFor(headers: Record<string, string>) {
  const page = await fetch(story().address, { headers })
  const text = await page.text()
  const named = [...text.matchAll(/(?:src|href)="(\/(?:assets\/|theme)[^"]+)"/g)].map(([, file = '']) => file)
  return { text, named, link: page.headers.get('link'), vary: page.headers.get('vary') }
}

/** What goes over the wire: fetch unpacks a body, but its length is told as it was sent. */
async function sent(file: string): Promise<number> {
  const answer = await fetch(story().address + file, { headers: { 'accept-encoding': 'br' } })
  await answer.arrayBuffer()
  return Number(answer.headers.get('content-length'))
}

test('the entry waits for 60 KB at most, all of it named by the page itself', async () => {
  const { named, link } = await pageFor({})
  expect(named.map((file) => file.replace(/-[\w-]+\./, '.'))).toEqual([
    '/theme.js',
    '/assets/index.js',
    '/assets/style.css',
  ])
  const bytes = await Promise.all(named.map(sent))
  expect(Math.min(...bytes), 'each of them was measured').toBeGreaterThan(0)
  expect(bytes.reduce((sum, one) => sum + one)).toBeLessThan(entryBytes)
  expect(link, 'the inside is nothing to a stranger').toBeNull()
})

test('the inside is asked for while one types a name, and the entry does not wait for it', async () => {
  const ann = await story().opens('Ann')
  // What the first page asked for has come, so all that is held is of the second.
  await ann.page.waitForFunction(() =>
    performance.getEntriesByType('resource').some(({ name }) => /inside-.*js/.test(name)),
  )
  const held: Route[] = []
  await ann.context.route('**/assets/inside-*.js', (route) => void held.push(route))
  await ann.page.reload()
  await ann.nameField.fill('Ann')
  await until(() => held.length)
  for (const route of held) await route.continue()
  await ann.presses(en.entry.enter)
  await ann.isIn()
  expect(held).toHaveLength(1)
})

test('who is in is told the inside with the page, and it is what the page then uses', async () => {
  const bob = await story().enters('Bob')
  const cookies = await bob.context.cookies()
  const { link, vary } = await pageFor({
    cookie: cookies.map(({ name, value }) => `${name}=${value}`).join(),
  })
  const told = [...(link ?? '').matchAll(/<([^>]+)>/g)].map(([, file = '']) => file)
  expect(told.join()).toMatch(/index-.*inside-/)
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
