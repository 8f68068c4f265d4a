// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { usePages } from '../../../web/conversation/pages/pages.ts'
import { roomSource } from '../../../web/conversation/pages/source.ts'
import { Feed } from '../../../web/wire/feed.ts'
import { Server } from './garden.ts'
import { message, numbers } from './said.ts'

let server: Server
beforeEach(() => {
  server = new Server()
  server.say(...numbers(1, 400).map((seq) => message(seq)))
  vi.stubGlobal('fetch', (url: string, { method = 'GET' } = {}) => server.send(method, url))
})
afterEach(() => vi.unstubAllGlobals())

async function opens({ isAtEnd = true } = {}) {
  const pages = usePages({
    source: roomSource('7', new Feed(() => undefined)),
    wanted: () => 50,
    opened: () => undefined,
    isAtEnd: () => isAtEnd,
    isPinned: () => isAtEnd,
    maxInMemory: { max: 300, kept: 100 },
  })
  await pages.load()
  const seqs = () => pages.window.value.messages.map(({ seq }) => seq)
  return { pages, seqs }
}
const hears = (pages: ReturnType<typeof usePages>, from: number, to: number) => {
  for (const seq of numbers(from, to)) pages.hear({ messages: [message(seq)], changes: [] })
}

it('a busy room drops what is far above a reader at its end, once for many messages', async () => {
  const { pages, seqs } = await opens()
  hears(pages, 401, 650)
  expect(seqs()).toEqual(numbers(351, 650))
  hears(pages, 651, 651)
  expect(seqs()).toEqual(numbers(552, 651))
  expect(pages.shown.value.hasBefore).toBe(true)
})

it('and nothing while the reader is above', async () => {
  const { pages, seqs } = await opens({ isAtEnd: false })
  hears(pages, 401, 900)
  expect(seqs()).toEqual(numbers(351, 900))
})

it('older history that could not be loaded does not matter if there is more above in memory', async () => {
  const { pages } = await opens()
  server.refusal = { code: 'history_unavailable', status: 503 }
  await pages.loadBefore()
  expect(pages.beforeFailed.value).toEqual({ code: 'history_unavailable' })
  hears(pages, 401, 640)
  expect(pages.beforeFailed.value).toEqual({ code: 'history_unavailable' })
  const max = usePages({
    source: roomSource('7', new Feed(() => undefined)),
    wanted: () => 50,
    opened: () => undefined,
    isAtEnd: () => true,
    isPinned: () => true,
  })
  server.refusal = undefined
  await max.load()
  server.refusal = { code: 'history_unavailable', status: 503 }
  await max.loadBefore()
  hears(max, 401, 1_300)
  expect(max.beforeFailed.value, 'the memory has more').toBeUndefined()
  await max.loadBefore()
  while (max.shown.value.messages[0]?.seq !== 351) await max.loadBefore()
  expect(max.beforeFailed.value).toEqual({ code: 'history_unavailable' })
})

it.each(['rest', 'toNewest'] as const)('who is back at a message in memory stays there: %s', async (away) => {
  const { pages, seqs } = await opens({ isAtEnd: false })
  await pages.goTo(100)
  const around = seqs()
  const left = pages[away]()
  await pages.goTo(100)
  await left
  await flushPromises()
  expect(seqs()).toEqual(around)
  expect(pages.aroundSeq.value).toBe(100)
  hears(pages, 401, 401)
  expect(seqs(), 'what is far below is not appended').toEqual(around)
  await pages[away]()
  await vi.waitFor(() => expect(seqs().at(-1), 'later, it leads there again').toBe(400))
})
