// The app that is kept in the browser: it opens without a network, is renewed without losing anything, mends itself, and takes what
// other apps share.
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { en } from '../../web/words/en.ts'
import { strip } from '../support/browser-files.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { ChangedBuild } from '../support/changed-build.ts'
import { until } from '../support/until.ts'

const story = tellStory({ worker: true })

/** What this browser keeps of a build: paths. */
const keptOf = (page: Page, build: string): Promise<string[]> =>
  page.evaluate(async (name) => {
    if (!(await caches.has(name))) return []
    return (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname)
  }, `brook-build-${build}`)

const buildOf = (page: Page): Promise<string> =>
  page.locator('meta[name=brook-build]').evaluate((meta) => (meta as HTMLMetaElement).content)

/** Waits until the worker answers this page. The page of a build is kept last. */
async function isKept({ page }: Visitor): Promise<void> {
  await page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  const build = await buildOf(page)
  await until(
    () => keptOf(page, build),
    (paths) => paths.includes('/'),
  )
}

/** The browser asks whether there is another worker, as it does by itself once in a while. */
const looksForUpdate = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    await (await navigator.serviceWorker.getRegistration())?.update()
  })

/** One for each tab. */
const pages = [
  '/',
  '/inbox',
  '/rooms/7/12',
  '/search',
  '/rooms/7',
  '/saved',
  '/later',
  '/files',
  '/new',
  '/account',
]

test('without a network and a server the app opens in every tab, for whoever was there last', async () => {
  const ann = await story().enters('Ann')
  await isKept(ann)
  await ann.goesOffline()
  ann.expects(/Failed to load resource/)
  const { returns } = await story().serverGoes()
  const tabs: Page[] = []
  try {
    for (const path of pages) {
      const tab = await ann.context.newPage()
      await tab.goto(path)
      await tab.getByRole('button', { name: en.own.menu }).waitFor()
      tabs.push(tab)
    }
  } finally {
    await ann.comesBack()
    await returns()
  }
  expect(tabs).toHaveLength(10)
  await Promise.all(tabs.map((tab) => tab.close()))
  await ann.page.reload()
  await ann.isIn()
})

test('a new build takes over while somebody writes, and nothing is lost', async () => {
  const before = await ChangedBuild.before(story().address)
  const bob = await story().opens('Bob', {}, before.address)
  await bob.entersAsGuest()
  await bob.makes('garden')
  await isKept(bob)
  await bob.composer.fill('half a sentence')
  await bob.page.evaluate(() => Object.assign(globalThis, { isSamePage: true }))
  before.build = 'another-build-16'
  await looksForUpdate(bob.page)
  await bob.page.getByText(en.version.old).waitFor()
  // The page goes on as it is, with parts of its own build.
  await bob.page.getByRole('link', { name: en.saved.title }).click()
  await bob.page.getByRole('heading', { name: en.saved.title, exact: true }).waitFor()
  await bob.goesTo('garden')
  expect(await bob.composer.inputValue()).toBe('half a sentence')
  expect(await bob.page.evaluate(() => 'isSamePage' in globalThis)).toBe(true)
  await bob.composer.fill('said without a network')
  await bob.goesOffline()
  bob.expects(/Failed to load resource/)
  await bob.composer.press('Control+Enter')
  await bob.composer.fill('the other half')
  await bob.presses(en.version.reload)
  await until(
    () => buildOf(bob.page).catch(() => ''),
    (build) => build === before.build,
  )
  await bob.comesBack()
  await bob.page.reload()
  await bob.isIn()
  await bob.stands('said without a network', 'archived')
  expect(await bob.composer.inputValue()).toBe('the other half')
  expect(await bob.message('said without a network').count()).toBe(1)
  await bob.leaves()
  await before.gone()
})

test('half a build changes nothing, and what is missing is fetched again', async () => {
  const before = await ChangedBuild.before(story().address)
  const cid = await story().opens('Cid', {}, before.address)
  await cid.entersAsGuest()
  await isKept(cid)
  const whole = await keptOf(cid.page, before.own)
  before.build = 'half-a-build--16'
  before.isHalf = true
  cid.expects(/Failed to find a valid digest|Failed to load resource/)
  const fate = await cid.page.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration()
    const ended = new Promise<string>((resolve) =>
      registration?.addEventListener('updatefound', () => {
        const coming = registration.installing
        coming?.addEventListener('statechange', () => resolve(coming.state))
      }),
    )
    await registration?.update().catch(() => undefined)
    return ended
  })
  expect(fate).toBe('redundant')
  await cid.page.reload()
  await cid.isIn()
  expect(await buildOf(cid.page), 'the one before is still there').toBe(before.own)
  before.build = undefined
  before.isHalf = false
  for (const lost of ['/', whole.find((path) => path.includes('app-shell')) ?? '']) {
    await cid.page.evaluate(
      async ([name, path]) => (await caches.open(name ?? '')).delete(path ?? ''),
      [`brook-build-${before.own}`, lost],
    )
    expect(await keptOf(cid.page, before.own)).not.toContain(lost)
    await cid.page.reload()
    await cid.isIn()
    await until(
      () => keptOf(cid.page, before.own),
      (paths) => paths.includes(lost),
    )
  }
  await cid.leaves()
  await before.gone()
})

/** What the system does with what another app shares. */
const shares = (page: Page, { text, file }: { text: string; file: string }): Promise<void> =>
  page.evaluate(
    ([words = '', name = '']) => {
      const form = Object.assign(document.createElement('form'), {
        action: '/share',
        method: 'post',
        enctype: 'multipart/form-data',
      })
      const field = Object.assign(document.createElement('input'), { name: 'text', value: words })
      const files = Object.assign(document.createElement('input'), { name: 'files', type: 'file' })
      const data = new DataTransfer()
      data.items.add(new File(['a picnic'], name, { type: 'text/plain' }))
      files.files = data.files
      form.append(field, files)
      document.body.append(form)
      form.submit()
    },
    [text, file],
  )

test('what another app shares goes into the composer of a room, and not further', async () => {
  const dia = await story().enters('Dia')
  await dia.makes('orchard')
  await dia.composer.fill('Look:')
  await isKept(dia)
  await shares(dia.page, { text: 'https://example.org/', file: 'plan für 周末.txt' })
  await dia.page.waitForURL(/\/shared\/[\w-]{36}$/)
  const address = dia.page.url()
  await dia.page.getByText('plan für 周末.txt').waitFor()
  await dia.page.getByRole('radio', { name: 'orchard' }).check()
  await dia.presses(en.shared.go)
  await dia.isInRoom('orchard')
  expect(await dia.composer.inputValue()).toBe('Look:\nhttps://example.org/')
  await strip(dia).getByText('plan für 周末.txt').waitFor()
  expect(await dia.list.getByRole('article').filter({ hasText: 'example.org' }).count()).toBe(0)
  await dia.page.goto(address)
  await dia.page.getByText(en.shared.gone).waitFor()
})

test('that Brook can be installed is said once, on the third day, and in the settings afterwards', async () => {
  const eve = await story().opens('Eve')
  await eve.page.addInitScript(() => {
    const key = 'brook.installHint'
    if (localStorage.getItem(key) === null)
      localStorage.setItem(key, JSON.stringify({ days: ['2020-01-01', '2020-01-02'] }))
    const asked = Object.assign(new Event('beforeinstallprompt'), {
      prompt: () => Promise.resolve({ outcome: 'dismissed' }),
    })
    addEventListener('load', () => dispatchEvent(asked))
  })
  await eve.page.reload()
  await eve.entersAsGuest()
  await eve.page.getByRole('region', { name: en.installed.hint }).waitFor()
  await eve.presses(en.installed.notNow)
  await eve.page.reload()
  await eve.isIn()
  expect(await eve.page.getByRole('region', { name: en.installed.hint }).count()).toBe(0)
  await eve.page.goto('/account')
  await eve.page.getByRole('heading', { name: en.installed.title }).waitFor()
  await eve.page.getByRole('button', { name: en.installed.install }).waitFor()
})

test('the system opens the app at a new message, and at a link of its own', async () => {
  const fay = await story().enters('Fay')
  await fay.page.goto('/new')
  await fay.dialog.getByText(en.directs.new).first().waitFor()
  await fay.page.goto(`/open?link=${encodeURIComponent('web+brook:/saved')}`)
  await fay.page.getByRole('heading', { name: en.saved.title, exact: true }).waitFor()
  await fay.page.goto(`/open?link=${encodeURIComponent('web+brook://other.example.org/saved')}`)
  await fay.page
    .getByText(/other\.example\.org/)
    .first()
    .waitFor()
})
