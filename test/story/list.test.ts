// Nothing moves the reading position: not changes of messages above, not the window, not the keyboard.
import { beforeAll, expect, test } from 'vitest'
import { en } from '../../web/words/en.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { holdOlderPages, settled, watchEye } from '../support/browser-eye.ts'
import { keyboard } from '../support/browser-keyboard.ts'
import { growLate } from '../support/browser-late.ts'
import { fill, type Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import { tellStory } from '../support/browser.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const story = tellStory()
const spoken = 220
let room = ''
let ann: Person
/** The number of each message by its n. */
const seqOf = new Map<number, number>()

const words = (n: number): string =>
  `message ${n}. ${'It goes on for a while, so that it takes a line or more. '.repeat(n % 4)}`

beforeAll(async () => {
  ann = await story().brook.enter('Teller Ann')
  // People who leave after a test must not include her.
  story().brook.people.length = 0
  room = (await ann.makes('long')).id
  for (let n = 1; n <= spoken; n += 1) {
    const { seq } = await ann.acked(ann.says(words(n), { room }))
    seqOf.set(n, seq)
  }
})

const at = (n: number) => `/api/rooms/${room}/messages/${seqOf.get(n)}`
const edits = (n: number, text: string) => ann.ask('PATCH', at(n), { cid: newCid(), text })
const deletes = (n: number) => ann.ask('DELETE', at(n), { cid: newCid() })
const reacts = (n: number, emoji: string) =>
  ann.ask('PUT', `${at(n)}/reactions/${encodeURIComponent(emoji)}`, { cid: newCid() })

/** The n of the messages that begin on screen, top to bottom, and of the one across the upper edge. */
const seen = (visitor: Visitor) =>
  visitor.page.evaluate(() => {
    const list = document.querySelector('#messages')?.getBoundingClientRect()
    const rows = [...document.querySelectorAll('#messages article')].map((row) => ({
      n: Number(/message (\d+)/.exec(row.textContent)?.[1]),
      ...row.getBoundingClientRect().toJSON(),
    })) as { n: number; top: number; bottom: number }[]
    const [top = 0, bottom = 0] = [list?.top, list?.bottom]
    return {
      across: rows.find((row) => row.top < top && row.bottom > top + 8)?.n,
      whole: rows.filter((row) => row.top >= top && row.top < bottom).map(({ n }) => n),
    }
  })
const topOf = (visitor: Visitor, n: number) =>
  visitor
    .message(`message ${n}.`)
    .first()
    .evaluate((row) => row.getBoundingClientRect().top)
const fromEnd = (visitor: Visitor) =>
  visitor.list.evaluate((list) => list.scrollHeight - list.scrollTop - list.clientHeight)

/** Scrolls until a message lies across the upper edge with at least 20 px of it above. */
async function comesToRest(visitor: Visitor): Promise<{ across: number; first: number }> {
  for (let tries = 0; tries < 40; tries += 1) {
    await visitor.list.evaluate((list) => (list.scrollTop -= 37))
    await settled(visitor.page)
    const { across, whole } = await seen(visitor)
    if (across !== undefined && whole[0] !== undefined) return { across, first: whole[0] }
  }
  throw new Error('no message lies across the upper edge')
}

const devices: Device[] = [{ width: 1440, height: 900 }, { phone: true }]
test.each(devices)('the reading position stays, whatever happens around it: %o', async (device) => {
  const bob = await story().enters(`Bob ${device.phone ? 'on a phone' : 'at a desk'}`, device)
  await bob.joins('long')
  const led = device.phone ? 60 : 120
  await bob.page.goto(`/rooms/${room}/${seqOf.get(led)}`)
  await bob.sees(`message ${led}.`)
  await settled(bob.page)
  const { width = 390, height = 844 } = bob.page.viewportSize() ?? {}
  const narrower = device.phone ? 340 : 760
  const ledAt = await topOf(bob, led)
  for (const wide of [narrower, width]) {
    await bob.page.setViewportSize({ width: wide, height })
    await settled(bob.page)
    expect((await topOf(bob, led)) - ledAt, `the message one was led to, in ${wide} px`).toBe(0)
  }
  const { across, first } = await comesToRest(bob)
  const above = across - 2

  /** Does something and waits until the page shows it; the first message that begins on screen must not move. */
  async function stays(what: string, does: () => Promise<unknown>, isSeen?: () => Promise<boolean>) {
    const before = await topOf(bob, first)
    await does()
    if (isSeen) await until(isSeen)
    await settled(bob.page)
    expect((await topOf(bob, first)) - before, what).toBe(0)
  }
  const shows = (n: number, text: string) => async () =>
    (await bob.message(text).count()) > 0 && (await bob.message(`message ${n}.`).count()) > 0
  const longer = (n: number) => `message ${n}. EDITED ${'Much longer than before. '.repeat(30)}`

  await stays('a message above becomes longer', () => edits(above, longer(above)), shows(above, 'EDITED'))
  await stays('and shorter', () => edits(above, `message ${above}. short`), shows(above, `${above}. short`))
  await stays(
    'one across the edge becomes longer',
    () => edits(across, longer(across)),
    shows(across, 'EDITED'),
  )
  await stays(
    'and gets a reaction',
    () => reacts(across, '🎉'),
    async () => (await bob.message(`message ${across}.`).getByRole('button', { name: /🎉/ }).count()) > 0,
  )
  await stays(
    'one above gets a reaction',
    () => reacts(above, '🎉'),
    async () => (await bob.message(`message ${above}.`).getByRole('button', { name: /🎉/ }).count()) > 0,
  )
  const gone = bob.list.getByText(en.room.deleted)
  await stays(
    'one above is deleted',
    () => deletes(above - 1),
    async () => (await gone.count()) > 0,
  )
  await stays('something above loads late', () =>
    bob.message(`message ${above}.`).evaluate(async (row) => {
      const late = row.appendChild(document.createElement('div'))
      await new Promise(requestAnimationFrame)
      late.style.height = '180px'
      late.style.gridColumn = '2'
    }),
  )
  await stays('others speak below', async () => {
    for (let n = 1; n <= 3; n += 1) await ann.acked(ann.says(`below ${n}`, { room }))
  })

  await stays('the window becomes lower', () => bob.page.setViewportSize({ width, height: height - 240 }))
  await stays('and higher', () => bob.page.setViewportSize({ width, height }))
  await stays('the keyboard comes up', () => keyboard(bob, height - 320))
  await stays('and goes', () => keyboard(bob, height))
  await stays('a draft grows', () => bob.composer.fill('a draft\nof\nseveral\nlines'))
  await stays('the window becomes narrower', () => bob.page.setViewportSize({ width: narrower, height }))
  await stays('and wider', () => bob.page.setViewportSize({ width, height }))

  // Another room and back, and a reload.
  const before = await topOf(bob, first)
  await bob.page.goto(`/rooms/${room}`)
  await bob.sees(`message ${first}.`)
  await settled(bob.page)
  expect(Math.abs((await topOf(bob, first)) - before), 'after a reload').toBeLessThanOrEqual(1)
})

test.each(devices)('a reader at the newest stays there, and leaves it by unfolding: %o', async (device) => {
  const cho = await story().enters(`Cho ${device.phone ? 'on a phone' : 'at a desk'}`, device)
  await cho.joins('long')
  const long = cho.message(`for ${cho.name}, line 0`)
  await until(async () => (await fromEnd(cho)) < 1)
  const atEnd = async (what: string, does: () => Promise<unknown>) => {
    await does()
    await settled(cho.page)
    expect(await fromEnd(cho), what).toBeLessThan(1)
  }
  const { width = 390, height = 844 } = cho.page.viewportSize() ?? {}
  await atEnd('the keyboard comes up', () => keyboard(cho, height - 320))
  await atEnd('and goes', () => keyboard(cho, height))
  await atEnd('the window becomes narrower', () => cho.page.setViewportSize({ width: width - 40, height }))
  await atEnd('others speak', () => ann.acked(ann.says('at the end\nin two lines', { room })))
  await atEnd('something on screen loads late', () =>
    cho.list.evaluate(async (list) => {
      const late = [...list.querySelectorAll('article')].at(-1)?.appendChild(document.createElement('div'))
      await new Promise(requestAnimationFrame)
      if (late) late.style.height = '120px'
    }),
  )

  const lines = Array.from({ length: 60 }, (_line, n) => `for ${cho.name}, line ${n}`)
  await atEnd('a long message comes', () => ann.acked(ann.says(lines.join('\n'), { room })))
  const more = long.getByRole('button', { name: en.room.showMore })
  await more.waitFor()
  const topOfLong = () => long.evaluate((row) => row.getBoundingClientRect().top)
  const before = await topOfLong()
  // Something else may come before the browser's own scroll event, which here does not come at all.
  await cho.page.evaluate(() =>
    addEventListener('scroll', (event) => event.stopImmediatePropagation(), { capture: true }),
  )
  await more.click()
  await long.getByRole('button', { name: en.room.showLess }).waitFor()
  await settled(cho.page)
  expect((await topOfLong()) - before, 'unfolding goes downwards').toBe(0)
  await ann.acked(ann.says('after it was unfolded', { room }))
  await cho.page
    .getByRole('button', { name: fill(cho.words.room.newestCount.split(' | ')[0] ?? '', { n: 1 }) })
    .waitFor()
  await settled(cho.page)
  expect((await topOfLong()) - before, 'and the newest is left by it').toBe(0)
})

test.each(devices)(
  'a reader at the very top stays where they are when older pages come: %o',
  async (device) => {
    const dora = await story().enters(`Dora ${device.phone ? 'on a phone' : 'at a desk'}`, device)
    await dora.joins('long')
    await until(async () => (await fromEnd(dora)) < 1)
    await settled(dora.page)
    const pages = await holdOlderPages(dora.page)
    const toTop = () =>
      until(async () => {
        await dora.list.evaluate((list) => (list.scrollTop = 0))
        await settled(dora.page)
        return pages.waiting() > 0 && (await dora.list.evaluate((list) => list.scrollTop)) === 0
      })

    // Deletions above leave nothing to scroll.
    await toTop()
    const [topmost = 0] = (await seen(dora)).whole
    await edits(topmost, `message ${topmost}. ${'It is tall. '.repeat(device.phone ? 12 : 30)}`)
    await dora.sees('It is tall.')
    await toTop()
    const watched = await watchEye(dora.page)
    await deletes(topmost)
    await until(async () => (await dora.message('It is tall.').count()) === 0)
    await settled(dora.page)
    expect(await dora.list.evaluate((list) => list.scrollTop)).toBe(0)
    expect((await watched()).movedBy, 'one above is deleted').toBeLessThanOrEqual(1)

    const late = await growLate(dora.page, { every: 1 })
    for (let n = 1; n <= 3; n += 1) {
      await until(async () => {
        await toTop()
        await late.grown()
        return (await dora.list.evaluate((list) => list.scrollTop)) === 0
      })
      // Not the deleted one, which has no n.
      const first = (await seen(dora)).whole.find((one) => one > 0) ?? 0
      const room =
        (await topOf(dora, first)) - (await dora.list.evaluate((list) => list.getBoundingClientRect().top))
      expect(room, 'there is room on screen for a row above the first').toBeGreaterThan(60)
      const grew = await late.count()
      const [firstOnScreen] = (await seen(dora)).whole
      const look = await watchEye(dora.page, 'all')
      await pages.letOneThrough()
      await until(
        async () =>
          !Object.is((await seen(dora)).whole[0], firstOnScreen) || (await seen(dora)).across !== undefined,
      )
      await late.grown()
      const { text, movedBy } = await look()
      expect(movedBy, `page ${n}, it was: ${text}`).toBeLessThanOrEqual(1)
      expect(await late.count(), 'rows that grew').toBeGreaterThan(grew)
    }
  },
)
