// The measurement of opening from this device: a real Chromium with a slow processor and fast 3G, and a real Brook with two rooms of
// a thousand messages. The same browser opens the app and switches rooms in turn: from the copy, and as if it could keep none. Then
// once more without a network at all, where there is nothing to compare with.
import os from 'node:os'
import { parseArgs } from 'node:util'
import type { CDPSession, Page } from 'playwright-core'
import { archiveOf } from '../../server/history/sync/checkpoint.ts'
import { BulkLog, type BulkDraft } from '../../server/log/bulk.ts'
import { newCid } from '../../server/protocol/cid.ts'
import { Story } from '../support/browser-story.ts'
import type { Person } from '../support/person.ts'
import { until } from '../support/until.ts'

const { values } = parseArgs({
  options: {
    messages: { type: 'string', default: '1000' },
    runs: { type: 'string', default: '5' },
    cpu: { type: 'string', default: '4' },
  },
})
const [total, runs, cpu] = [Number(values.messages), Number(values.runs), Number(values.cpu)]
/** As the browser's own tools have it: 1.6 Mbit/s, 150 ms. */
const fast3G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
}

const story = await Story.begin()
try {
  await measure()
} finally {
  await story.end()
}

async function fill(name: string, ann: Person): Promise<string> {
  const { id } = await ann.makes(name)
  const { brook } = story
  const log = await BulkLog.open({ redis: brook.connections, shards: 1, archive: archiveOf(brook.db, 1) })
  const drafts = Array.from({ length: total }, (_draft, n): BulkDraft => {
    const at = Date.now() - (total - n) * 60_000
    const text = `${name} ${n}: ${'some words that take a line or two '.repeat((n % 3) + 1)}`
    return { room: id, user: ann.user, cid: newCid(at), body: { type: 'message', text, at } }
  })
  for (let n = 0; n < total; n += 500) await log.append(drafts.slice(n, n + 500))
  log.close()
  return id
}

async function measure(): Promise<void> {
  const ann = await story.joins('Ann')
  const rooms = { first: await fill('first', ann), second: await fill('second', ann) }
  const reader = await story.opens('Reader', { worker: true })
  await reader.entersAsGuest()
  for (const name of ['first', 'second']) {
    await reader.joins(name)
    await isReadable(reader.page, name)
  }
  await until(
    () => held(reader.page),
    (counts) => counts.length >= 2 && Math.min(...counts.slice(0, 2)) >= Math.min(total, 1_000),
    120_000,
  )
  await reader.page.waitForFunction(() => navigator.serviceWorker.controller?.state === 'activated')
  const { page } = reader
  const devtools = await reader.context.newCDPSession(page)
  await devtools.send('Network.enable')
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: cpu })
  await devtools.send('Network.emulateNetworkConditions', fast3G)
  const [core] = os.cpus()
  console.log(
    `${os.cpus().length} cores (${core?.model ?? '?'}), load ${os.loadavg()[0]?.toFixed(1)}; ${cpu}x slower, fast 3G, ${total} messages a room, ${runs} runs`,
  )
  const found = { copy: empty(), network: empty() }
  for (let run = 0; run < runs; run += 1)
    for (const way of ['network', 'copy'] as const) {
      await page.goto(`/rooms/${rooms.first}?${way}`)
      found[way].start.push(await readableAfter(page, 'first'))
      await until(async () => (await page.getByRole('status').allTextContents()).join('').length < 40)
      found[way].change.push(await switchesTo(page, rooms.second, 'second'))
    }
  tell('open until readable', found.network.start, found.copy.start)
  tell('switch rooms', found.network.change, found.copy.change)
  await offline(page, devtools, rooms.first)
}

const empty = () => ({ start: [] as number[], change: [] as number[] })

async function offline(page: Page, devtools: CDPSession, room: string): Promise<void> {
  await page.context().setOffline(true)
  const times: number[] = []
  for (let run = 0; run < runs; run += 1) {
    await page.goto(`/rooms/${room}`)
    times.push(await readableAfter(page, 'first'))
  }
  await devtools.detach()
  console.log(`without a network: open until readable ${median(times).toFixed(0)} ms (${shown(times)})`)
  await page.context().setOffline(false)
  await story.allLeave().catch(() => undefined)
}

/** How many messages of each room are on the disk. */
const held = (page: Page): Promise<number[]> =>
  page.evaluate(
    () =>
      new Promise<number[]>((resolve) => {
        const opening = indexedDB.open('brook-cache')
        opening.onsuccess = () => {
          const all = opening.result.transaction('messages').objectStore('messages').getAllKeys()
          all.onsuccess = () => {
            const counts = new Map<string, number>()
            for (const [room] of all.result as [string, number][])
              counts.set(room, (counts.get(room) ?? 0) + 1)
            opening.result.close()
            resolve([...counts.values()].sort((a, b) => b - a))
          }
        }
      }),
  )

async function isReadable(page: Page, name: string): Promise<void> {
  await page
    .locator('#messages')
    .getByText(`${name} ${total - 1}:`)
    .first()
    .waitFor()
}

/** ms from the navigation until the room's newest message is painted. */
async function readableAfter(page: Page, name: string): Promise<number> {
  return page.evaluate(
    (words) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.querySelector('#messages')?.textContent.includes(words) === true)
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now())))
          else requestAnimationFrame(look)
        }
        look()
      }),
    `${name} ${total - 1}:`,
  )
}

async function switchesTo(page: Page, room: string, name: string): Promise<number> {
  return page.evaluate(
    ([id, words]) =>
      new Promise<number>((resolve) => {
        const began = performance.now()
        document.querySelector<HTMLElement>(`a[href="/rooms/${id}"]`)?.click()
        const look = (): void => {
          if (document.querySelector('#messages')?.textContent.includes(words ?? '') === true)
            requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - began)))
          else requestAnimationFrame(look)
        }
        look()
      }),
    [room, `${name} ${total - 1}:`],
  )
}

const median = (times: readonly number[]): number =>
  times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN
const shown = (times: readonly number[]): string => times.map((ms) => ms.toFixed(0)).join(' ')

function tell(what: string, network: readonly number[], copy: readonly number[]): void {
  const ratio = median(network) / median(copy)
  console.log(
    `${what}: ${median(network).toFixed(0)} ms from the network, ${median(copy).toFixed(0)} ms from the copy: ${ratio.toFixed(1)} times as fast (${shown(network)} | ${shown(copy)})`,
  )
}
