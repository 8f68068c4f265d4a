// A long room: the reader scrolls up to its beginning, nothing moves unexpectedly, and the newest is one click away.
import type { Locator } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { holdOlderPages, settled, watchEye } from '../support/browser-eye.ts'
import { fill } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const spoken = 330
let room = ''

/** Texts as people write them: short, long, with line breaks, with a link, in Chinese. */
const words = (n: number): string =>
  [
    `message ${n}`,
    `message ${n} ${'which goes on for a while so that it takes more than one line '.repeat((n % 4) + 1)}`,
    `message ${n}\nin two lines`,
    `message ${n} 大家早上好，今天我们来看看昨天的结果，然后决定下一步怎么做。`,
    `message ${n} https://example.org/notes/${n}`,
  ][n % 5] ?? ''

beforeAll(async () => {
  const [ann, mara] = [await story().joins('Teller Ann'), await story().joins('Teller Mara')]
  room = (await ann.makes('long')).id
  await mara.joins(room)
  await mara.event('room')
  for (let n = 1; n <= spoken; n += 10) {
    const teller = n % 20 === 1 ? ann : mara
    const cids = Array.from({ length: 10 }, (_, more) => teller.says(words(n + more), { room }))
    await teller.acked(cids.at(-1) ?? '')
  }
})

async function opensLong(name: string, device = {}): Promise<Visitor> {
  const visitor = await story().enters(name, device)
  await visitor.joins('long')
  // Other stories of this file may have posted more since: whoever opens the room is at its newest, whatever that is.
  await visitor.list.getByRole('article').first().waitFor()
  await until(
    () => fromEnd(visitor),
    (px) => px < 2,
  )
  return visitor
}

const began = (visitor: Visitor): Locator =>
  visitor.page.getByRole('heading', { name: /This is the beginning of .#long./ })

/** Turns the wheel upwards over the list until the condition holds. */
async function scrollsUp(visitor: Visitor, isSo: () => boolean | Promise<boolean>): Promise<void> {
  await visitor.list.hover()
  for (let turns = 0; turns < 200 && !(await isSo()); turns += 1) {
    await visitor.page.mouse.wheel(0, -300)
    await settled(visitor.page)
  }
}

const fromEnd = (visitor: Visitor): Promise<number> =>
  visitor.list.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight)

test('scrolling up brings older pages, and the message being read does not move', async () => {
  const bob = await opensLong('Bob')
  const pages = await holdOlderPages(bob.page)
  let brought = 0
  for (;;) {
    await scrollsUp(bob, async () => pages.waiting() > 0 || (await began(bob).isVisible()))
    if (pages.waiting() === 0) break
    const height = await bob.list.evaluate((list) => list.scrollHeight)
    const look = await watchEye(bob.page)
    await pages.letOneThrough()
    await until(
      () => bob.list.evaluate((list) => list.scrollHeight),
      (now) => now > height,
    )
    await settled(bob.page)
    const { text, movedBy } = await look()
    expect(movedBy, `page ${brought + 1}, the eye was on: ${text}`).toBeLessThanOrEqual(1)
    brought += 1
  }
  expect(brought, 'pages of older history').toBeGreaterThanOrEqual(5)
  await bob.sees('message 1 ')
  expect(await bob.notices()).toContain('Teller Ann created the room')
})

test('a reader above stays there, sees how many messages came, and gets back to the newest', async () => {
  const eve = await story().joins('Eve')
  await eve.joins(room)
  const cho = await opensLong('Cho')
  await scrollsUp(cho, async () => (await fromEnd(cho)) > 1_500)
  await cho.page.getByRole('button', { name: en.room.newest, exact: true }).waitFor()

  const look = await watchEye(cho.page)
  for (const n of [1, 2, 3]) eve.says(`said below ${n}`, { room })
  await cho.page.getByRole('button', { name: counted(3) }).waitFor()
  expect((await look()).movedBy, 'nothing is pushed').toBeLessThanOrEqual(1)

  await cho.goesOffline()
  await cho.isTold(en.link.offline)
  for (const n of [4, 5]) eve.says(`said below ${n}`, { room })
  await cho.comesBack()
  const jump = cho.page.getByRole('button', { name: counted(5) })
  await jump.waitFor()
  await jump.click()
  await cho.sees('said below 5')
  await until(
    () => fromEnd(cho),
    (px) => px < 2,
  )
  await jump.waitFor({ state: 'detached' })
})

test('a reader at the newest stays there as more messages come, and as the window changes', async () => {
  const fay = await story().joins('Fay')
  await fay.joins(room)
  const dia = await opensLong('Dia')
  for (let n = 1; n <= 12; n += 1) fay.says(`line ${n}\nof several\nlines`, { room })
  await dia.sees('line 12')
  const isAtEnd = () =>
    until(
      () => fromEnd(dia),
      (px) => px < 2,
    )
  await isAtEnd()
  await dia.page.setViewportSize({ width: 900, height: 500 })
  // The window of the page follows a moment later.
  await until(() => dia.page.evaluate(() => innerHeight === 500))
  await isAtEnd()
  await dia.composer.fill('a draft\nof\nfour\nlines')
  await isAtEnd()
})

const counted = (n: number): string => fill(en.room.newestCount.split('|')[1]?.trim() ?? '', { n })
