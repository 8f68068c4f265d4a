// Part of the scroll measurement: messages and the window change around somebody who reads in the middle of a room.
import { newCid } from '../../server/protocol/cid.ts'
import { settled, watchEye, type Eye, type Glance } from '../support/browser-eye.ts'
import { keyboard } from '../support/browser-keyboard.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

export interface LongRoom {
  id: string
  /** Message n: its author and its number. */
  said: (n: number) => { by: Person; seq: number }
}

interface Stir {
  what: string
  does: () => Promise<unknown>
  /** What must not move, if that is not everything whose text begins on screen. */
  eye?: Eye
}

/**
 * What must not move when message n grows on screen, in its upper or lower half, and when all rows are wrapped again.
 */
interface Eyes {
  upper: (n: number) => Eye
  lower: Eye
  wrapped: Eye
}

/** For a reader who was led nowhere, or has scrolled since: which message they read is not known. */
const scrolledOn: Eyes = { upper: (n) => ({ sides: `message ${n}` }), lower: 'first', wrapped: 'first' }

/**
 * Leads the reader to each of these messages, and does everything there that must not move the reading position; then
 * once more after they have scrolled.
 */
export async function stir(reader: Visitor, room: LongRoom, places: readonly number[]) {
  const glances: Glance[] = []
  const stirAround = async (eyes: Eyes, where: string) => {
    await cutsARow(reader)
    await settled(reader.page)
    for (const { what, does, eye } of await stirs(reader, room, eyes)) {
      const look = await watchEye(reader.page, eye ?? 'all')
      await does()
      await settled(reader.page)
      const { text, movedBy } = await look()
      glances.push({ movedBy, text: `${what}, ${where} (${text})` })
    }
  }
  for (const n of places) {
    await reader.page.goto(`/rooms/${room.id}/${room.said(n).seq}`)
    await reader.list.locator('[data-marked]').waitFor()
    await settled(reader.page)
    // The message they were led to is the one they read.
    const led = { begins: `message ${n}` }
    await stirAround({ upper: () => led, lower: led, wrapped: led }, 'led there')
    await scrollsOn(reader)
    await stirAround(scrolledOn, 'scrolled on')
  }
  return glances
}

async function stirs(reader: Visitor, { id, said }: LongRoom, eyes: Eyes): Promise<Stir[]> {
  const { page, list } = reader
  const { above, across, upper, lower } = await rowsAround(reader)
  const at = (n: number) => `/api/rooms/${id}/messages/${said(n).seq}`
  const shows = (n: number, sign: string) => () =>
    list.evaluate(
      (el, [of, text]) =>
        [...el.querySelectorAll('article')].some(
          (row) => row.getAttribute('data-n') === String(of) && row.textContent.includes(text),
        ),
      [n, sign] as const,
    )
  const edits = async (n: number, words: string) => {
    await said(n).by.ask('PATCH', at(n), { cid: newCid(), text: `message ${n} ${words}` })
    await until(shows(n, words))
  }
  const reacts = async (n: number, emoji: string) => {
    await said(n).by.ask('PUT', `${at(n)}/reactions/${encodeURIComponent(emoji)}`, { cid: newCid() })
    await until(shows(n, emoji))
  }
  const deletes = async (n: number) => {
    await said(n).by.ask('DELETE', at(n), { cid: newCid() })
    await until(async () => !(await shows(n, `message ${n}`)()))
  }
  const pictures = (n: number) =>
    list.locator(`article[data-n="${n}"]`).evaluate(async (row) => {
      const picture = row.appendChild(document.createElement('div'))
      await new Promise(requestAnimationFrame)
      picture.style.cssText = 'height: 180px; grid-column: 2'
    })
  const { width = 390, height = 844 } = page.viewportSize() ?? {}
  const sized = (w: number, h: number) => () => page.setViewportSize({ width: w, height: h })
  const long = 'which says much more than before. '.repeat(20).trim()
  return [
    { what: 'a message above becomes longer', does: () => edits(above, `EDITED ${long}`) },
    { what: 'a message above becomes shorter', does: () => edits(above, 'AGAIN') },
    { what: 'a message above is reacted to', does: () => reacts(above, '🎉') },
    { what: 'a picture above loads', does: () => pictures(above) },
    { what: 'a message above is deleted', does: () => deletes(above) },
    { what: 'a message across the edge becomes longer', does: () => edits(across, `EDITED ${long}`) },
    { what: 'a message across the edge is reacted to', does: () => reacts(across, '🎉') },
    { what: 'a picture across the edge loads', does: () => pictures(across) },
    { what: 'a message across the edge is deleted', does: () => deletes(across) },
    { what: 'a picture in the upper half loads', does: () => pictures(upper), eye: eyes.upper(upper) },
    { what: 'a picture in the lower half loads', does: () => pictures(lower), eye: eyes.lower },
    { what: 'the window becomes lower', does: sized(width, height - 240) },
    { what: 'the window becomes higher', does: sized(width, height) },
    { what: 'the window becomes narrower', does: sized(width - 60, height), eye: eyes.wrapped },
    { what: 'the window becomes wider', does: sized(width, height), eye: eyes.wrapped },
    { what: 'the keyboard comes up', does: () => keyboard(reader, height - 320) },
    { what: 'the keyboard goes', does: () => keyboard(reader, height) },
  ]
}

/** Scrolls up, by the wheel, until everything that was on screen is below it. */
async function scrollsOn({ page, list }: Visitor): Promise<void> {
  await list.hover()
  await page.mouse.wheel(0, -1.5 * (await list.evaluate((el) => el.clientHeight)))
  await settled(page)
}

/** Scrolls down until a row begins above the list, and its text with it: by less than a row. */
function cutsARow({ list }: Visitor): Promise<void> {
  return list.evaluate((el) => {
    const edge = el.getBoundingClientRect().top - 4
    const tops = [...el.querySelectorAll('.whitespace-pre-wrap')].map(
      (words) => words.getBoundingClientRect().top,
    )
    el.scrollTop += (tops.find((top) => top >= edge) ?? edge) - edge
  })
}

/** The n of rows around the reader; each row is marked with its n, which it keeps when its text is gone. */
function rowsAround(reader: Visitor) {
  return reader.list.evaluate((list) => {
    const { top, bottom } = list.getBoundingClientRect()
    const rows = [...list.querySelectorAll('article')].flatMap((row) => {
      // A deleted one has no text any more.
      const [, n] = /message (\d+)/.exec(row.textContent) ?? []
      if (n === undefined) return []
      row.setAttribute('data-n', n)
      return { n: Number(n), box: row.getBoundingClientRect() }
    })
    const middle = (top + bottom) / 2
    const across = rows.find(({ box }) => box.bottom > top)?.n ?? NaN
    return {
      above: across - 2,
      across,
      upper: rows.find(({ box }) => box.top > top + 60)?.n ?? NaN,
      lower: rows.find(({ box }) => box.top > middle + 60)?.n ?? NaN,
    }
  })
}
