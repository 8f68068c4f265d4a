// Watches a page for what words must never do: run, ask another host for something, break the page's own policy, make
// elements of their own. And measures what drawing them took.
import type { Visitor } from './browser-visitor.ts'

/** What rows of the list are made of. */
const allowed = (
  'article div p span bdi time button i strong em s code pre a ul ol li blockquote hr table thead tbody tr th td ' +
  'svg path circle rect line polyline ellipse polygon g'
).split(' ')

interface InPage {
  watched: { costs: Map<number, number>; look: (allowed: string[]) => Seen }
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

  /** Waits until number `seq` has come to the page and been drawn; gives the ms that its task and two frames took. */
  async drawn(seq: number): Promise<number> {
    const { page } = this.#visitor
    await page.waitForFunction((wanted) => (globalThis as unknown as InPage).watched.costs.has(wanted), seq)
    return page.evaluate(
      (wanted) => (globalThis as unknown as InPage).watched.costs.get(wanted) ?? Infinity,
      seq,
    )
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
  const costs = new Map()
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    violations.push(violatedDirective + ' ' + blockedURI))
  const afterTask = () => new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => (port1.close(), resolve(performance.now()))
    port2.postMessage(0)
  })
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => {
    const began = performance.now()
    afterTask().then((ended) => resolve(ended - began))
  }))
  const measure = async (seq) => {
    const began = performance.now()
    const task = (await afterTask()) - began
    costs.set(seq, task + (await frame()) + (await frame()))
  }
  // Hears each frame of the server before the page does.
  globalThis.WebSocket = class extends WebSocket {
    constructor(...address) {
      super(...address)
      this.addEventListener('message', ({ data }) => {
        const told = String(data).split('\\n').map((line) => JSON.parse(line))
        const said = told.findLast(({ type }) => type === 'message')
        if (said !== undefined) void measure(said.seq)
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
  globalThis.watched = { costs, look }
}`
