// Somebody whose tab is measured.
import { setTimeout as pause } from 'node:timers/promises'
import type { Brook } from '../support/brook.ts'
import type { Devtools, Tab } from '../support/devtools.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'
import type { Talk } from './endurance-talk.ts'

/** In each page: how long keys take to be painted, and tasks of 50 ms and more. */
const probe = `
  globalThis.__keys = []; globalThis.__long = []
  addEventListener('keydown', ({ timeStamp }) => requestAnimationFrame(() => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => __keys.push(performance.now() - timeStamp)
    port2.postMessage(0)
  }), { capture: true })
  new PerformanceObserver((list) => __long.push(...list.getEntries().map(({ duration }) => duration)))
    .observe({ type: 'longtask', buffered: true })
`
/** The n of the newest message that is drawn. */
const newestDrawn = `Math.max(0, ...[...document.querySelectorAll('#messages [data-words]')].slice(-40)
  .map((el) => Number(/^m(\\d+)/.exec(el.textContent.trim())?.[1] ?? 0)))`

export const median = (all: readonly number[], part: number): string =>
  all.toSorted((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * part))]?.toFixed(0) ?? '-'

export type Reader = Awaited<ReturnType<typeof openReader>>

export async function openReader(devtools: Devtools, brook: Brook, name: string) {
  const person: Person = await brook.arrive(name)
  const tab: Tab = await devtools.tab()
  await tab.signsIn(person.address, person.cookie)
  await tab.always(probe)

  const isAt = (room: string) =>
    until(
      () =>
        tab.evaluate<boolean>(
          `location.pathname.endsWith('/${room}') && document.querySelector('#composer') !== null && document.querySelector('#messages:not(.invisible), main h2') !== null`,
        ),
      Boolean,
      60_000,
    )
  const keysPaint = () => tab.evaluate<number[]>('globalThis.__keys?.splice(0) ?? []')
  const longTasks = () => tab.evaluate<number[]>('__long.splice(0)')

  /** Prints a line of what it costs; returns the share of the main thread. */
  async function watches(what: string, seconds: number, talk: Talk, { keys = true } = {}): Promise<number> {
    await Promise.all([keysPaint(), longTasks()])
    const before = await tab.metrics()
    const began = Date.now()
    const lags: number[] = []
    if (keys) await tab.evaluate(`document.querySelector('#composer').focus()`)
    while (Date.now() - began < seconds * 1_000) {
      await pause(400)
      if (!keys) continue
      await tab.key('a')
      const next = talk.saidAt((await tab.evaluate<number>(newestDrawn)) + 1)
      lags.push(next === undefined ? 0 : Date.now() - next)
    }
    const took = (Date.now() - began) / 1_000
    const after = await tab.metrics({ collect: true })
    const [painted, long] = await Promise.all([keysPaint(), longTasks()])
    if (keys) await tab.evaluate(`document.querySelector('#composer').select?.()`)
    const share = (after.busy - before.busy) / took
    const cells = [
      what.padEnd(16),
      `${after.heapMb.toFixed(1)} MB`,
      `${after.nodes} nodes`,
      `${after.listeners} listeners`,
      `${((after.layouts - before.layouts) / took).toFixed(0)} layouts/s`,
      `busy ${(share * 100).toFixed(0)} %`,
      `${long.length} long (max ${Math.max(0, ...long).toFixed(0)} ms)`,
      `key ${median(painted, 0.5)}/${median(painted, 0.95)} ms`,
      `lag ${median(lags, 0.5)}/${median(lags, 0.95)} ms`,
    ]
    console.log(cells.join(' | '))
    return share
  }

  return {
    person,
    tab,
    head: 'heap, nodes, listeners, layouts, main thread, tasks over 50 ms, key to paint p50/p95, lag p50/p95',
    watches,
    keysPaint,
    /** Milliseconds of the longest task since it was asked last. */
    longest: async () => Math.round(Math.max(0, ...(await longTasks()))),
    opens: async (room: string) => {
      await tab.goes(`${person.address}/rooms/${room}`)
      await isAt(room)
    },
    /** By its link in the pane. */
    goesTo: async (room: string) => {
      await tab.evaluate(`document.querySelector('[data-row="${room}"] a').click()`)
      await isAt(room)
    },
    shows: (n: number) =>
      until(
        () => tab.evaluate<number>(newestDrawn),
        (drawn) => drawn >= n,
        60_000,
      ),
    leaves: async () => {
      await tab.send('Page.close').catch(() => undefined)
    },
  }
}
