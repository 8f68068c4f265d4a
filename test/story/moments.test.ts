// Finding a moment: a day in the calendar, the months at the side, the room as it was, and the room as a file.
import { readFile } from 'node:fs/promises'
import { beforeAll, expect, test } from 'vitest'
import { newCid } from '../../server/protocol/cid.ts'
import { en } from '../../web/words/en.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import { until } from '../support/until.ts'

const story = tellStory()
let room = ''
const day = 24 * 3_600_000

beforeAll(async () => {
  const ann = await story().joins('Teller Ann')
  room = (await ann.makes('years')).id
  for (let n = 2; n <= 61; n += 1) ann.says(`word number ${n}.`)
  await ann.acked(ann.says('word number 62.'))
  const edit = { cid: newCid(), text: 'word number 30, edited.' }
  await ann.ask('PATCH', `/api/rooms/${room}/messages/30`, edit)
})

/**
 * Message n was posted on the third day after message n - 1, starting at New Year: the answers of an old room's server.
 */
const saidOn = (n: number): number => Date.UTC(2026, 0, 1, 12) + 3 * n * day
const part = (start: number, end: number) => {
  const from = (time: number): number => Math.max(2, Math.ceil((time - saidOn(0)) / (3 * day)))
  return { start, seq: from(start), count: Math.max(0, Math.min(63, from(end)) - Math.min(63, from(start))) }
}
async function isOld(visitor: Visitor): Promise<void> {
  await visitor.page.route(/\/at\?/, (route) => {
    const { seq } = part(Number(new URL(route.request().url()).searchParams.get('time')), Infinity)
    return route.fulfill({ json: { seq: seq > 62 ? null : seq, at: null, head: 64 } })
  })
  await visitor.page.route(/\/density/, async (route) => {
    const month = new URL(route.request().url()).searchParams.get('month')
    const [year = 2026, number = 1] = month?.split('-').map(Number) ?? []
    const edges =
      month === null
        ? Array.from({ length: 8 }, (_, index) => Date.UTC(2026, index, 1))
        : Array.from({ length: 32 }, (_, index) => Date.UTC(year, number - 1, index + 1))
    const parts = edges.slice(0, -1).map((start, index) => part(start, edges[index + 1] ?? start))
    await route.fulfill({ json: { parts, head: 64 } })
  })
}

const sees = (visitor: Visitor, text: string): Promise<void> => visitor.message(text).first().waitFor()

async function opensCalendar(visitor: Visitor): Promise<void> {
  await visitor.page.getByRole('button', { name: visitor.words.moment.title, exact: true }).click()
  await visitor.dialog.getByRole('grid').waitFor()
}

test('the keyboard leads to a day, and a day without messages to the next one', async () => {
  const bob = await story().enters('Bob', { timezone: 'UTC' })
  await isOld(bob)
  await bob.joins('years')
  await sees(bob, 'word number 62.')
  await opensCalendar(bob)
  const today = new Date()
  for (let at = new Date(today.getFullYear(), today.getMonth(), 1); at.getTime() > Date.UTC(2026, 2, 1);) {
    await bob.page.keyboard.press('PageUp')
    at = new Date(at.getFullYear(), at.getMonth() - 1, 1)
    const name = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' }).format(at)
    await bob.dialog.getByRole('heading', { name }).waitFor()
  }
  await bob.dialog.getByRole('button', { name: /17 March, 1 message/ }).waitFor()
  await bob.page.keyboard.press('Home')
  expect(await bob.focused()).toContain('1 March')
  await bob.page.keyboard.press('ArrowRight')
  await bob.page.keyboard.press('ArrowDown')
  expect(await bob.focused()).toContain('9 March, no messages')
  await bob.page.keyboard.press('Enter')
  await until(
    () => Promise.resolve(new URL(bob.page.url()).pathname),
    (path) => path === `/rooms/${room}/23`,
  )
  await sees(bob, 'word number 23.')
})

test('the calendar opens where one reads', async () => {
  const fay = await story().enters('Fay', { timezone: 'UTC' })
  await isOld(fay)
  await fay.page.route(/\/messages\?/, async (route) => {
    const page = (await (await route.fetch()).json()) as { messages: { seq: number; at: number }[] }
    for (const message of page.messages) message.at = saidOn(message.seq)
    await route.fulfill({ json: page })
  })
  await fay.joins('years')
  await fay.page.goto(`/rooms/${room}/23`)
  await sees(fay, 'word number 23.')
  await opensCalendar(fay)
  await fay.dialog.getByRole('heading', { name: 'March 2026' }).waitFor()
})

test('the room is shown as it was at the end of a day, and the reader gets back to the present', async () => {
  const cho = await story().enters('Cho', { timezone: 'UTC', phone: true })
  await cho.page.goto(`/rooms/${room}/as-of/40`)
  await sees(cho, 'word number 30.')
  await sees(cho, 'word number 40.')
  expect(await cho.message('word number 41.').count()).toBe(0)
  expect(await cho.message('edited').count()).toBe(0)
  await cho.page.getByRole('heading', { name: /as it was/ }).waitFor()
  expect(await cho.overflow()).toBe(0)
  await cho.page.getByRole('link', { name: en.moment.toNow }).click()
  await sees(cho, 'word number 62.')
})

test('the months at the side are a slider: arrows choose, Enter goes there', async () => {
  const dia = await story().enters('Dia', { timezone: 'UTC', width: 1440 })
  await isOld(dia)
  await dia.joins('years')
  const rail = dia.page.getByRole('slider', { name: en.moment.months })
  await rail.focus()
  await dia.page.keyboard.press('Home')
  expect(await rail.getAttribute('aria-valuetext')).toContain('January 2026')
  await dia.page.keyboard.press('Enter')
  await sees(dia, 'word number 2.')
})

test('a room is downloaded as a file from its menu', async () => {
  const eve = await story().enters('Eve', { locale: 'zh-CN', timezone: 'UTC' })
  await isOld(eve)
  await eve.joins('years')
  await eve.page.getByRole('button', { name: eve.words.room.more }).click()
  await eve.page.getByRole('menuitem', { name: eve.words.moment.export }).click()
  await eve.dialog.getByRole('radio', { name: eve.words.moment.formats.jsonl }).check()
  const [from, to] = [eve.words.moment.from, eve.words.moment.to].map((words) => eve.dialog.getByLabel(words))
  const isRefused = (words: string) => eve.dialog.getByRole('alert').filter({ hasText: words }).waitFor()
  await from?.fill('2026-03-03')
  await to?.fill('2026-01-27')
  await isRefused(eve.words.moment.rangeWrong)
  await to?.fill('2026-03-03')
  await isRefused(eve.words.moment.rangeEmpty)
  // Messages 9 to 20.
  await from?.fill('2026-01-27')
  await to?.fill('2026-03-02')
  const waiting = eve.page.waitForEvent('download')
  await eve.dialog.getByRole('link', { name: eve.words.moment.export }).click()
  const file = await (await waiting).path()
  const lines = (await readFile(file, 'utf8')).trim().split('\n')
  // A header, twelve messages and a footer.
  expect(lines.length).toBe(14)
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ from: 9, upTo: 20, complete: true })
})
