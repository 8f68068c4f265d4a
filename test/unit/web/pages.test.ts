// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { usePages } from '../../../web/room/pages.ts'
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
    ...{ room: '7', feed: new Feed(() => undefined), wanted: () => 50, opened: () => undefined },
    ...{ isAtEnd: () => isAtEnd, isPinned: () => isAtEnd, mostInMemory: { most: 300, kept: 100 } },
  })
  await pages.load()
  const seqs = () => pages.window.value.messages.map(({ seq }) => seq)
  return { pages, seqs }
}
const hears = (pages: ReturnType<typeof usePages>, from: number, to: number) => {
  for (const seq of numbers(from, to)) pages.hear({ messages: [message(seq)], changes: [] })
}

it('a busy room lets go of what is far above a reader at its end, once for many messages', async () => {
  const { pages, seqs } = await opens()
  hears(pages, 401, 650)
  expect(seqs()).toEqual(numbers(351, 650))
  hears(pages, 651, 651)
  expect(seqs()).toEqual(numbers(552, 651))
  expect(pages.shown.value.hasBefore).toBe(true)
})

it('and of nothing while the reader is above', async () => {
  const { pages, seqs } = await opens({ isAtEnd: false })
  hears(pages, 401, 900)
  expect(seqs()).toEqual(numbers(351, 900))
})

it('older history that could not be had is no matter where the memory has more above', async () => {
  const { pages } = await opens()
  server.refusal = { code: 'history_unavailable', status: 503 }
  await pages.loadBefore()
  expect(pages.beforeFailed.value).toEqual({ code: 'history_unavailable' })
  hears(pages, 401, 640)
  expect(pages.beforeFailed.value).toEqual({ code: 'history_unavailable' })
  const most = usePages({
    ...{ room: '7', feed: new Feed(() => undefined), wanted: () => 50, opened: () => undefined },
    ...{ isAtEnd: () => true, isPinned: () => true },
  })
  server.refusal = undefined
  await most.load()
  server.refusal = { code: 'history_unavailable', status: 503 }
  await most.loadBefore()
  hears(most, 401, 1_300)
  expect(most.beforeFailed.value, 'the memory has more').toBeUndefined()
  await most.loadBefore()
  while (most.shown.value.messages[0]?.seq !== 351) await most.loadBefore()
  expect(most.beforeFailed.value).toEqual({ code: 'history_unavailable' })
})
