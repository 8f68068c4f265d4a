// Messages that grow some time after they were drawn, as messages with late images do.
import type { Page } from 'playwright-core'
import { settled } from './browser-eye.ts'

/**
 * Every n-th message (by the n of "message n") gets an element that grows 50-300 ms after the first drawing, and at
 * once when drawn again. Messages that are already drawn stay as they are.
 */
export async function growLate(page: Page, { every }: { every: number }) {
  const late = await page.evaluateHandle((nth) => {
    const known = new Map<number, number>()
    const counts = { waiting: 0, grown: 0 }
    const take = (row: Element): void => {
      const n = Number(/message (\d+)/.exec(row.textContent)?.[1] ?? NaN)
      if (n % nth !== 0 || row.querySelector('[data-late]') !== null) return
      const picture = document.createElement('div')
      picture.dataset['late'] = ''
      picture.style.gridColumn = '2'
      row.append(picture)
      const height = 40 + ((n * 37) % 240)
      const grow = (): void => void (picture.style.height = `${height}px`)
      if (known.has(n)) return grow()
      counts.waiting += 1
      setTimeout(
        () => {
          counts.waiting -= 1
          counts.grown += 1
          known.set(n, height)
          grow()
        },
        50 + ((n * 53) % 250),
      )
    }
    const list = document.querySelector('#messages')
    if (list === null) throw new Error('there is no list')
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes)
          if (node instanceof Element) node.querySelectorAll('article').forEach(take)
    }).observe(list, { childList: true, subtree: true })
    return counts
  }, every)
  return {
    /** How many have grown. */
    count: () => late.evaluate(({ grown }) => grown),
    /** Resolves when nothing waits to grow and nothing has moved for a few frames. */
    grown: async (): Promise<void> => {
      do await settled(page)
      while ((await late.evaluate(({ waiting }) => waiting)) > 0)
    },
  }
}
