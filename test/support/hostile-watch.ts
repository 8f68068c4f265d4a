// Watches a page for what words must never do: run, ask another host for something, break the page's own policy, make
// elements of their own. And measures what they make it work.
import type { CDPSession } from 'playwright-core'
import type { Visitor } from './browser-visitor.ts'

/** What rows of the list are made of. */
const allowed = (
  'article wbr div p span bdi time button i strong em s code pre a ul ol li blockquote hr table thead tbody tr th td ' +
  'h2 svg path circle rect line polyline ellipse polygon g'
).split(' ')

interface InPage {
  watched: { drawn: Set<number>; look: (allowed: string[]) => Seen }
}

export interface Seen {
  hit: boolean
  violations: string[]
  /** Elements that rows are not made of, and elements that listen. */
  odd: string[]
  /** Where links lead that lead nowhere good. */
  links: string[]
  /** The page, or its list, can be pushed sideways by so many pixels. */
  wider: number
  nodes: number
}

export class Watch {
  readonly #visitor: Visitor
  /** Requests to other hosts, and dialogs. */
  readonly strange: string[] = []
  #metrics: CDPSession | undefined

  private constructor(visitor: Visitor) {
    this.#visitor = visitor
  }

  /** The page loads again, with the watch in it. */
  static async over(visitor: Visitor): Promise<Watch> {
    const watch = new Watch(visitor)
    const { page } = visitor
    const { host } = new URL(page.url())
    page.on('request', (request) => {
      const url = new URL(request.url())
      if (url.host !== host && !['data:', 'blob:'].includes(url.protocol)) watch.strange.push(request.url())
    })
    page.on('dialog', (dialog) => {
      watch.strange.push(`a dialog: ${dialog.message()}`)
      void dialog.dismiss()
    })
    await page.addInitScript({ content: inPage })
    await page.reload()
    await visitor.isIn()
    return watch
  }

  /** Waits until number `seq` has come to the page and two frames were drawn after it. */
  async drawn(seq: number): Promise<void> {
    await this.#visitor.page.waitForFunction(
      (wanted) => (globalThis as unknown as InPage).watched.drawn.has(wanted),
      seq,
    )
  }

  /**
   * The ms for which the page's main thread has worked so far: reading, folding, drawing, laying out. Of its own clock, so
   * that what else the machine does is not counted.
   */
  async worked(): Promise<number> {
    if (this.#metrics === undefined) {
      this.#metrics = await this.#visitor.context.newCDPSession(this.#visitor.page)
      await this.#metrics.send('Performance.enable', { timeDomain: 'threadTicks' })
    }
    const { metrics } = await this.#metrics.send('Performance.getMetrics')
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? Infinity)
  }

  async look(): Promise<Seen> {
    return this.#visitor.page.evaluate(
      (names) => (globalThis as unknown as InPage).watched.look(names),
      allowed,
    )
  }
}

/** Plain JavaScript: it is part of the page, before anything of the page's own. */
const inPage = `{
  const violations = []
  const drawn = new Set()
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    violations.push(violatedDirective + ' ' + blockedURI))
  const frame = () => new Promise(requestAnimationFrame)
  const seen = async (seq) => {
    await frame()
    await frame()
    await frame()
    drawn.add(seq)
  }
  // Hears each frame of the server before the page does.
  globalThis.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address)
      this.addEventListener('message', ({ data }) => {
        const told = String(data).split('\\n').map((line) => JSON.parse(line))
        const said = told.findLast(({ type }) => type === 'message')
        if (said !== undefined) void seen(said.seq)
      })
    }
  }
  const look = (allowed) => {
    const all = [...document.querySelectorAll('#messages *')]
    const listens = (el) => [...el.attributes].some(({ name }) => name.startsWith('on') || name === 'srcdoc')
    const links = all.filter((el) => el.localName === 'a').map(({ href }) => href)
    const list = document.querySelector('#messages')
    const root = document.documentElement
    return {
      hit: 'wasHit' in globalThis,
      violations,
      odd: all.filter((el) => !allowed.includes(el.localName) || listens(el)).map((el) => el.outerHTML.slice(0, 120)),
      links: links.filter((href) => !/^(https?|mailto):/.test(href)),
      wider: Math.max(root.scrollWidth - root.clientWidth, (list?.scrollWidth ?? 0) - (list?.clientWidth ?? 0)),
      nodes: all.length,
    }
  }
  globalThis.watched = { drawn, look }
}`
