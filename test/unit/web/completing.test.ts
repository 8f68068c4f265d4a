// Completing the filter of a search.
import { expect, test } from 'vitest'
import { begin, offers, openFilter, write, type Terms } from '../../../web/search/completing.ts'

const english: Terms = { sign: (name) => `${name}:`, kind: (kind) => kind, me: 'me' }
const chinese: Terms = {
  sign: (name) =>
    ({
      in: '在：',
      with: '与：',
      from: '来自：',
      before: '早于：',
      after: '晚于：',
      has: '含：',
      file: '文件：',
    })[name],
  kind: (kind) =>
    ({
      link: '链接',
      code: '代码',
      reaction: '回应',
      file: '文件',
      image: '图片',
      video: '视频',
      audio: '音频',
      pdf: 'PDF',
    })[kind],
  me: '我',
}
const names = { rooms: ['garden', '花园 二'], people: ['Ann Lee', '王小明'] }
const filled = (typed: string, terms: Terms) => offers(typed, names, terms).map((offer) => offer.filled)

test('rooms, people and kinds are offered for their typed beginning', () => {
  expect(filled('redis in:gar', english)).toEqual(['redis in:garden '])
  expect(filled('from:@a', english)).toEqual(['from:"Ann Lee" '])
  expect(filled('has:', english)).toEqual(
    ['file', 'image', 'video', 'audio', 'pdf', 'link', 'code', 'reaction'].map((kind) => `has:${kind} `),
  )
  expect(filled('has:pic', english)).toEqual([])
  expect(filled('has:im', english)).toEqual(['has:image '])
  expect(filled('from:m', english)).toEqual(['from:me '])
})

test("a choice is written in the reader's language, whatever it was begun in", () => {
  expect(filled('故障 在：花', chinese)).toEqual(['故障 在："花园 二" '])
  expect(filled('in:花', chinese)).toEqual(['在："花园 二" '])
  expect(filled('来自:', chinese)).toEqual(['来自：我 ', '来自："Ann Lee" ', '来自：王小明 '])
  expect(filled('含：代', chinese)).toEqual(['含：代码 '])
})

test('nothing is offered without an open filter', () => {
  for (const typed of ['', 'redis', 'in:garden ', 'login:gar', '我在：花', 'before:2026'])
    expect(openFilter(typed), typed).toBeUndefined()
})

test('a filter is begun at the end, and quotes what has spaces', () => {
  expect(begin('redis ', 'in:')).toBe('redis in:')
  expect(begin('', '在：')).toBe('在：')
  expect(write('from:', 'Ann "the" Lee')).toBe('from:"Ann the Lee"')
})
