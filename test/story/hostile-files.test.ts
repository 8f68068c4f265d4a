// Files that mean harm, in a real browser under the product's own policy: opened by their address, and put into a page in every way
// a page can be made of something. None of them runs, and none of them makes the browser fetch anything else. What only takes memory or
// time when it is read has nothing in it that could run: the server's own tests have it.
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { tellStory } from '../support/browser.ts'
import { oddlyNamed, programs, type HostileFile } from '../support/hostile-files/corpus.ts'
import { script } from '../support/hostile-files/parts.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { begins, sends } from '../support/uploads.ts'

const story = tellStory({ worker: true })
const mayRun = await programs()

/** Pages that are open at once. */
const atOnce = 3
/** Under all else that the machine does. */
const patienceMs = 480_000

/** By what it is: where it is. */
type Sent = readonly (readonly [what: string, path: string])[]

/** What was not refused, sent in a room, ten a message. */
async function sent(room: string, corpus: readonly HostileFile[]): Promise<{ eve: Person; files: Sent }> {
  const eve = await story().joins(`Eve of ${room}`)
  await eve.makes(room)
  const kept: [what: string, id: string][] = []
  for (const { what, name, bytes } of corpus) {
    const path = (await begins(eve, bytes.length, { name })).headers.get('location')
    if (path === null) continue
    const { status } = await sends(eve, path, 0, new Uint8Array(bytes))
    if (status === 204) kept.push([what, path.split('/').at(-1) ?? ''])
  }
  for (let at = 0; at < kept.length; at += 10) {
    const files = kept.slice(at, at + 10).map(([, id]) => id)
    const message = { cid: newCid(), text: '', files }
    expect(await eve.tries('POST', `/api/rooms/${eve.room}/messages`, message)).toBe(201)
  }
  expect(kept.length).toBeGreaterThan(corpus.length / 2)
  return { eve, files: kept.map(([what, id]) => [what, `/api/files/${id}/content`]) }
}

/** Each of them in one of a few pages. */
async function each(
  pages: readonly Page[],
  files: Sent,
  look: (page: Page, file: Sent[number], harm: Harm) => Promise<void>,
): Promise<void> {
  const rest = [...files]
  await Promise.all(
    pages.map(async (page) => {
      const harm = new Harm(page)
      for (let file = rest.shift(); file !== undefined; file = rest.shift()) await look(page, file, harm)
      // What the last one does late is seen too.
      await look(page, ['the icon', '/favicon.ico'], harm)
    }),
  )
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
    page.on('download', (download) => void download.cancel())
  }

  /** From here on the page may ask for these. */
  expects(...paths: string[]): void {
    this.#wanted = paths
  }

  /** What was seen since. */
  taken(): string[] {
    return this.seen.splice(0)
  }
}

test(
  'none of them runs when it is opened by its address',
  async () => {
    const { eve, files } = await sent('addresses', [...mayRun, ...oddlyNamed])
    const reader = await story().opens(eve.user.name, { cookie: eve.cookie })
    reader.expects(/.*/)
    const pages = await Promise.all(Array.from({ length: atOnce }, () => reader.context.newPage()))
    await each(pages, files, async (page, [what, path], harm) => {
      // A browser asks for the icon of what it opens.
      harm.expects(path, '/favicon.ico')
      await page.goto(path).catch((error: Error) => {
        // It is saved, not opened.
        expect(error.message, what).toMatch(/Download is starting|ERR_ABORTED/)
      })
      // Trap: nothing can be asked in there, because nothing runs; what was wanted is seen from outside.
      await page.goto('about:blank')
      expect([what, harm.taken()]).toEqual([what, []])
    })
    // If something ran, it would be noticed.
    const [page] = pages
    if (page === undefined) return
    const harm = new Harm(page)
    await page.setContent(`<base href="${story().address}">${script}`)
    expect(await page.evaluate(() => 'wasHit' in window)).toBe(true)
    await until(() => harm.seen.length > 0)
  },
  patienceMs,
)

test(
  'none of them runs when a page is made of it',
  async () => {
    const { eve, files } = await sent('pages', mayRun)
    const reader = await story().opens(eve.user.name, { cookie: eve.cookie })
    reader.expects(/.*/)
    await reader.isIn()
    const pages = await Promise.all(Array.from({ length: atOnce }, () => reader.context.newPage()))
    // A page of ours, with our policy, which does nothing itself.
    for (const page of pages) await page.goto('/api/docs/static/index.html')
    await each(pages, files, async (page, [what, path], harm) => {
      // Of one before it, too: a page goes on loading what it has given up.
      harm.expects(...files.map(([, one]) => one))
      const ran = await page.evaluate(`(${embed})(${JSON.stringify(path)})`)
      expect([what, ran, await page.evaluate(() => 'wasHit' in window), harm.taken()]).toEqual([
        what,
        [],
        false,
        [],
      ])
    })
  },
  patienceMs,
)

/**
 * Plain JavaScript, in the page: every element that takes an address, a style sheet, a worker, an import. Resolves with what ran,
 * once all are settled that say when they are. Frames and media may say nothing, or very late: they stay until the elements of the
 * next file are settled.
 */
const embed = `async (path) => {
  const ran = []
  const element = (name, facts) => {
    const one = document.createElement(name)
    for (const [key, value] of Object.entries(facts)) one.setAttribute(key, value)
    return one
  }
  const earlier = [...document.body.children]
  document.body.append(
    element('iframe', { src: path }),
    element('object', { data: path }),
    element('embed', { src: path }),
    element('video', { src: path }),
    element('audio', { src: path }),
    element('link', { href: path, rel: 'manifest' }),
  )
  const settles = (name, facts, isProgram = false) =>
    new Promise((resolve) => {
      const one = element(name, facts)
      one.addEventListener('load', () => {
        if (isProgram) ran.push(name + ' ' + JSON.stringify(facts))
        resolve()
      })
      one.addEventListener('error', resolve)
      document.body.append(one)
    })
  const works = () =>
    new Promise((resolve) => {
      const one = new Worker(path)
      one.addEventListener('error', resolve)
      one.addEventListener('message', () => resolve(ran.push('worker')))
    }).catch(() => 0)
  await Promise.all([
    settles('img', { src: path }),
    settles('script', { src: path }, true),
    settles('script', { src: path, type: 'module' }, true),
    settles('link', { href: path, rel: 'stylesheet' }, true),
    import(path).then(() => ran.push('import'), () => 0),
    works(),
    navigator.serviceWorker?.register(path).then(() => ran.push('service worker'), () => 0),
  ])
  for (const one of earlier) one.remove()
  return ran
}`
