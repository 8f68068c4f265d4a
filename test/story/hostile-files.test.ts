// Files that mean harm, in a real browser under the product's own policy: opened by their address, and put into a page in every way
// a page can be made of something. None of them runs, and none of them makes the browser fetch anything else.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { hostileFiles } from '../support/hostile-files/corpus.ts'
import type { Person } from '../support/person.ts'
import { begins, sends } from '../support/uploads.ts'

const story = tellStory()
const corpus = await hostileFiles()

/** The ids of what was not refused, by what it is: sent in a room, ten a message. */
async function sent(eve: Person): Promise<Map<string, string>> {
  const ids = new Map<string, string>()
  for (const { what, name, bytes } of corpus) {
    const path = (await begins(eve, bytes.length, { name })).headers.get('location')
    if (path === null) continue
    const { status } = await sends(eve, path, 0, new Uint8Array(bytes))
    if (status === 204) ids.set(what, path.split('/').at(-1) ?? '')
  }
  const all = [...ids.values()]
  for (let at = 0; at < all.length; at += 10)
    expect(
      await eve.tries('POST', `/api/rooms/${eve.room}/messages`, {
        cid: newCid(),
        text: '',
        files: all.slice(at, at + 10),
      }),
    ).toBe(201)
  return ids
}

/** What happened in a page that must not: requests for something else, dialogs, programs that ran. */
class Harm {
  readonly seen: string[] = []
  #wanted: string[] = []

  constructor(page: Page) {
    page.on('dialog', (dialog) => {
      this.seen.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    page.on('request', (request) => {
      const { pathname, host, protocol } = new URL(request.url())
      const isOurs = new URL(page.url() === 'about:blank' ? request.url() : page.url()).host === host
      if (protocol === 'blob:' || protocol === 'data:') return
      if (!isOurs || !this.#wanted.includes(pathname)) this.seen.push(request.url())
    })
    page.on('popup', (popup) => this.seen.push(`a window: ${popup.url()}`))
    page.on('worker', (worker) => this.seen.push(`a worker: ${worker.url()}`))
  }

  /** From here on the page may ask for these. */
  expects(...paths: string[]): void {
    this.#wanted = paths
  }
}

test('none of them runs when it is opened by its address', async () => {
  const eve = await story().joins('Eve')
  await eve.makes('files')
  const ids = await sent(eve)
  expect(ids.size).toBeGreaterThan(100)
  const reader = await story().opens('Eve', { cookie: eve.cookie })
  reader.expects(/.*/)
  const page = await reader.context.newPage()
  const harm = new Harm(page)
  for (const [what, id] of ids) {
    const path = `/api/files/${id}/content`
    // A browser asks for the icon of what it opens.
    harm.expects(path, '/favicon.ico')
    const download = page.waitForEvent('download', { timeout: 500 }).catch(() => undefined)
    await page.goto(path).catch((error: Error) => {
      // It is saved, not opened; or the browser finds no way to show it.
      expect(error.message, what).toMatch(/Download is starting|ERR_ABORTED/)
    })
    void download.then((saved) => saved?.cancel())
    await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 0)))
    expect([what, await page.evaluate(() => 'wasHit' in window)]).toEqual([what, false])
    expect([what, harm.seen.splice(0)]).toEqual([what, []])
    await page.goto('about:blank')
  }
})

/** In the page: every element that takes an address, the style sheet, the worker, the import. Resolves once all have settled. */
const embed = (path: string): Promise<string[]> => {
  const ran: string[] = []
  const settled = (name: string, make: () => HTMLElement): Promise<void> =>
    new Promise((resolve) => {
      const element = make()
      const done = (): void => resolve()
      element.addEventListener('load', () => {
        if (name === 'script' || name === 'module' || name === 'style') ran.push(name)
        done()
      })
      for (const event of ['error', 'loadeddata', 'securitypolicyviolation'])
        element.addEventListener(event, done)
      document.body.append(element)
      setTimeout(done, 400)
    })
  const made = (name: string, facts: Record<string, string>): HTMLElement => {
    const element = document.createElement(name)
    for (const [key, value] of Object.entries(facts)) element.setAttribute(key, value)
    return element
  }
  const import_ = import(/* @vite-ignore */ path).then(
    () => ran.push('import'),
    () => 0,
  )
  const worker = new Promise<void>((resolve) => {
    try {
      const one = new Worker(path)
      one.addEventListener('error', () => resolve())
      one.addEventListener('message', () => ran.push('worker'))
      setTimeout(resolve, 300)
    } catch {
      resolve()
    }
  })
  const serviceWorker = navigator.serviceWorker?.register(path).then(
    () => ran.push('service worker'),
    () => 0,
  )
  return Promise.all([
    settled('img', () => made('img', { src: path })),
    settled('video', () => made('video', { src: path })),
    settled('audio', () => made('audio', { src: path })),
    settled('iframe', () => made('iframe', { src: path })),
    settled('object', () => made('object', { data: path })),
    settled('embed', () => made('embed', { src: path })),
    settled('script', () => made('script', { src: path })),
    settled('module', () => made('script', { src: path, type: 'module' })),
    settled('style', () => made('link', { href: path, rel: 'stylesheet' })),
    settled('manifest', () => made('link', { href: path, rel: 'manifest' })),
    import_,
    worker,
    serviceWorker,
  ]).then(() => ran)
}

test('none of them runs when a page is made of it', async () => {
  const eve = await story().joins('Eve again')
  await eve.makes('more files')
  const ids = await sent(eve)
  const reader: Visitor = await story().opens('Eve again', { cookie: eve.cookie })
  reader.expects(/.*/)
  await reader.isIn()
  const { page } = reader
  const harm = new Harm(page)
  for (const [what, id] of ids) {
    const path = `/api/files/${id}/content`
    harm.expects(path)
    // `a program for browsers`: of all of it, a type that is none keeps it from running.
    expect([what, await page.evaluate(embed, path)]).toEqual([what, []])
    expect([what, await page.evaluate(() => 'wasHit' in window)]).toEqual([what, false])
    expect([what, harm.seen.splice(0)]).toEqual([what, []])
  }
})
