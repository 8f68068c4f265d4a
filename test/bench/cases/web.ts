// The built web app in Chromium: its first load on a slow machine and network (4x CPU throttling; fast 3G as in WebPageTest
// and Lighthouse: 1.6 Mbit/s down, 750 kbit/s up, 150 ms a round trip), and its scripting time for incoming messages.
import type { Browser, CDPSession, Page } from 'playwright-core'
import { WebSocket } from 'ws'
import { Db } from '../../../server/db.ts'
import { newCid } from '../../../server/protocol/cid.ts'
import { openChromium } from '../../support/chromium.ts'
import type { PrivateStores } from '../../support/stores.ts'
import type { Case } from './case.ts'
import { firstRoom, seat } from './people.ts'
import { Program } from './program.ts'
import type { Served } from './scene.ts'
import { benchStores } from './stores.ts'

const fast3g = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
}
const cpuSlower = 4
/** The room's existing messages: more than a page, all of it read, so that it opens at its end. */
const already = 60
const messages = 1_000
const perSecond = 100
const server = new URL('../programs/server.ts', import.meta.url)

/** When it is usable: the field exists and accepts text, and the page has painted and is idle. */
const usable = { entry: 'form input:enabled', room: '#composer:enabled' }

export const web: Case<'Brook'> = {
  name: 'web',
  aim: 7,
  about: () =>
    `first load with an empty cache, ${cpuSlower}x CPU and fast 3G; then ${messages} messages, ${perSecond} a second, in an open room (CPU not throttled)`,
  contenders: ['Brook'],
  shown: [
    { figure: 'first load to entry', unit: 's', digits: 2, better: 'less', target: 1 },
    { figure: 'sent to the browser', unit: 'KB', better: 'less' },
    { figure: 'first load to room', unit: 's', digits: 2, better: 'less' },
    { figure: 'sent for the room', unit: 'KB', better: 'less' },
    { figure: 'second load to room', unit: 's', digits: 2, better: 'less' },
    { figure: 'scripting for 1,000', unit: 'ms', better: 'less', target: 2_000 },
    { figure: 'all work for 1,000', unit: 'ms', better: 'less' },
  ],
  round: async () => {
    const stores = await benchStores()
    const browser = await openChromium()
    try {
      const [ann = '', bob = ''] = await seat(stores.mysql, 2, 'one')
      const { program, told } = await Program.start<Served>(server, given(stores))
      const address = `http://127.0.0.1:${told.port}`
      const talker = await Talker.connect(address, bob)
      await talker.say(already, 1_000)
      await readAll(stores)
      const entry = await load(browser, { address, path: '/', until: usable.entry })
      const room = { address, path: `/rooms/${firstRoom}`, until: usable.room }
      const inside = await load(browser, { ...room, cookie: ann, again: true })
      const heard = await hear(browser, address, ann, talker)
      talker.close()
      await program.stop()
      return {
        figures: {
          'first load to entry': entry.seconds,
          'sent to the browser': entry.kb,
          'first load to room': inside.seconds,
          'sent for the room': inside.kb,
          'second load to room': inside.againSeconds,
          'scripting for 1,000': heard.script,
          'all work for 1,000': heard.all,
        },
        wrong: heard.wrong,
      }
    } finally {
      await browser.close()
      await stores.stop()
    }
  },
}

async function readAll({ mysql }: PrivateStores): Promise<void> {
  const db = new Db(mysql, 1)
  await db.run('UPDATE memberships SET read_seq = ?', [already])
  await db.close()
}

const given = ({ redis, mysql }: PrivateStores): object => ({ redis, mysql })

interface Load {
  address: string
  path: string
  until: string
  cookie?: string
  /** Loads it a second time, with the browser's cache. */
  again?: boolean
}

interface Loaded {
  seconds: number
  kb: number
  againSeconds: number
}

async function load(browser: Browser, { address, path, until, cookie, again }: Load): Promise<Loaded> {
  const { page, devtools } = await sit(browser, address, cookie)
  try {
    await devtools.send('Network.emulateNetworkConditions', fast3g)
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpuSlower })
    let bytes = 0
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
    const first = await timed(page, address + path, until)
    const kb = bytes / 1_024
    return {
      seconds: first,
      kb,
      againSeconds: again === true ? await timed(page, address + path, until) : NaN,
    }
  } finally {
    await page.context().close()
  }
}

async function sit(
  browser: Browser,
  address: string,
  session?: string,
): Promise<{ page: Page; devtools: CDPSession }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } })
  const [name, value = ''] = session?.split('=') ?? []
  if (name !== undefined) await context.addCookies([{ name, value, url: address }])
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  for (const domain of ['Network', 'Performance'] as const) await devtools.send(`${domain}.enable`)
  return { page, devtools }
}

/** Runs in the page, as text: the compiler of this file would leave names in a function that the page does not have. */
const whenUsable = `(selector) => new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(selector) === null) return requestAnimationFrame(look)
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() / 1000)))
  }
  look()
})`

/** Seconds on the page's own clock, which starts with the navigation. */
async function timed(page: Page, address: string, until: string): Promise<number> {
  await page.goto(address, { waitUntil: 'commit' })
  return page.evaluate<number>(`(${whenUsable})(${JSON.stringify(until)})`)
}

interface Heard {
  script: number
  all: number
  wrong: string[]
}

/** The scripting time of an open room for messages that arrive one after the other. */
async function hear(browser: Browser, address: string, cookie: string, talker: Talker): Promise<Heard> {
  const { page, devtools } = await sit(browser, address, cookie)
  try {
    await timed(page, `${address}/rooms/${firstRoom}`, usable.room)
    await page.getByText(talker.last, { exact: true }).waitFor()
    const before = await spent(devtools)
    await talker.say(messages, perSecond)
    const there = await page
      .getByText(talker.last, { exact: true })
      .waitFor()
      .then(
        () => true,
        () => false,
      )
    const after = await spent(devtools)
    const wrong = there ? [] : ['the last message is not shown']
    return { script: after.script - before.script, all: after.all - before.all, wrong }
  } finally {
    await page.context().close()
  }
}

async function spent(devtools: CDPSession): Promise<{ script: number; all: number }> {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const ms = (wanted: string): number => 1_000 * (metrics.find(({ name }) => name === wanted)?.value ?? NaN)
  return { script: ms('ScriptDuration'), all: ms('TaskDuration') }
}

/** A person who sends numbered messages. */
class Talker {
  readonly #socket: WebSocket
  #said = 0
  #acked = 0

  private constructor(socket: WebSocket) {
    this.#socket = socket
    socket.on('message', (data: Buffer) => {
      for (const line of data.toString().split('\n'))
        if ((JSON.parse(line) as { type: string }).type === 'ack') this.#acked += 1
    })
  }

  static async connect(address: string, cookie: string): Promise<Talker> {
    const socket = new WebSocket(`${address.replace('http', 'ws')}/api/ws`, {
      headers: { cookie, origin: address },
    })
    const talker = new Talker(socket)
    await new Promise((resolve, reject) => socket.once('message', resolve).once('error', reject))
    return talker
  }

  get last(): string {
    return `message ${this.#said} of somebody who has much to tell`
  }

  /** Evenly; resolves when all are acknowledged. */
  async say(count: number, perSecond: number): Promise<void> {
    const began = performance.now()
    for (let i = 0; i < count; i += 1) {
      const dueIn = began + (i * 1_000) / perSecond - performance.now()
      if (dueIn > 0) await new Promise((resolve) => setTimeout(resolve, dueIn))
      this.#said += 1
      this.#socket.send(
        JSON.stringify({ type: 'send', room: String(firstRoom), cid: newCid(), text: this.last }),
      )
    }
    while (this.#acked < this.#said) await new Promise((resolve) => setTimeout(resolve, 10))
  }

  close(): void {
    this.#socket.terminate()
  }
}
