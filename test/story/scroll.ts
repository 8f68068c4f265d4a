// The scroll measurement: a real Chromium before a real Brook. A room is filled through the log while a browser stands at
// its newest, so that all of it comes into the page's memory as on a busy day; then the page scrolls up through it.
// After that a fresh page brings older pages, one after the other, while rows above grow late as images do.
import os from 'node:os'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { archiveOf } from '../../server/history/checkpoint.ts'
import { BulkLog, type BulkDraft } from '../../server/log/bulk.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { holdOlderPages, settled, watchEye } from '../support/browser-eye.ts'
import { Story } from '../support/browser-story.ts'
import type { Visitor } from '../support/browser-visitor.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '100000' },
    prepends: { type: 'string', default: '50' },
    scroll: { type: 'string', default: '10000' },
    width: { type: 'string', default: '1440' },
  },
})
const total = Number(values.messages)
const prepends = Number(values.prepends)
const scrolled = Number(values.scroll)
const width = Number(values.width)
/** Entries told at once: a browser takes them in one turn, and is not a slow reader. */
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
  for (const person of [ann, mara]) person.drops()
  const [cpu] = os.cpus()
  console.log(
    `${os.cpus().length} cores (${cpu?.model ?? '?'}), load ${os.loadavg()[0]?.toFixed(1)}; Chromium without a GPU`,
  )

  const reader = await story.opens('Reader', { width, height: 900 })
  await entersLong(reader)
  const started = Date.now()
  const log = await BulkLog.open({ redis: brook.stores.redis, shards: 1, archive: archiveOf(brook.db, 1) })
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

  const fresh = await story.opens('Fresh', { width, height: 900 })
  await entersLong(fresh)
  await bringPages(fresh)
  await story.allLeave()
}

async function entersLong(visitor: Visitor): Promise<void> {
  await visitor.entersAsGuest()
  // Trap: tsx gives functions their names by a helper of its own, which the page does not have.
  await visitor.page.evaluate('globalThis.__name = (it) => it')
  await visitor.joins('long')
}

function drafts(room: string, from: number, count: number, people: Person[]): BulkDraft[] {
  return Array.from({ length: count }, (_draft, at) => {
    const n = from + at
    const { user } = people[Math.floor(n / 5) % 2] ?? people[0] ?? fail('nobody is there')
    // Days apart, so that there are day lines too.
    const said = Date.now() - (total - n) * 60_000
    return { room, user, cid: newCid(said), body: { type: 'message', text: words(n), at: said } }
  })
}

async function tellMemory(devtools: CDPSession): Promise<void> {
  await devtools.send('HeapProfiler.collectGarbage')
  // The thread's own time: what others on the machine take is not in it.
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

/** What one more message costs the page that has all of them. */
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

/** Up through so many messages at a fling's speed; says how its frames were. */
async function scrollUp(page: Page, devtools: CDPSession): Promise<void> {
  const before = await metrics(devtools)
  const frames = await page.evaluate(
    async ([most, px]) => {
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
      for (let n = 0; start - first() < most && stuck < 600; n += 1) {
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
    `scrolled up ${frames.passed} messages in ${times.length} frames${frames.stuck >= 600 ? ' and was stuck' : ''}:`,
    `${dropped} dropped (${((100 * dropped) / (times.length + dropped)).toFixed(1)} %);`,
    `frame p50 ${at(0.5)}, p95 ${at(0.95)}, p99 ${at(0.99)}, worst ${times.at(-1)?.toFixed(0)} ms;`,
    `main thread per frame ${perFrame(after.busy - before.busy)} ms, script ${perFrame(after.script - before.script)} ms`,
  )
}

/** Brings older pages one by one while rows grow late, and says by how much the eye was moved at most. */
async function bringPages(reader: Visitor): Promise<void> {
  const { page } = reader
  await reader.list.getByRole('article').first().waitFor()
  await settled(page)
  await growLate(page)
  const pages = await holdOlderPages(page)
  const moves: { movedBy: number; text: string }[] = []
  for (let n = 0; n < prepends; n += 1) {
    for (let turns = 0; pages.waiting() === 0 && turns < 400; turns += 1) {
      await reader.list.evaluate((list) => (list.scrollTop -= 1_500))
      await settled(page)
    }
    await grown(page)
    const height = await reader.list.evaluate((list) => list.scrollHeight)
    const look = await watchEye(page)
    await pages.letOneThrough()
    await until(
      () => reader.list.evaluate((list) => list.scrollHeight),
      (now) => now !== height,
    )
    await grown(page)
    moves.push(await look())
  }
  await page.unroute(/\/messages\?.*before=/)
  const worst = moves.reduce((most, move) => (move.movedBy > most.movedBy ? move : most))
  const moved = moves.filter(({ movedBy }) => movedBy > 0).length
  const late = await page.evaluate(() => (window as unknown as { late: { grown: number } }).late.grown)
  console.log(
    `${prepends} prepends, ${late} rows grew late: worst jump ${worst.movedBy} px, ${moved} with any at all`,
  )
  if (worst.movedBy > 1) console.log(`the eye was on: ${worst.text.slice(0, 60)}`)
}

/** Every third message gets something that is tall only 50-300 ms after it is first drawn, and at once when drawn again. */
function growLate(page: Page): Promise<void> {
  return page.evaluate(() => {
    const known = new Map<string, number>()
    const late = { waiting: 0, grown: 0 }
    Object.assign(window, { late })
    const take = (row: Element): void => {
      const n = Number(/message (\d+)/.exec(row.textContent)?.[1] ?? 1)
      if (n % 3 !== 0 || row.querySelector('[data-late]') !== null) return
      const picture = document.createElement('div')
      picture.dataset['late'] = ''
      picture.style.gridColumn = '2'
      row.append(picture)
      const key = String(n)
      const height = 40 + ((n * 37) % 240)
      if (known.has(key)) picture.style.height = `${height}px`
      else {
        late.waiting += 1
        setTimeout(
          () => {
            late.waiting -= 1
            late.grown += 1
            known.set(key, height)
            picture.style.height = `${height}px`
          },
          50 + ((n * 53) % 250),
        )
      }
    }
    const list = document.querySelector('#messages')
    if (list === null) throw new Error('there is no list')
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes)
          if (node instanceof Element) node.querySelectorAll('article').forEach(take)
    }).observe(list, { childList: true, subtree: true })
  })
}

/** Resolves when nothing waits to grow and nothing has moved for a few frames. */
async function grown(page: Page): Promise<void> {
  do await settled(page)
  while (await page.evaluate(() => (window as unknown as { late: { waiting: number } }).late.waiting > 0))
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(0)
}

function fail(why: string): never {
  throw new Error(why)
}
