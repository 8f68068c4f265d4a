// The reader's eye: rests on the message in the middle of the list and tells how far it was moved while it looked.
import type { Page, Route } from 'playwright-core'

export interface Glance {
  /** What the eye rests on. */
  text: string
  /** Pixels by which it was moved at most, in any frame that was painted; Infinity when it was taken away. */
  movedBy: number
}

interface Watch {
  look: () => Glance
}

/** Looks from here on; the answer ends it. */
export async function watchEye(page: Page): Promise<() => Promise<Glance>> {
  const watch = await page.evaluateHandle((): Watch => {
    const list = document.querySelector('#messages')?.getBoundingClientRect()
    if (list === undefined) throw new Error('there is no list')
    const wordsOf = (one: Element | null | undefined): string =>
      one?.querySelector('.whitespace-pre-wrap')?.textContent ?? ''
    const atEye = document.elementFromPoint(list.left + list.width / 2, list.top + list.height / 2)
    const text = wordsOf(atEye?.closest('[data-message]'))
    const top = (): number | undefined =>
      [...document.querySelectorAll('#messages article')]
        .find((one) => wordsOf(one) === text)
        ?.querySelector('.whitespace-pre-wrap')
        ?.getBoundingClientRect().top
    const start = top() ?? Infinity
    let movedBy = 0
    let isLooking = true
    const see = (): void => {
      movedBy = Math.max(movedBy, Math.abs((top() ?? Infinity) - start))
      if (isLooking) requestAnimationFrame(afterPaint)
    }
    // Within a frame the list may be anywhere; what counts is how the frame ends.
    const afterPaint = (): void => {
      const { port1, port2 } = new MessageChannel()
      port1.onmessage = see
      port2.postMessage('painted')
    }
    requestAnimationFrame(afterPaint)
    return {
      look: () => {
        isLooking = false
        see()
        return { text, movedBy }
      },
    }
  })
  return () => watch.evaluate((it) => it.look())
}

/** Holds the pages of older history on their way until they are let through, one by one. */
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
