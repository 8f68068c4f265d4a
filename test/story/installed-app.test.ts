// The app that is kept in the browser: it opens without a network, is renewed without losing anything, and mends itself.
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** What this browser keeps of the build: paths. */
const kept = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const names = (await caches.keys()).filter((name) => name.startsWith('brook-build-'))
    const all = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
    return all.flat().map(({ url }) => new URL(url).pathname)
  })

/** Waits until the worker answers this page, and keeps its parts. */
async function isKept({ page }: Visitor): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  await until(
    () => kept(page),
    (paths) => paths.includes('/') && paths.some((path) => /app-shell-.*js$/.test(path)),
  )
}

test('without a network and a server the app opens, and says what is wrong', async () => {
  const ann = await story().enters('Ann')
  await isKept(ann)
  await ann.goesOffline()
  ann.expects(/Failed to load resource/)
  const { returns } = await story().serverGoes()
  const next = await ann.context.newPage()
  await next.goto('/inbox')
  await next.getByText(en.unreachable.title).waitFor()
  await next.close()
  await ann.comesBack()
  await returns()
  await ann.page.reload()
  await ann.isIn()
  expect(await kept(ann.page)).toContain('/')
})
