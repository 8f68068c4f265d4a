// What a browser asks for when a page is opened: each thing once, nothing in vain, and no complaint on the console.
import { expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { newCid } from '../../server/protocol/cid.ts'
import { limits } from '../../server/protocol/limits.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()

/** Whatever a page asks the API for, from now on. Preloads count: they are requests. */
function asked(page: Page): string[] {
  const all: string[] = []
  page.on('request', (request) => {
    const { pathname, search } = new URL(request.url())
    // Other people are another thing.
    const whom = pathname === '/api/people' ? search : ''
    // What is loaded ahead for times without a network comes later, as slowly as it likes.
    const isAhead = search === `?limit=${limits.page.max}` && pathname.endsWith('/messages')
    if (pathname.startsWith('/api/') && !isAhead) all.push(`${request.method()} ${pathname}${whom}`)
  })
  return all
}

/** Waits until the page knows a room that one could join. */
async function knows({ composer, page }: Visitor, name: string): Promise<void> {
  await composer.fill('')
  await composer.pressSequentially(`#${name}`)
  await page.getByRole('option', { name }).waitFor()
  await composer.fill('')
}

test('a page that nobody is signed in at asks who it is, and that is no error', async () => {
  const ann = await story().opens('Ann')
  await ann.page.waitForLoadState('networkidle')
  const all = asked(ann.page)
  await ann.page.reload()
  await ann.nameField.waitFor()
  await ann.page.waitForLoadState('networkidle')
  expect(all.toSorted()).toEqual(['GET /api/session', 'GET /api/workspace'])
  expect(ann.complaints).toEqual([])
})

test('one load of a room asks for each list once, and a person who comes after it is still seen', async () => {
  const bob = await story().enters('Bob')
  await bob.makes('garden')
  await bob.says('here')
  await bob.sees('here')
  // A list that is asked for again waits for a random part of two seconds: of none.
  await bob.page.addInitScript(() => (Math.random = () => 0))
  const all = asked(bob.page)
  await bob.page.reload()
  await bob.sees('here')
  const once = (path: RegExp) => all.filter((one) => path.test(one)).length
  const lists = [
    /^GET \/api\/session$/,
    /^GET \/api\/rooms$/,
    /\/members$/,
    /\/pins$/,
    /\/threads\/marks$/,
    /\/saved\/marks$/,
  ]
  await until(
    () => lists.map(once),
    (counts) => counts.every((count) => count > 0),
  )
  const cid = await story().joins('Cid')
  await cid.makes('orchard')
  await knows(bob, 'orchard')
  await bob.page.waitForLoadState('networkidle')
  expect(lists.map((list) => [String(list), once(list)])).toEqual(lists.map((list) => [String(list), 1]))
  // Not at all, if this device has the room.
  expect(once(/\/(messages|changes)$/)).toBeLessThanOrEqual(1)
})

test('one load of any other page asks for each thing once', async () => {
  const gil = await story().enters('Gil')
  const hal = await story().joins('Hal')
  await gil.makes('shed')
  await gil.says('Who has the key?')
  // In the log: until then nobody can answer it.
  await gil.stands('the key', 'archived')
  const room = /\d+/.exec(new URL(gil.page.url()).pathname)?.[0] ?? ''
  // A thread with something new in it: its mark may come before or after the page that lists it.
  await hal.joins(room)
  await hal.connects()
  const { messages } = await hal.page('')
  const thread =
    messages.find((message) => 'text' in message && message.text === 'Who has the key?')?.seq ?? 0
  hal.tells({ type: 'send', room, cid: newCid(), text: 'I do', thread })
  // That they follow it is stored a moment after the reply.
  await gil.rooms.getByRole('link', { name: '1 thread with new replies' }).waitFor()
  await gil.page.addInitScript(() => (Math.random = () => 0))
  for (const page of ['threads', 'mentions', 'saved', 'directory']) {
    const all = asked(gil.page)
    await gil.page.goto(new URL(`/${page}`, gil.page.url()).href)
    await gil.isLive()
    await gil.page
      .getByRole('main')
      .getByRole('list')
      .or(gil.page.getByRole('heading', { level: 2 }))
      .first()
      .waitFor()
    await gil.page.waitForLoadState('networkidle')
    expect(
      all.filter((one, at) => all.indexOf(one) !== at),
      page,
    ).toEqual([])
    gil.page.removeAllListeners('request')
  }
})

test('a saved message looks saved from the first moment on', async () => {
  const ivy = await story().enters('Ivy')
  await ivy.makes('shelf')
  await ivy.says('Keep this')
  await ivy.stands('Keep this', 'archived')
  await ivy.acts('Keep this', ivy.words.saved.save)
  let release = () => undefined as unknown
  await ivy.page.route('**/api/saved/marks', async (route) => {
    await new Promise((resolve) => (release = () => resolve(undefined)))
    await route.continue()
  })
  await ivy.page.goto(new URL('/saved', ivy.page.url()).href)
  const mark = ivy.page.locator('[data-saved]').getByRole('button', { name: ivy.words.saved.save })
  await mark.waitFor()
  expect(await mark.getAttribute('aria-pressed')).toBe('true')
  release()
})

test('a room that was made while the page was loading is in the list', async () => {
  const dia = await story().enters('Dia')
  const eve = await story().joins('Eve')
  // The answer is from before the room; the page is welcomed after it.
  let isFirst = true
  await dia.page.route('**/api/rooms', async (route) => {
    const answer = await route.fetch()
    if (isFirst) {
      isFirst = false
      await eve.makes('meadow')
    }
    await route.fulfill({ response: answer })
  })
  await dia.page.reload()
  await knows(dia, 'meadow')
})

test('the app has icons for phones and desks, and a word for robots', async () => {
  const fay = await story().opens('Fay')
  const read = async (path: string) => {
    const answer = await fay.page.request.get(path)
    return {
      status: answer.status(),
      type: answer.headers()['content-type'] ?? '',
      body: await answer.body(),
    }
  }
  const manifest = JSON.parse((await read('/manifest.webmanifest')).body.toString()) as {
    icons: { src: string; sizes: string; type: string; purpose: string }[]
  }
  const png = manifest.icons.filter(({ type }) => type === 'image/png')
  expect(png.map(({ sizes, purpose }) => [sizes, purpose])).toEqual([
    ['192x192', 'any'],
    ['512x512', 'any'],
    ['512x512', 'maskable'],
  ])
  for (const { src, sizes } of [...png, { src: '/apple-touch-icon.png', sizes: '180x180' }]) {
    const { status, type, body } = await read(src)
    // A PNG has its size in its first chunk.
    expect([src, status, type, `${body.readUInt32BE(16)}x${body.readUInt32BE(20)}`]).toEqual([
      src,
      200,
      'image/png',
      sizes,
    ])
  }
  expect((await read('/favicon.ico')).type).toMatch(/^image\/(?:vnd\.microsoft\.icon|x-icon)$/)
  expect(await read('/robots.txt')).toMatchObject({
    status: 200,
    type: expect.stringContaining('text/plain'),
  })
  expect((await read('/rooms/7')).type).toContain('text/html')
})
