// Part of the scroll measurement: older pages come to a reader at the very top of what is loaded, and rows grow late.
import type { CDPSession, Page } from 'playwright-core'
import { holdOlderPages, settled, watchEye, type Glance } from '../support/browser-eye.ts'
import { growLate } from '../support/browser-late.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { until } from '../support/until.ts'

/** How a reader gets to the very top. */
export const ways = ['thrown', 'home', 'wheel', 'touch'] as const
export type Way = (typeof ways)[number]

/** Brings older pages one by one to a reader at the very top, while rows grow late. Nothing on screen may move. */
export async function bringPages(reader: Visitor, prepends: number, by: readonly Way[]): Promise<void> {
  const { page } = reader
  const started = Date.now()
  await reader.list.getByRole('article').first().waitFor()
  await settled(page)
  const late = await growLate(page, { every: 3 })
  const pages = await holdOlderPages(page)
  const glances: Glance[] = []
  for (let n = 0; n < prepends; n += 1) {
    await comesToTop(reader, by[n % by.length] ?? 'thrown', async () => {
      if (pages.waiting() === 0 || (await topOf(reader)) > 0) return false
      // What grows above the reader's row moves them away from the top again.
      await late.grown()
      return (await topOf(reader)) <= 0
    })
    const first = await firstNumber(reader)
    const look = await watchEye(page, 'all')
    await pages.letOneThrough()
    await until(
      () => firstNumber(reader),
      (now) => now < first,
    )
    await late.grown()
    glances.push(await look())
  }
  await page.unroute(/\/messages\?.*before=/)
  tell(
    `prepends to a reader at the very top (${by.join(', ')}), ${await late.count()} rows grew late`,
    glances,
  )
  console.log(`  they took ${((Date.now() - started) / 1000).toFixed(0)} s`)
}

/**
 * Reports how many of the cases moved the reading position at all, the worst and the median, and which were visible.
 */
export function tell(what: string, glances: Glance[]): void {
  const px = glances.map(({ movedBy }) => movedBy).sort((a, b) => a - b)
  const moved = px.filter((one) => one > 0).length
  const [worst = 0, median = 0] = [px.at(-1), px[px.length >> 1]]
  console.log(`${glances.length} ${what}: ${moved} moved, worst ${worst} px, median ${median} px`)
  for (const { text, movedBy } of glances)
    if (movedBy > 1) console.log(`  moved by ${movedBy} px: ${text.slice(0, 60)}`)
}

/** The lowest n that is drawn: older pages are drawn above a reader at the very top. */
const firstNumber = (reader: Visitor): Promise<number> =>
  reader.list.evaluate((list) =>
    Math.min(
      ...[...list.querySelectorAll('article')].map((row) =>
        Number(/message (\d+)/.exec(row.textContent)?.[1] ?? Infinity),
      ),
    ),
  )

const topOf = (reader: Visitor): Promise<number> => reader.list.evaluate((list) => list.scrollTop)

async function comesToTop(reader: Visitor, way: Way, isThere: () => Promise<boolean>): Promise<void> {
  const { page, list } = reader
  const { x, y, height } = await list.evaluate((el) => {
    const box = el.getBoundingClientRect()
    return { x: box.left + box.width / 2, y: box.top + box.height / 8, height: box.height }
  })
  const devtools = way === 'touch' ? await page.context().newCDPSession(page) : undefined
  const step = {
    thrown: () => list.evaluate((el) => void (el.scrollTop = 0)),
    home: () => list.press('Home'),
    wheel: async () => {
      await page.mouse.move(x, y)
      await page.mouse.wheel(0, -3_000)
    },
    touch: () => devtools && swipe(devtools, { x, from: y, to: y + height * 0.7 }),
  }[way]
  for (let steps = 0; steps < 100; steps += 1) {
    await step()
    await twoFrames(page)
    if (await isThere()) return devtools?.detach()
  }
  throw new Error(`no older page is asked for at the top, ${way}`)
}

async function swipe(devtools: CDPSession, { x, from, to }: Record<'x' | 'from' | 'to', number>) {
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [{ x, y: from }] })
  for (let part = 0.1; part < 1; part += 0.1) {
    const touchPoints = [{ x, y: from + (to - from) * part }]
    await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints })
  }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

const twoFrames = (page: Page): Promise<void> =>
  page.evaluate(async () => {
    for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame)
  })
