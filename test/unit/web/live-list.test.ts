// The loader of live lists: events while it loads, after a lost connection, and when it is refused.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { liveList } from '../../../web/wire/live-list.ts'
import type { Refusal } from '../../../web/wire/refusal.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

type Names = ReadonlySet<string>
interface Event {
  joins?: string
  leaves?: string
}
const names = (...all: string[]): Names => new Set(all)

/** A list of names before a server that is the test: `answer` answers its oldest request. */
function open({ isEager = false } = {}) {
  let shown = names()
  const questions: ((answer: Names | Refusal) => void)[] = []
  let asked = 0
  const list = liveList<Names, Event>({
    ask: () => {
      asked += 1
      return new Promise((resolve) => questions.push(resolve))
    },
    show: (answer) => (shown = answer),
    apply: ({ joins, leaves }) => {
      shown = names(...[...shown, ...(joins === undefined ? [] : [joins])].filter((name) => name !== leaves))
    },
    isEager,
  })
  async function answer(what: Names | Refusal) {
    questions.shift()?.(what)
    await vi.advanceTimersByTimeAsync(0)
  }
  return { list, answer, shown: () => [...shown], asked: () => asked }
}
/** One that is loaded, with Ann in it. */
async function loaded() {
  const opened = open()
  void opened.list.load()
  await opened.answer(names('Ann'))
  return opened
}

test('an event that arrives while the list is loaded for the first time is not lost', async () => {
  const { list, answer, shown } = open()
  void list.load()
  list.hear({ joins: 'Bob' })
  expect(list.status.value).toBe('loading')
  expect(shown(), 'nothing shows before the answer').toEqual([])
  await answer(names('Ann'))
  expect([list.status.value, shown()]).toEqual(['ready', ['Ann', 'Bob']])
})

test('an event that arrives while the list is reloaded shows at once, and the answer does not undo it', async () => {
  const { list, answer, shown } = await loaded()
  void list.load()
  list.hear({ joins: 'Bob' })
  list.hear({ leaves: 'Ann' })
  expect(shown()).toEqual(['Bob'])
  await answer(names('Ann'))
  expect(shown()).toEqual(['Bob'])
})

test('events of one load are not applied after the next', async () => {
  const { list, answer, shown } = await loaded()
  void list.load()
  list.hear({ leaves: 'Ann' })
  await answer(names('Ann'))
  void list.load()
  await answer(names('Ann', 'Bob'))
  expect(shown()).toEqual(['Ann', 'Bob'])
})

test('an eager list shows events before the first answer', async () => {
  const { list, answer, shown } = open({ isEager: true })
  void list.load()
  list.hear({ joins: 'Bob' })
  expect(shown()).toEqual(['Bob'])
  await answer(names('Ann'))
  expect(shown()).toEqual(['Ann', 'Bob'])
})

test('a late answer to an older load is ignored, whichever comes first', async () => {
  const { list, answer, shown } = open()
  void list.load()
  void list.load()
  await answer(names('old'))
  expect(list.status.value).toBe('loading')
  await answer(names('new'))
  expect(shown()).toEqual(['new'])

  const late = open()
  void late.list.load()
  late.list.reset()
  await late.answer(names('of another person'))
  expect([late.list.status.value, late.shown()]).toEqual(['loading', []])
})

test('after a lost connection it is reloaded: soon if it is shown, and not by all browsers at once', async () => {
  const { list, answer, shown, asked } = await loaded()
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  list.loadSoon()
  await vi.advanceTimersByTimeAsync(999)
  expect(asked()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect([asked(), shown(), list.status.value]).toEqual([2, ['Ann'], 'ready'])
  list.hear({ joins: 'Cid' })
  await answer(names('Bob'))
  expect(shown()).toEqual(['Bob', 'Cid'])
})

test('an answer from before the lost connection does not count', async () => {
  const { list, answer, shown } = await loaded()
  void list.load()
  list.loadSoon()
  await answer(names('before'))
  expect(shown()).toEqual(['Ann'])
  await vi.advanceTimersByTimeAsync(2_000)
  await answer(names('after'))
  expect(shown()).toEqual(['after'])
})

test('the first answer shows even if a connection was lost meanwhile, and is requested again', async () => {
  const { list, answer, shown, asked } = open()
  void list.load()
  list.loadSoon()
  await answer(names('Ann'))
  expect(shown()).toEqual(['Ann'])
  await vi.advanceTimersByTimeAsync(2_000)
  await answer(names('Ann', 'Bob'))
  expect([asked(), shown()]).toEqual([2, ['Ann', 'Bob']])
})

test('looking loads it if it may be out of date, and only then', async () => {
  const { list, answer, asked } = open()
  list.look()
  await answer(names('Ann'))
  list.look()
  expect(asked()).toBe(1)
  list.missed()
  list.look()
  expect(asked()).toBe(2)
})

test('a refused load is retried with growing delays until it is answered', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0.5)
  const { list, answer, shown, asked } = open()
  void list.load()
  await answer({ code: 'unreachable' })
  expect([list.status.value, list.refusal.value]).toEqual(['failed', { code: 'unreachable' }])
  await vi.advanceTimersByTimeAsync(250)
  expect([asked(), list.status.value], 'in silence').toEqual([2, 'failed'])
  await answer({ code: 'unreachable' })
  await vi.advanceTimersByTimeAsync(499)
  expect(asked()).toBe(2)
  await vi.advanceTimersByTimeAsync(1)
  await answer({ code: 'too_many', retryAfterMs: 5_000 })
  await vi.advanceTimersByTimeAsync(4_999)
  expect(asked(), 'not sooner than the server says').toBe(3)
  await vi.advanceTimersByTimeAsync(1)
  await answer(names('Ann'))
  expect([list.status.value, list.refusal.value, shown()]).toEqual(['ready', undefined, ['Ann']])
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asked()).toBe(4)
})

test('what is shown stays if it cannot be reloaded', async () => {
  const { list, answer, shown } = await loaded()
  void list.load()
  await answer({ code: 'unreachable' })
  expect([list.status.value, shown()]).toEqual(['ready', ['Ann']])
})

test('a final refusal is not retried, and neither is a closed list', async () => {
  const refused = open()
  void refused.list.load()
  await refused.answer({ code: 'not_found' })
  await vi.advanceTimersByTimeAsync(60_000)
  expect(refused.asked()).toBe(1)

  const closed = open()
  void closed.list.load()
  await closed.answer({ code: 'unreachable' })
  closed.list.close()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(closed.asked()).toBe(1)
})

test('a part of the list is added with the events since its request', async () => {
  const { list, answer, shown } = await loaded()
  let more: (answer: Names) => void = () => undefined
  const put = vi.fn()
  const outcome = list.fetch(() => new Promise<Names>((resolve) => (more = resolve)), put)
  list.hear({ joins: 'Bob' })
  list.hear({ leaves: 'Ann' })
  more(names('Cid'))
  expect(await outcome).toBe('here')
  expect(put).toHaveBeenCalledOnce()
  expect(shown()).toEqual(['Bob'])

  const late = list.fetch(() => new Promise<Names>((resolve) => (more = resolve)), put)
  void list.load()
  await answer(names('Ann'))
  more(names('Dan'))
  expect(await late).toBe('late')
  expect(put).toHaveBeenCalledOnce()
})
