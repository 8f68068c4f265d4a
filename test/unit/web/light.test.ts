// @vitest-environment happy-dom
// What a page that stays open for weeks does not do: draw while hidden, draw what has not changed, or keep without end.
import { mount } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import { computed, defineComponent, effectScope, h, nextTick, ref, shallowReactive } from 'vue'
import { may, standingIn } from '../../../server/protocol/rights.ts'
import { useAtEnd } from '../../../web/conversation/pages/at-end.ts'
import { boundedAround } from '../../../web/conversation/pages/span.ts'
import { paced } from '../../../web/rooms/paced.ts'
import { useNearRows } from '../../../web/ui/near-rows.ts'
import { useSeenInterval, whileSeen } from '../../../web/ui/page-seen.ts'
import { garden, message, numbers } from './said.ts'

afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
})

let visibility: DocumentVisibilityState = 'visible'
function look(is: boolean): void {
  visibility = is ? 'visible' : 'hidden'
  vi.spyOn(document, 'visibilityState', 'get').mockImplementation(() => visibility)
  document.dispatchEvent(new Event('visibilitychange'))
}

it('nothing is computed for a hidden page, and what is there now once somebody looks', async () => {
  const scope = effectScope()
  const source = ref(1)
  const reads = vi.fn(() => source.value)
  const shown = scope.run(() => whileSeen(reads))
  expect(shown?.value).toBe(1)
  look(false)
  for (source.value = 2; source.value < 50; source.value += 1) expect(shown?.value).toBe(1)
  expect(reads.mock.calls.length).toBe(1)
  look(true)
  await nextTick()
  expect([shown?.value, reads.mock.calls.length]).toEqual([50, 2])
  scope.stop()
})

it('nothing is asked for again and again by a hidden page', async () => {
  vi.useFakeTimers()
  const scope = effectScope()
  const asks = vi.fn()
  scope.run(() => useSeenInterval(asks, 1_000))
  await vi.advanceTimersByTimeAsync(3_000)
  expect(asks).toHaveBeenCalledTimes(3)
  look(false)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asks).toHaveBeenCalledTimes(3)
  look(true)
  expect(asks).toHaveBeenCalledTimes(4)
  scope.stop()
  await vi.advanceTimersByTimeAsync(60_000)
  expect(asks).toHaveBeenCalledTimes(4)
})

it('the badges of 800 rooms are drawn four times a second, the first at once', async () => {
  vi.useFakeTimers()
  const draws: string[] = []
  const pane = paced((room) => draws.push(room))
  pane.soon('1')
  expect(draws).toEqual(['1'])
  for (let at = 0; at < 1_000; at += 10) {
    pane.soon(String(at % 8))
    await vi.advanceTimersByTimeAsync(10)
  }
  expect(draws.length).toBeLessThanOrEqual(1 + 4 * 8)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(vi.getTimerCount()).toBe(0)
})

it('what somebody may do in a room is not computed again with each message in it', () => {
  const room = shallowReactive(garden({ role: 'owner' }))
  const computes = vi.fn(() => may('roles', standingIn(room, false)))
  const mayChange = computed(computes)
  expect(mayChange.value).toBe(true)
  for (let n = 0; n < 20; n += 1) {
    Object.assign(room, { head: room.head + 1, unread: n, lastAt: n })
    expect(mayChange.value).toBe(true)
  }
  expect(computes).toHaveBeenCalledTimes(1)
  room.role = 'member'
  expect([mayChange.value, computes.mock.calls.length]).toEqual([false, 2])
})

it('of very many unseen messages only so many are remembered, the first ones', () => {
  const end = useAtEnd(() => undefined)
  for (let seq = 1; seq <= 5_000; seq += 10) end.hear(numbers(seq, seq + 9))
  expect([end.fresh().length, end.fresh()[0]]).toEqual([1_000, 1])
})

it('whoever reads far above keeps what is around them, and the rest can be loaded again', () => {
  const messages = numbers(1, 10_000).map((seq) => message(seq))
  const bounded = boundedAround(
    { messages, hasBefore: false, hasAfter: false },
    { from: 3_000, to: 3_599 },
    2_000,
  )
  expect([bounded.messages[0]?.seq, bounded.messages.at(-1)?.seq]).toEqual([2_000, 4_599])
  expect([bounded.hasBefore, bounded.hasAfter]).toEqual([true, true])
})

const list = (count: number) =>
  mount(
    defineComponent({
      setup() {
        const rows = ref(Array.from({ length: count }, (_, n) => ({ key: String(n) })))
        const near = useNearRows({ rows, scroller: ref(null), list: ref(null), height: () => 38 })
        return () =>
          h(
            'ul',
            near.box,
            near.rows.map(({ row, place }) => h('li', { key: row.key, ...place })),
          )
      },
    }),
  )

it('of a long list only rows near the screen are drawn; a short one is drawn whole', () => {
  expect(list(100).findAll('li')).toHaveLength(100)
  const drawn = list(2_000)
  expect(drawn.findAll('li').length).toBeLessThan(60)
  expect((drawn.element as HTMLElement).style.height).toBe('76000px')
})
