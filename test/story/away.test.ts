// The network goes, the server goes, both come back: no message is lost or doubled, and the person is told.
import { expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { fill } from '../support/browser-page.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory({ worker: true })

/** What a browser reports about a server that stops (unread data is reset), is down, or is not ready yet. */
const goneServer = [
  /WebSocket connection to .* failed/,
  /ERR_(CONNECTION_(REFUSED|RESET|CLOSED)|EMPTY_RESPONSE)/,
  /status of 503/,
]

const form = (words: string, which: number): string => words.split('|')[which]?.trim() ?? ''
const one = fill(form(en.link.offlineWaiting, 0), { n: 1 })
const many = (n: number): string => fill(form(en.link.offlineWaiting, 1), { n })

/** Keeps the outbox's part of the disk busy for as long as this page lives: whatever is written waits. */
const disksAreSlow = (): Promise<void> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open('brook')
    opening.onerror = reject
    opening.onsuccess = () => {
      const store = opening.result.transaction('outgoing', 'readwrite').objectStore('outgoing')
      const again = (): void => void (store.get('nothing').onsuccess = again)
      again()
      resolve()
    }
  })

test('what is sent and not yet on the disk when the page is reloaded is sent by the next page, once', async () => {
  const mia = await story().enters('Mia')
  await mia.makes('slow disk')
  await mia.page.evaluate(disksAreSlow)
  await mia.says('on its way')
  await mia.page.reload()
  const tom = await story().enters('Tom')
  await tom.joins('slow disk')
  await tom.sees('on its way')
  await mia.page.reload()
  await mia.sees('on its way')
  expect(await mia.page.getByText('on its way', { exact: true }).count()).toBe(1)
})

test('what is typed offline waits, is sent once, and what was missed is there', async () => {
  const ann = await story().enters('Ann')
  await ann.makes('shore')
  await ann.says('before the storm')
  const bob = await story().enters('Bob')
  await bob.joins('shore')
  await bob.sees('before the storm')

  // Small, so that more arrives than fits.
  await ann.page.setViewportSize({ width: 1440, height: 460 })
  const complete = ann.page.getByText(new RegExp(fill(en.room.completeUpTo, { seq: '\\d+' })))
  /** The room's details say that nothing is missing. */
  const isComplete = async (is: boolean) => {
    await ann.presses(en.room.more)
    await ann.page.getByRole('menu').waitFor()
    await until(async () => (await complete.count()) === (is ? 1 : 0))
    await ann.page.keyboard.press('Escape')
  }
  await isComplete(true)
  await ann.goesOffline()
  await ann.isTold(en.link.offline)
  await isComplete(false)
  await ann.says('typed offline, first')
  await ann.isTold(one)
  await ann.says('typed offline, second')
  await ann.isTold(many(2))
  for (const n of [1, 2, 3]) await bob.says(`said meanwhile ${n}`)
  await bob.sees('said meanwhile 3')
  expect(await ann.said()).not.toContain('said meanwhile 1')

  await ann.comesBack()
  await bob.sees('typed offline, second')
  await ann.sees('said meanwhile 3')
  await isComplete(true)
  // What was missed comes before what waited: the reader is at the newest as before.
  await until(() =>
    ann.list.evaluate(
      (list) =>
        list.scrollHeight > list.clientHeight && list.scrollHeight - list.scrollTop - list.clientHeight < 1,
    ),
  )
  const all = [
    'before the storm',
    ...[1, 2, 3].map((n) => `said meanwhile ${n}`),
    ...['first', 'second'].map((n) => `typed offline, ${n}`),
  ]
  for (const person of [ann, bob])
    await until(
      () => person.said(),
      (said) => said.join() === all.join(),
    )
  await ann.isToldNoMore()
})

test('a reload without a server keeps what waits, and it is sent once', async () => {
  const cho = await story().enters('Cho')
  await cho.makes('kept')
  await cho.says('the room has begun')
  const dia = await story().enters('Dia')
  await dia.joins('kept')
  await dia.sees('the room has begun')
  for (const person of [cho, dia]) person.expects(...goneServer)
  const server = await story().serverGoes()
  await cho.isTold(en.link.offline)
  await cho.says('kept through a reload')
  await cho.isTold(one)
  // The page comes from the browser; what waits is in it.
  await cho.page.reload()
  await cho.isTold(one)
  await server.returns()
  await dia.sees('kept through a reload')
  await cho.stands('kept through a reload', 'archived')
  for (const person of [cho, dia])
    expect(await person.said()).toEqual(['the room has begun', 'kept through a reload'])
})

test('the server stops and starts again: both browsers return by themselves', async () => {
  const [eve, fay] = [await story().enters('Eve'), await story().enters('Fay')]
  await eve.says('before the stop')
  await fay.sees('before the stop')
  for (const person of [eve, fay]) person.expects(...goneServer)
  const server = await story().serverGoes()
  await eve.isTold(en.link.offline)
  await eve.says('said to nobody yet')
  await eve.isTold(one)
  await server.returns()
  await fay.sees('said to nobody yet')
  await fay.says('and I am back too')
  await eve.sees('and I am back too')
  const all = ['before the stop', 'said to nobody yet', 'and I am back too']
  for (const person of [eve, fay]) expect((await person.said()).slice(-3)).toEqual(all)
})

test('a page whose build was replaced reloads once for a part that is gone, keeps the draft, and offers the new version', async () => {
  const gus = await story().enters('Gus', { worker: false })
  await gus.makes('rebuilt')
  await gus.composer.fill('half a thought')
  gus.expects(/SearchPage/, /status of 404/)
  const { page } = gus
  await page.route(/\/assets\/SearchPage-.*\.js$/, (route) => route.fulfill({ status: 404 }))
  // The page as the server has it is of another build; and so is this one, once it is loaded again.
  await page.route(
    (url) => url.pathname === '/',
    async (route) => {
      if (route.request().resourceType() !== 'fetch') return route.fallback()
      return route.fulfill({ body: '<meta name="brook-build" content="another">' })
    },
  )
  await page.addInitScript(() => {
    document.addEventListener('readystatechange', () =>
      document.querySelector('meta[name="brook-build"]')?.setAttribute('content', 'a third'),
    )
  })
  const loads: string[] = []
  page.on('load', () => loads.push(page.url()))
  const opensSearch = async (): Promise<void> => {
    await gus.rooms.getByRole('link', { name: en.search.label }).click()
  }
  await opensSearch()
  await until(() => loads.length === 1)
  await page.getByText(en.version.old).waitFor()
  await until(async () => (await gus.composer.inputValue()) === 'half a thought')
  await opensSearch()
  await page.getByText(en.version.broken).waitFor()
  await page.getByRole('button', { name: en.version.reload }).click()
  await until(() => loads.length === 2)
})
