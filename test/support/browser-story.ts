// A Brook with the built web app, sync, and one Chromium: what a story is told with.
// Whatever a page complains about on its console fails the story, unless the story has said that it will.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'playwright-core'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { runServer } from '../../server/main.ts'
import { Brook } from './brook.ts'
import type { Address, Person } from './person.ts'
import { Visitor, type Seat } from './browser-visitor.ts'
import { openChromium } from './chromium.ts'

const index = fileURLToPath(new URL('../../dist/web/index.html', import.meta.url))

export class Story {
  readonly brook: Brook
  readonly #browser: Browser
  readonly #sync: { close(): Promise<void> } | undefined
  #visitors: Visitor[] = []

  private constructor(brook: Brook, browser: Browser, sync: { close(): Promise<void> } | undefined) {
    this.brook = brook
    this.#browser = browser
    this.#sync = sync
  }

  /** `sync` runs every second; `isShell` as in `openChromium`. */
  static async begin({ sync = true, isShell = false } = {}): Promise<Story> {
    if (!existsSync(index)) throw new Error('dist/web is missing: build the web app first (npm run build)')
    const [brook, browser] = await Promise.all([Brook.start(), openChromium({ isShell })])
    const running = sync ? await runSync(brook.config, { say: () => undefined }) : undefined
    return new Story(brook, browser, running)
  }

  get address(): Address {
    return this.brook.servers.at(-1)?.address ?? ''
  }

  /** Somebody opens Brook in a browser of their own. */
  async opens(name: string, seat: Seat = {}): Promise<Visitor> {
    const visitor = await Visitor.sit(this.#browser, this.address, name, seat)
    this.#visitors.push(visitor)
    return visitor
  }

  /** Somebody opens Brook and comes in as a guest. */
  async enters(name: string, seat: Seat = {}): Promise<Visitor> {
    const visitor = await this.opens(name, seat)
    await visitor.entersAsGuest()
    return visitor
  }

  /** Somebody who is a guest without a browser: quick, for those whose screens nobody looks at. */
  joins(name: string): Promise<Person> {
    return this.brook.enter(name)
  }

  /** Ends the server; what it answers is `returns`, which starts the next one at the same address. */
  async serverGoes(): Promise<{ returns: () => Promise<void> }> {
    const { brook } = this
    const server = brook.servers.pop()
    const port = Number(new URL(server?.address ?? '').port)
    await server?.close()
    return { returns: async () => void brook.servers.push(await runServer({ ...brook.config, port })) }
  }

  /** Everybody leaves; throws what their browsers complained about. */
  async allLeave(): Promise<void> {
    const complaints = this.#visitors.flatMap(({ complaints }) => complaints)
    await Promise.all(this.#visitors.map((visitor) => visitor.leaves()))
    this.#visitors = []
    for (const person of this.brook.people.splice(0)) person.drops()
    if (complaints.length > 0) throw new Error(`the browsers complained:\n${complaints.join('\n')}`)
  }

  async end(): Promise<void> {
    await this.#browser.close()
    await this.#sync?.close()
    await this.brook.stop()
  }
}
