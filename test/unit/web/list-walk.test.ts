// @vitest-environment happy-dom
// What screen readers are told about a list: places, days, many messages at once, languages; and the emoji one uses.
import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Row } from '../../../web/conversation/lines/line.ts'
import { gathered } from '../../../web/conversation/list/gathered.ts'
import { inOrder } from '../../../web/conversation/list/in-order.ts'
import { mostUsedOf } from '../../../web/conversation/message/emoji/used-emoji.ts'
import { inTone } from '../../../web/conversation/message/emoji/emoji-data.ts'
import { langOf } from '../../../web/text/script-lang.ts'

const line = (key: string) => ({ kind: 'line', key }) as Row
const rows: Row[] = [
  { kind: 'day', key: 'day 1', at: 100 },
  line('a'),
  line('b'),
  { kind: 'day', key: 'day 2', at: 200 },
  { kind: 'new', key: 'new' },
  line('c'),
]

test('each message has its place among those that are loaded; the first of a day has the day', () => {
  const whole = inOrder(rows, { hasBefore: false, hasAfter: false })
  expect([1, 2, 5].map((at) => whole(at)['aria-posinset'])).toEqual([1, 2, 3])
  expect(whole(1)['aria-setsize']).toBe(3)
  expect([1, 2, 5].map((at) => [whole(at).day, whole(at).isNew])).toEqual([
    [100, false],
    [undefined, false],
    [200, true],
  ])
  expect(inOrder(rows, { hasBefore: true, hasAfter: false })(1)['aria-setsize']).toBe(-1)
})

describe('what arrives in quick succession is told in one piece', () => {
  afterEach(() => void vi.useRealTimers())

  test('at once while it is quiet, and not too often when it is not', () => {
    vi.useFakeTimers()
    const told: number[][] = []
    const news = gathered<number>((items) => void told.push(items))
    news.add([1])
    vi.advanceTimersByTime(300)
    news.add([2, 3])
    vi.advanceTimersByTime(100)
    expect(told).toEqual([[1, 2, 3]])
    for (let n = 4; n < 24; n += 1) {
      news.add([n])
      vi.advanceTimersByTime(100)
    }
    expect(told).toHaveLength(1)
    vi.advanceTimersByTime(4_000)
    expect(told).toHaveLength(2)
    expect(told[1]).toHaveLength(20)
  })

  test('nothing is told after it was closed', () => {
    vi.useFakeTimers()
    const told: number[][] = []
    const news = gathered<number>((items) => void told.push(items))
    news.add([1])
    news.close()
    vi.advanceTimersByTime(10_000)
    expect(told).toEqual([])
  })
})

test.each([
  ['Hello there', 'en', undefined],
  ['¿Qué tal? 👋', 'en', undefined],
  ['王小明', 'en', 'zh'],
  ['王小明', 'zh', undefined],
  ['Deploy 完成了吗', 'en', 'zh'],
  ['please ask 王小明 about the deployment of the server', 'en', undefined],
  ['please ask 王小明 about the deployment of the server', 'zh', 'en'],
  ['サーバーの設定', 'en', 'ja'],
  ['서버 설정', 'zh', 'ko'],
  ['مرحبا بالعالم', 'en', 'ar'],
  ['Привет', 'zh', 'ru'],
  ['42 👍', 'zh', undefined],
  ['', 'en', undefined],
])('the language of “%s” in an interface in %s is %s', (text, own, lang) => {
  expect(langOf(text, own)).toBe(lang)
})

test('quick reactions are those that a person uses most, filled up with the usual ones', () => {
  expect(mostUsedOf([])).toHaveLength(7)
  expect(mostUsedOf(['🌱', '🎉', '🌱'])).toEqual(['🌱', '🎉', '👍', '❤️', '😂', '👀', '🙏'])
  expect(mostUsedOf(['🍐', '🍎']).slice(0, 2), 'the last used of equally used ones').toEqual(['🍎', '🍐'])
})

test('an emoji with skin tones is offered in the chosen one, any other as it is', () => {
  const hand = {
    emoji: '👍',
    annotation: '',
    words: '',
    codes: [],
    group: 1,
    skins: ['👍🏻', '👍🏼', '👍🏽', '👍🏾', '👍🏿'],
  }
  expect([0, 3].map((tone) => inTone(hand, tone))).toEqual(['👍', '👍🏽'])
  expect(inTone({ ...hand, emoji: '🍐', skins: undefined as never }, 3)).toBe('🍐')
})
