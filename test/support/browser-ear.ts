// A screen reader's ear: what the two live regions of a page say, in order, and what the accessibility tree has at the
// focus.
import type { Page } from 'playwright-core'
import { until } from './until.ts'

interface Ear {
  heard: string[]
}

const plain = (words: string): string => words.replace(/[\u2066-\u2069]/g, '')

/** Listens from here on. */
export async function listenTo(page: Page) {
  const ear = await page.evaluateHandle((): Ear => {
    const heard: string[] = []
    for (const region of document.querySelectorAll('[data-announcements]'))
      new MutationObserver((records) => {
        for (const { addedNodes } of records)
          for (const node of addedNodes)
            if (node instanceof HTMLElement)
              heard.push(`${region.getAttribute('aria-live') === 'assertive' ? '! ' : ''}${node.innerText}`)
      }).observe(region, { childList: true })
    return { heard }
  })
  /** What was said since the last call. */
  const all = (): Promise<string[]> =>
    ear.evaluate(({ heard }) => heard.splice(0)).then((all) => all.map(plain))
  return {
    all,
    /** Waits until this was said. */
    hears: async (words: string): Promise<void> => {
      const since: string[] = []
      await until(
        async () => {
          since.push(...(await all()))
          return since
        },
        (said) => said.some((one) => one.includes(words)),
      )
    },
  }
}

/** The role, name and description of what has the focus, as the browser computes them. */
export async function focusedNode(page: Page): Promise<{ role: string; name: string; description: string }> {
  const session = await page.context().newCDPSession(page)
  const { result } = await session.send('Runtime.evaluate', { expression: 'document.activeElement' })
  const { nodes } = await session.send('Accessibility.getPartialAXTree', {
    objectId: result.objectId ?? '',
    fetchRelatives: false,
  })
  await session.detach()
  const [node] = nodes
  const text = (value: { value?: unknown } | undefined): string => plain(String(value?.value ?? ''))
  return { role: text(node?.role), name: text(node?.name), description: text(node?.description) }
}
