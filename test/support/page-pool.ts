// Pages that are used again by the next visitor with the same device: to begin a browser's profile and load the app into it costs
// three times as much as to load the app where it was before.
import type { Browser, BrowserContext } from 'playwright-core'
import { openPage, type Device, type OpenPage } from './browser-page.ts'
import { openChromium } from './chromium.ts'
import type { Address } from './person.ts'

/** Whoever calls one of these changes the page or its profile in a way that is not undone here: it is not used again. */
const wearing = [
  'addInitScript',
  'close',
  'emulateMedia',
  'exposeBinding',
  'exposeFunction',
  'grantPermissions',
  'newCDPSession',
  'newPage',
  'on',
  'once',
  'route',
  'routeWebSocket',
  'setExtraHTTPHeaders',
  'setGeolocation',
  'setOffline',
  'setViewportSize',
] as const

/** Each is a process of some 80 MB. */
const maxFree = 8

export class PagePool {
  readonly #browser: Browser
  readonly #free = new Map<string, OpenPage[]>()
  /** Of those that may be used again. */
  readonly #keys = new WeakMap<BrowserContext, string>()
  readonly #worn = new WeakSet<BrowserContext>()

  private constructor(browser: Browser) {
    this.#browser = browser
  }

  static async open(options: Parameters<typeof openChromium>[0]): Promise<PagePool> {
    return new PagePool(await openChromium(options))
  }

  get isOpen(): boolean {
    return this.#browser.isConnected()
  }

  /** From now on another server answers at `address`, and none at any other: nothing of those before is known. */
  async forget(address: Address): Promise<void> {
    const all = [...this.#free.values()].flat()
    this.#free.clear()
    for (const opened of all) {
      const isHere = new URL(opened.page.url()).origin === address
      if (isHere && (await hasForgotten(opened))) this.#keep(opened)
      else await opened.context.close()
    }
  }

  close(): Promise<void> {
    return this.#browser.close()
  }

  /** A page with nothing of anybody in it. `arrive`: what somebody does to it before the test may. */
  async take<Visitor>(
    address: Address,
    { cookie, ...device }: Device,
    arrive: (opened: OpenPage) => Visitor,
  ): Promise<Visitor> {
    const key = JSON.stringify([address, device])
    const opened = this.#free.get(key)?.pop() ?? (await this.#open(address, device, key))
    const [name, value = ''] = cookie?.split('=') ?? []
    if (name !== undefined) await opened.context.addCookies([{ name, value, url: address }])
    const visitor = arrive(opened)
    this.#worn.delete(opened.context)
    return visitor
  }

  /** Nobody uses the page any more. */
  async giveBack(opened: OpenPage): Promise<void> {
    const { context } = opened
    const isSame = this.#keys.has(context) && !this.#worn.has(context) && context.pages().length === 1
    const isWanted = isSame && [...this.#free.values()].flat().length < maxFree
    if (!isWanted || !(await isEmptied(opened))) return context.close()
    this.#keep(opened)
  }

  #keep(opened: OpenPage): void {
    const key = this.#keys.get(opened.context) ?? ''
    this.#free.set(key, [...(this.#free.get(key) ?? []), opened])
  }

  async #open(address: Address, device: Device, key: string): Promise<OpenPage> {
    const opened = await openPage(this.#browser, address, device)
    if (device.beforehand !== undefined || device.worker === true) return opened
    this.#keys.set(opened.context, key)
    for (const part of [opened.context, opened.page]) this.#watch(part, opened.context)
    return opened
  }

  #watch(part: object, context: BrowserContext): void {
    for (const name of wearing) {
      const act: unknown = Reflect.get(part, name)
      if (typeof act !== 'function') continue
      Reflect.set(part, name, (...args: unknown[]): unknown => {
        this.#worn.add(context)
        return Reflect.apply(act, part, args)
      })
    }
  }
}

/** Nothing that was loaded is kept. False: it could not be done. */
async function hasForgotten({ context, page }: OpenPage): Promise<boolean> {
  try {
    const tools = await context.newCDPSession(page)
    await tools.send('Network.clearBrowserCache')
    await tools.detach()
    return true
  } catch {
    return false
  }
}

/** The app is gone from the page, and everything that it stored. False: it could not be done. */
async function isEmptied({ context, page }: OpenPage): Promise<boolean> {
  const { origin } = new URL(page.url())
  try {
    // Of the same origin, so that its process stays.
    await page.goto('/theme.js')
    await page.evaluate(() => sessionStorage.clear())
    await context.clearCookies()
    const tools = await context.newCDPSession(page)
    await tools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' })
    await tools.send('Page.resetNavigationHistory')
    await tools.detach()
    return new URL(page.url()).origin === origin
  } catch {
    // Its server is away, or the page is.
    return false
  }
}
