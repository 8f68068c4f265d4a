// A Brook with the built web app, sync, and one Chromium, for stories. Any complaint on a page's console fails the
// story, unless the story has announced it.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '../../server/config.ts'
import { runSync } from '../../server/history/sync/run-sync.ts'
import { runServer } from '../../server/main.ts'
import { en } from '../../web/words/en.ts'
import { zh } from '../../web/words/zh.ts'
import { Brook } from './brook.ts'
import type { Address, Person } from './person.ts'
import type { Device } from './browser-page.ts'
import { Visitor } from './browser-visitor.ts'
import { PagePool } from './page-pool.ts'

const index = fileURLToPath(new URL('../../dist/web/index.html', import.meta.url))

export interface StoryOptions {
  /** It runs every second, unless the story runs it. */
  sync?: boolean
  /** Of devices that do not say. */
  worker?: boolean
  settings?: Partial<Config>
  /** As in `openChromium`. */
  isShell?: boolean
  flags?: readonly string[]
}

export class Story {
  readonly brook: Brook
  readonly #sync: { close(): Promise<void> } | undefined
  readonly #worker: boolean
  readonly #pages: PagePool
  readonly #endPages: () => Promise<void>
  #visitors: Visitor[] = []

  private constructor(parts: {
    brook: Brook
    pages: PagePool
    endPages: () => Promise<void>
    sync: { close(): Promise<void> } | undefined
    worker: boolean
  }) {
    this.brook = parts.brook
    this.#pages = parts.pages
    this.#endPages = parts.endPages
    this.#sync = parts.sync
    this.#worker = parts.worker
  }

  /** `shared`: pages of a browser that others use too, after this one. */
  static async begin(
    { sync = true, worker = false, settings = {}, ...chromium }: StoryOptions = {},
    shared?: PagePool,
  ): Promise<Story> {
    if (!existsSync(index)) throw new Error('dist/web is missing: build the web app first (npm run build)')
    const [brook, pages] = await Promise.all([Brook.start(settings), shared ?? PagePool.open(chromium)])
    const running = sync ? await runSync(brook.config, { say: () => undefined }) : undefined
    const { address = '' } = brook.servers[0] ?? {}
    const endPages = () => (shared === undefined ? pages.close() : pages.forget(address))
    return new Story({ brook, pages, endPages, sync: running, worker })
  }

  get address(): Address {
    return this.brook.servers.at(-1)?.address ?? ''
  }

  /** Somebody opens Brook in a browser of their own. `address`: at which server, if not at the last one. */
  async opens(name: string, device: Device = {}, address = this.address): Promise<Visitor> {
    const visitor = await this.#arrives(name, device, address)
    await visitor.page.goto('/')
    return visitor
  }

  /** A guest opens Brook, already signed in: how one gets in has stories of its own. */
  async enters(name: string, device: Device = {}): Promise<Visitor> {
    const visitor = await this.#arrives(name, device, this.address)
    const answer = await visitor.page.request.post('/api/guests', { data: { name } })
    if (!answer.ok()) throw new Error(`${name} was not let in: ${answer.status()} ${await answer.text()}`)
    await visitor.page.goto('/')
    await visitor.isIn()
    return visitor
  }

  async #arrives(name: string, device: Device, address: Address): Promise<Visitor> {
    const words = device.locale === 'zh-CN' ? zh : en
    const visitor = await this.#pages.take(
      address,
      { worker: this.#worker, ...device },
      (opened) => new Visitor(name, opened, words),
    )
    this.#visitors.push(visitor)
    return visitor
  }

  /** A guest without a browser: fast, for people whose screens do not matter. */
  joins(name: string): Promise<Person> {
    return this.brook.enter(name)
  }

  /** Stops the server; the returned `returns` starts the next one at the same address. */
  async serverGoes(): Promise<{ returns: () => Promise<void> }> {
    const { brook } = this
    const server = brook.servers.pop()
    const port = Number(new URL(server?.address ?? '').port)
    await server?.close()
    return { returns: async () => void brook.servers.push(await runServer({ ...brook.config, port })) }
  }

  /** Everybody leaves; throws the complaints of their browsers. */
  async allLeave(): Promise<void> {
    const complaints = this.#visitors.flatMap(({ complaints }) => complaints)
    for (const visitor of this.#visitors) visitor.letsGo()
    await Promise.all(this.#visitors.map((visitor) => this.#pages.giveBack(visitor)))
    this.#visitors = []
    for (const person of this.brook.people.splice(0)) person.drops()
    if (complaints.length > 0) throw new Error(`the browsers complained:\n${complaints.join('\n')}`)
  }

  async end(): Promise<void> {
    await this.#endPages()
    await this.#sync?.close()
    await this.brook.stop()
  }
}
