// Watches a page for what a message must never do: run code, send a request to another host, break the page's policy,
// create unexpected elements. Also measures the work it causes.
import type { CDPSession } from 'playwright-core'
import type { Visitor } from './browser-visitor.ts'

/** The elements that rows consist of. */
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
  /** Unexpected elements, and elements with event handlers. */
  odd: string[]
  /** Links with a dangerous target. */
  links: string[]
  /** Pixels by which the page, or its list, can be scrolled sideways. */
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

  /** Reloads the page with the watch in it. */
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

  /** Waits until number `seq` has reached the page and two frames were drawn after it. */
  async drawn(seq: number): Promise<void> {
    await this.#visitor.page.waitForFunction(
      (wanted) => (globalThis as unknown as InPage).watched.drawn.has(wanted),
      seq,
    )
  }

  /**
   * The ms of work on the page's main thread so far: parsing, folding, drawing, layout. By its own clock, so that other
   * load on the machine does not count.
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

/** Plain JavaScript that runs in the page before the page's own code. */
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
  // Sees each frame of the server before the page does.
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
