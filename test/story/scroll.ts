// The scroll measurement: a real Chromium and a real Brook. A room is filled through the log while a browser is at its
// newest, so that all of it comes into the page's memory as on a busy day; then the page scrolls up through it. After
// that a fresh page brings older pages, one after the other, while rows above grow late as images do; and things happen
// around a reader. `--by` chooses how to get to the top: thrown, home, wheel, touch. `--phone` is 390 px and touch.
import os from 'node:os'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { BulkLog, type BulkDraft } from '../../server/log/bulk.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Story } from '../support/browser-story.ts'
import type { Device } from '../support/browser-page.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import { bringPages, tell, ways } from './scroll-prepends.ts'
import { stir, type LongRoom } from './scroll-stirs.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    prepends: { type: 'string', default: '50' },
    scroll: { type: 'string', default: '10000' },
    width: { type: 'string', default: '1440' },
    phone: { type: 'boolean', default: false },
    by: { type: 'string', default: ways.join() },
    places: { type: 'string', default: '3' },
  },
})
const total = Number(values.messages)
const prepends = Number(values.prepends)
const scrolled = Number(values.scroll)
const places = Number(values.places)
const device: Device = values.phone ? { phone: true } : { width: Number(values.width), height: 900 }
const by = ways.filter((way) => values.by.split(',').includes(way))
/** Entries sent at once: a browser takes them in one turn, and is not a slow reader. */
const step = 500
/** Pixels of one frame: a hard fling, some 12,000 px a second at 60 frames. */
const pxPerFrame = 200
const frameMs = 1000 / 60

const words = (n: number): string =>
  [
    `message ${n}`,
    `message ${n} ${'which goes on for a while so that it takes more than one line '.repeat((n % 4) + 1)}`,
    `message ${n}\nin two lines, with **bold** and \`code\``,
    `message ${n} 大家早上好，今天我们来看看昨天的结果，然后决定下一步怎么做。`,
    `message ${n} https://example.org/notes/${n}`,
    `message ${n}\n\n\`\`\`js\nconst n = ${n}\nconsole.log(n)\n\`\`\``,
    `message ${n}\n- one\n- two\n- three`,
  ][n % 7] ?? ''

const story = await Story.begin()
try {
  await measure(story)
} finally {
  await story.end()
}

async function measure({ brook }: Story): Promise<void> {
  const [ann, mara] = [await story.joins('Ann'), await story.joins('Mara')]
  const { id } = await ann.makes('long')
  await mara.joins(id)
  for (const person of [ann, mara]) person.drops()
  const [cpu] = os.cpus()
  console.log(
    `${os.cpus().length} cores (${cpu?.model ?? '?'}), load ${os.loadavg()[0]?.toFixed(1)}; Chromium without a GPU`,
  )

  const reader = await story.opens('Reader', device)
  await entersLong(reader)
  const started = Date.now()
  const log = await BulkLog.open({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  for (let n = 1; n <= total; n += step) {
    await log.append(drafts(id, n, Math.min(step, total - n + 1), [ann, mara]))
    const newest = new RegExp(`^message ${Math.min(total, n + step - 1)}\\b`)
    await until(() => reader.list.getByText(newest).count(), Boolean, 60_000)
  }
  log.close()
  console.log(`${total} messages came into the page while it stood at the newest: ${seconds(started)} s`)
  const devtools = await reader.context.newCDPSession(reader.page)
  await tellMemory(devtools)
  await speak(reader, devtools, id, ann)
  await scrollUp(reader.page, devtools)
  await reader.leaves()

  const fresh = await story.opens('Fresh', device)
  await entersLong(fresh)
  await bringPages(fresh, prepends, by)
  const at = Array.from({ length: places }, (_place, n) => Math.round((total * (n + 1)) / (places + 1)))
  const glances = await stir(fresh, await longRoom(id, [ann, mara]), at)
  tell('changes of messages, pictures, windows and keyboards around a reader', glances)
  await story.allLeave()
}

async function entersLong(visitor: Visitor): Promise<void> {
  await visitor.entersAsGuest()
  // Trap: tsx names functions through a helper of its own, which the page does not have.
  const named = 'globalThis.__name = (it) => it'
  await visitor.context.addInitScript(named)
  await visitor.page.evaluate(named)
  await visitor.joins('long')
}

function drafts(room: string, from: number, count: number, people: Person[]): BulkDraft[] {
  return Array.from({ length: count }, (_draft, at) => {
    const n = from + at
    const { user } = speakerOf(n, people)
    // Days apart, so that there are day lines too.
    const said = Date.now() - (total - n) * 60_000
    return { room, user, cid: newCid(said), body: { type: 'message', text: words(n), at: said } }
  })
}

/** Five messages of one person, then five of the other. */
function speakerOf(n: number, people: Person[]): Person {
  return people[Math.floor(n / 5) % 2] ?? people[0] ?? fail('nobody is there')
}

/** The room in its current state: its messages, one after the other. */
async function longRoom(id: string, people: Person[]): Promise<LongRoom> {
  const { messages } = await speakerOf(1, people).page('around=500&limit=1', id)
  const [one] = messages.flatMap((message) => (message.kind === 'message' ? [message] : []))
  const before =
    (one?.seq ?? 0) - Number(/^message (\d+)/.exec(one?.text ?? '')?.[1] ?? fail('nothing was said'))
  return { id, said: (n) => ({ by: speakerOf(n, people), seq: n + before }) }
}

async function tellMemory(devtools: CDPSession): Promise<void> {
  await devtools.send('HeapProfiler.collectGarbage')
  // The thread's own time: other load on the machine is not included.
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' })
  const { heap, nodes } = await metrics(devtools)
  console.log(`memory of the page: ${Math.round(heap / 1e6)} MB of JavaScript, ${nodes} nodes`)
}

async function metrics(devtools: CDPSession) {
  const { metrics: all } = await devtools.send('Performance.getMetrics')
  const of = (name: string): number => all.find((one) => one.name === name)?.value ?? 0
  return {
    heap: of('JSHeapUsedSize'),
    nodes: of('Nodes'),
    busy: of('TaskDuration'),
    script: of('ScriptDuration'),
  }
}

/** The cost of one more message for the page that has all of them. */
async function speak(reader: Visitor, devtools: CDPSession, room: string, ann: Person): Promise<void> {
  await ann.connects()
  const times = 20
  const before = await metrics(devtools)
  for (let n = 1; n <= times; n += 1) {
    await ann.acked(ann.says(`one more ${n}`, { room }))
    await reader.sees(`one more ${n}`)
  }
  const after = await metrics(devtools)
  console.log(
    `one more message: ${(((after.script - before.script) * 1000) / times).toFixed(1)} ms of script`,
  )
  ann.drops()
}

/** Scrolls up through so many messages at a fling's speed; reports its frames. */
async function scrollUp(page: Page, devtools: CDPSession): Promise<void> {
  const before = await metrics(devtools)
  const frames = await page.evaluate(
    async ([max, px]) => {
      const list = document.querySelector('#messages')
      if (list === null) throw new Error('there is no list')
      const first = (): number => {
        const text = list.querySelector('article .whitespace-pre-wrap')?.textContent ?? ''
        return Number(/^message (\d+)/.exec(text)?.[1] ?? Infinity)
      }
      const times: number[] = []
      const start = first()
      let last = performance.now()
      let stuck = 0
      for (let n = 0; start - first() < max && stuck < 600; n += 1) {
        const at = list.scrollTop
        list.scrollTop -= px
        stuck = list.scrollTop === at ? stuck + 1 : 0
        const now = await new Promise<number>(requestAnimationFrame)
        times.push(now - last)
        last = now
      }
      return { times, passed: start - first(), stuck }
    },
    [scrolled, pxPerFrame] as const,
  )
  const after = await metrics(devtools)
  const times = frames.times.slice(1).sort((a, b) => a - b)
  const dropped = times.reduce((sum, ms) => sum + Math.max(0, Math.round(ms / frameMs) - 1), 0)
  const at = (part: number) => times[Math.floor(times.length * part)]?.toFixed(1)
  const perFrame = (seconds: number) => ((seconds * 1000) / times.length).toFixed(1)
  console.log(
    `scrolled up over ${frames.passed} messages in ${times.length} frames${frames.stuck >= 600 ? ' and was stuck' : ''}:`,
    `${dropped} dropped (${((100 * dropped) / (times.length + dropped)).toFixed(1)} %);`,
    `frame p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${times.at(-1)?.toFixed(0)} ms;`,
    `main thread per frame ${perFrame(after.busy - before.busy)} ms, script ${perFrame(after.script - before.script)} ms`,
  )
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0)
}

function fail(why: string): never {
  throw new Error(why)
}
