// A page of Brook in a browser of its own: its device, its language, its connection, and what its console complains of.
// What somebody does there is in browser-visitor.ts.
import type { Browser, BrowserContext, ConsoleMessage, Locator, Page } from 'playwright-core'
import { en, type Words } from '../../web/words/en.ts'
import type { Address } from './person.ts'

/** The device, browser settings and session of a visitor. */
export interface Device {
  locale?: 'en-GB' | 'zh-CN'
  theme?: 'light' | 'dark'
  /** A phone: 390x844 with touch. */
  phone?: boolean
  width?: number
  height?: number
  /** The local time zone. */
  timezone?: string
  /** Starts with an existing session: a cookie in the form of a header. */
  cookie?: string
  /** The app installs its service worker. Without, as in some private windows, the page asks for everything itself. */
  worker?: boolean
  /** Is done before the first page is opened. */
  beforehand?: (context: BrowserContext) => Promise<unknown>
}

/** On a busy machine: a story that waits is slow, not wrong. */
const withinMs = 30_000

/** A text of the app with its placeholders filled in. */
export const fill = (words: string, places: Record<string, string | number> = {}): string =>
  words.replace(/\{(\w+)\}/g, (_all, name: string) => String(places[name] ?? `{${name}}`))

/** Direction isolates around names are not part of the readable text. */
export const plain = (text: string): string => text.replace(/[\u2066-\u2069]/g, '')

export interface OpenPage {
  context: BrowserContext
  page: Page
}

/** A browser of one's own, with an empty page. */
export async function openPage(browser: Browser, address: Address, device: Device): Promise<OpenPage> {
  const { locale = 'en-GB', theme = 'light', phone = false, width = 1280, height = 800 } = device
  const context = await browser.newContext({
    baseURL: address,
    locale,
    colorScheme: theme,
    reducedMotion: 'reduce' as const,
    ...(device.timezone === undefined ? {} : { timezoneId: device.timezone }),
    viewport: phone ? { width: 390, height: 844 } : { width, height },
    serviceWorkers: device.worker === true ? 'allow' : 'block',
    ...(phone ? { hasTouch: true, isMobile: true } : {}),
  })
  context.setDefaultTimeout(withinMs)
  await device.beforehand?.(context)
  return { context, page: await context.newPage() }
}

export class BrowserPage {
  readonly name: string
  readonly page: Page
  readonly context: BrowserContext
  readonly complaints: string[] = []
  readonly words: Words
  readonly #expected: RegExp[] = []

  constructor(name: string, { context, page }: OpenPage, words: Words = en) {
    this.name = name
    this.context = context
    this.page = page
    this.words = words
    page.on('pageerror', this.#failed)
    page.on('console', this.#said)
  }

  /** The console may show this from here on. Matched against "text url". */
  expects(...words: RegExp[]): void {
    this.#expected.push(...words)
  }

  async leaves(): Promise<void> {
    await this.context.close()
  }

  /** What the page does from now on is somebody else's. */
  letsGo(): void {
    this.page.off('pageerror', this.#failed)
    this.page.off('console', this.#said)
  }

  async presses(words: string): Promise<void> {
    await this.page.getByRole('button', { name: words, exact: true }).click()
  }

  get dialog(): Locator {
    return this.page.getByRole('dialog')
  }

  async goesOffline(): Promise<void> {
    this.expects(/ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED|WebSocket connection to .* failed/)
    await this.context.setOffline(true)
  }

  async comesBack(): Promise<void> {
    await this.context.setOffline(false)
  }

  /** The page cannot be scrolled sideways. */
  async overflow(): Promise<number> {
    return this.page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement
      return scrollWidth - clientWidth
    })
  }

  /** What has the focus, in words: its label, its text or its name. */
  async focused(): Promise<string> {
    return this.page.evaluate(() => {
      const el = document.activeElement
      if (el === null || el === document.body) return 'body'
      const label = el.getAttribute('aria-label') ?? (el as HTMLInputElement).labels?.[0]?.textContent
      return (label ?? el.textContent).trim().slice(0, 80) || `${el.tagName.toLowerCase()}#${el.id}`
    })
  }

  readonly #failed = (error: Error): void => this.#complain(`${error.message} ${error.stack ?? ''}`)

  readonly #said = (message: ConsoleMessage): void => {
    if (message.type() === 'error') this.#complain(`${message.text()} ${message.location().url}`)
  }

  #complain(words: string): void {
    if (!this.#expected.some((expected) => expected.test(words)))
      this.complaints.push(`${this.name}: ${words}`)
  }
}
