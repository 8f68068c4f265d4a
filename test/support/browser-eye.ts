// The reader's eye: watches the message in the middle of the list, a chosen one or all that begin on screen, and
// reports how far they were moved meanwhile.
import type { Page, Route } from 'playwright-core'

export interface Glance {
  /** The watched text; of several messages the one that was moved most. */
  text: string
  /** The maximum number of pixels by which it was moved in any painted frame; Infinity if it was removed. */
  movedBy: number
}

/** The browser's own API; not in the types yet. */
interface Scheduling {
  scheduler: { postTask: (task: () => void, options: { priority: 'user-blocking' }) => Promise<void> }
}

interface Watch {
  look: () => Glance
}

/**
 * `first`: the first message whose text begins on screen. `begins`: those whose text begins like this. `sides`: all;
 * those above (with the one whose text begins like this) may move, or those below, but not both.
 */
export type Eye = 'middle' | 'first' | 'all' | { begins: string } | { sides: string }

/** Watches from here on; the returned function ends it. */
export async function watchEye(page: Page, on: Eye = 'middle'): Promise<() => Promise<Glance>> {
  const watch = await page.evaluateHandle((what): Watch => {
    const list = document.querySelector('#messages')?.getBoundingClientRect()
    if (list === undefined) throw new Error('there is no list')
    const wordsIn = (one: Element | null | undefined) => one?.querySelector('.whitespace-pre-wrap')
    const topOf = (one: Element): number => one.getBoundingClientRect().top
    const all = (): Element[] =>
      [...document.querySelectorAll('#messages article')].flatMap((one) => wordsIn(one) ?? [])
    const onScreen = (): Element[] =>
      all().filter((words) => topOf(words) >= list.top && topOf(words) < list.bottom - 20)
    const inMiddle = (): Element[] => {
      const above = [...document.querySelectorAll('#messages article')].filter(
        (one) => topOf(one) <= list.top + list.height / 2,
      )
      return [above.flatMap((one) => wordsIn(one) ?? []).at(-1) ?? []].flat()
    }
    const chosen = (): Element[] => {
      if (what === 'middle') return inMiddle()
      if (what === 'first') return onScreen().slice(0, 1)
      const begins = typeof what === 'object' && 'begins' in what ? what.begins : ''
      const seen = onScreen()
      // One message may fill the list.
      return seen.length === 0 ? inMiddle() : seen.filter((words) => words.textContent.startsWith(begins))
    }
    const starts = new Map(chosen().map((words) => [words.textContent ?? '', topOf(words)]))
    const texts = [...starts.keys()]
    const middle = typeof what === 'object' && 'sides' in what ? what.sides : undefined
    const above = texts.findIndex((text) => middle !== undefined && text.startsWith(middle)) + 1
    const sides = [texts.slice(0, above), texts.slice(above)].filter((side) => side.length > 0)
    /** The one of each side that was moved most. */
    const max = sides.map((side): Glance => ({ text: side.join(), movedBy: 0 }))
    let isLooking = true
    const see = (): void => {
      const tops = new Map(all().map((words) => [words.textContent ?? '', topOf(words)]))
      for (const [at, side] of sides.entries())
        for (const text of side) {
          const movedBy = Math.abs((tops.get(text) ?? Infinity) - (starts.get(text) ?? 0))
          if (movedBy > (max[at]?.movedBy ?? 0)) max[at] = { text, movedBy }
        }
      if (isLooking) requestAnimationFrame(afterPaint)
    }
    // Within a frame the list may be anywhere; what counts is how the frame ends. Trap: any other task between the
    // frame and the look, such as a server's answer, may leave the list in a state that is never painted; so the look
    // goes first.
    const { scheduler } = globalThis as unknown as Scheduling
    const afterPaint = (): void => void scheduler.postTask(see, { priority: 'user-blocking' })
    requestAnimationFrame(afterPaint)
    return {
      look: () => {
        isLooking = false
        see()
        const [best] = max.sort((a, b) => a.movedBy - b.movedBy)
        return best ?? { text: '', movedBy: Infinity }
      },
    }
  }, on)
  return () => watch.evaluate((it) => it.look())
}

/** Holds back pages of older history until they are released, one by one. */
export async function holdOlderPages(page: Page) {
  const held: Route[] = []
  await page.route(/\/messages\?.*before=/, (route) => void held.push(route))
  return {
    waiting: () => held.length,
    letOneThrough: async () => {
      const route = held.shift()
      const answered = page.waitForResponse(/\/messages\?.*before=/)
      await route?.continue()
      await (await answered).finished()
    },
  }
}

/** Resolves when nothing has moved for a few frames. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const list = document.querySelector('#messages')
    const seen = (): string => `${list?.scrollTop} ${list?.scrollHeight}`
    for (let last = '', same = 0; same < 6;) {
      await new Promise(requestAnimationFrame)
      same = seen() === last ? same + 1 : 0
      last = seen()
    }
  })
}
