// A Chromium of one's own, spoken to over its DevTools protocol alone: its tabs are hidden when their window is
// minimised, as for a person; a page that Playwright holds is never hidden.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { WebSocket } from 'ws'
import { findChromium, whole } from './chromium.ts'

type Answer = Record<string, unknown>
interface Told {
  id?: number
  method?: string
  sessionId?: string
  params?: Answer
  result?: Answer
  error?: { message: string }
}

export class Devtools {
  readonly #process: ChildProcess
  readonly #folder: string
  readonly #socket: WebSocket
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  readonly #listeners = new Set<(told: Told) => void>()
  #sent = 0

  private constructor(process: ChildProcess, folder: string, socket: WebSocket) {
    this.#process = process
    this.#folder = folder
    this.#socket = socket
    socket.on('message', (data: Buffer) => this.#hear(JSON.parse(data.toString()) as Told))
  }

  static async open({ width = 1280, height = 800 } = {}): Promise<Devtools> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'brook-chromium-'))
    const args = [
      '--headless=new',
      '--remote-debugging-port=0',
      `--user-data-dir=${folder}`,
      `--window-size=${width},${height}`,
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      'about:blank',
    ]
    const chromium = spawn(findChromium([...whole, 'chromium-headless-shell']), args, {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    process.once('exit', () => chromium.kill('SIGKILL'))
    const address = await new Promise<string>((resolve, reject) => {
      let said = ''
      chromium.stderr.on('data', (data: Buffer) => {
        said += data.toString()
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
        if (found !== undefined) resolve(found)
      })
      chromium.once('exit', () => reject(new Error(`Chromium ended: ${said}`)))
    })
    const socket = new WebSocket(address)
    await new Promise((resolve, reject) => socket.on('open', resolve).on('error', reject))
    return new Devtools(chromium, folder, socket)
  }

  send(method: string, params: Answer = {}, sessionId?: string): Promise<Answer> {
    this.#sent += 1
    const id = this.#sent
    const session = sessionId === undefined ? {} : { sessionId }
    this.#socket.send(JSON.stringify({ id, method, params, ...session }))
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }))
  }

  listen(listener: (told: Told) => void): void {
    this.#listeners.add(listener)
  }

  /** A tab in a window of its own. */
  async tab(url = 'about:blank'): Promise<Tab> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank', newWindow: true })
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true })
    const tab = new Tab(this, String(sessionId))
    await tab.begins()
    if (url !== 'about:blank') await tab.goes(url)
    return tab
  }

  async end(): Promise<void> {
    this.#socket.close()
    const ended = new Promise((resolve) => this.#process.once('exit', resolve))
    this.#process.kill('SIGTERM')
    await ended
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 5 })
  }

  #hear(told: Told): void {
    const waiting = told.id === undefined ? undefined : this.#waiting.get(told.id)
    if (told.id !== undefined) this.#waiting.delete(told.id)
    if (told.error) waiting?.reject(new Error(told.error.message))
    else waiting?.resolve(told.result ?? {})
    if (told.method !== undefined) for (const listener of this.#listeners) listener(told)
  }
}

export interface Metrics {
  nodes: number
  listeners: number
  heapMb: number
  layouts: number
  styles: number
  /** Seconds of the main thread. */
  busy: number
  script: number
}

export class Tab {
  readonly #devtools: Devtools
  readonly #session: string

  constructor(devtools: Devtools, session: string) {
    this.#devtools = devtools
    this.#session = session
  }

  send(method: string, params: Answer = {}): Promise<Answer> {
    return this.#devtools.send(method, params, this.#session)
  }

  async begins(): Promise<void> {
    await this.send('Page.enable')
    await this.send('Runtime.enable')
    // The thread's own time: other load on the machine is not included.
    await this.send('Performance.enable', { timeDomain: 'threadTicks' })
  }

  async signsIn(address: string, cookie: string): Promise<void> {
    const [name = '', value = ''] = cookie.split('=')
    await this.send('Network.setCookie', { name, value, url: address })
  }

  /** Runs at the start of each page. */
  async always(source: string): Promise<void> {
    await this.send('Page.addScriptToEvaluateOnNewDocument', { source })
  }

  async goes(url: string): Promise<void> {
    await this.send('Page.navigate', { url })
  }

  /** Its window is minimised, or no longer. */
  async hides(is: boolean): Promise<void> {
    const { windowId } = await this.send('Browser.getWindowForTarget')
    await this.send('Browser.setWindowBounds', {
      windowId,
      bounds: { windowState: is ? 'minimized' : 'normal' },
    })
  }

  /** 1: as fast as this machine; 4: a quarter of it. */
  slows(rate: number): Promise<unknown> {
    return this.send('Emulation.setCPUThrottlingRate', { rate })
  }

  async evaluate<Of>(expression: string): Promise<Of> {
    const { result, exceptionDetails } = (await this.send('Runtime.evaluate', {
      expression,
      returnByValue: true,
      awaitPromise: true,
    })) as { result?: { value?: unknown }; exceptionDetails?: { exception?: { description?: string } } }
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? 'the page has thrown')
    return result?.value as Of
  }

  async key(text: string): Promise<void> {
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', text, key: text, unmodifiedText: text })
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key: text })
  }

  async metrics({ collect = false } = {}): Promise<Metrics> {
    if (collect) {
      await this.send('HeapProfiler.collectGarbage')
      await this.send('HeapProfiler.collectGarbage')
    }
    const { metrics } = (await this.send('Performance.getMetrics')) as {
      metrics: { name: string; value: number }[]
    }
    const of = (name: string): number => metrics.find((one) => one.name === name)?.value ?? 0
    return {
      nodes: of('Nodes'),
      listeners: of('JSEventListeners'),
      heapMb: of('JSHeapUsedSize') / 1e6,
      layouts: of('LayoutCount'),
      styles: of('RecalcStyleCount'),
      busy: of('TaskDuration'),
      script: of('ScriptDuration'),
    }
  }
}
