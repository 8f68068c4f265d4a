// Whether rules apply to a text: what people read in it counts, however it is written, and no text takes long.
import { expect, test } from 'vitest'
import { effectOf, keyOf, type Rule } from '../../server/word-rules/matching.ts'

const rule = (kind: Rule['kind'], text: string): Rule => ({
  kind,
  key: keyOf(kind, text) ?? '',
  does: 'refuse',
})

test.each([
  ['bad', 'refuse'],
  ['BÄD', 'refuse'],
  ['ｂａｄ', 'refuse'],
  ['b\u200Bad', 'refuse'],
  ['**b**ad', 'refuse'],
  ['b\\ad', 'refuse'],
  ['b[a](http://x.example)d', 'refuse'],
  ['[b](/a)[a](/b)[d](/c)', 'refuse'],
  ['badly', undefined],
  ['[ba](/a) d', undefined],
])('a word in %j: %s', (text, does) => {
  expect(effectOf([rule('word', 'bad')], text)).toBe(does)
})

test.each([
  ['see evil.example', 'refuse'],
  ['http://EVIL。example/a', 'refuse'],
  ['http://evil%2eexample', 'refuse'],
  ['[a](https://ev%69l%2eexample/a)', 'refuse'],
  ['[a](//sub.evil.example)', 'refuse'],
  ['http://notevil.example', undefined],
])('a site in %j: %s', (text, does) => {
  expect(effectOf([rule('host', 'evil.example')], text)).toBe(does)
})

test('a long text made to be slow is looked through in time that grows with its length alone', () => {
  for (const piece of ['[', '[a](', '[a](b', ']( ', '**', 'http://%2e', '%'])
    for (const kind of ['word', 'host'] as const) {
      const began = performance.now()
      effectOf([rule(kind, 'evil.example')], piece.repeat(16_000 / piece.length))
      expect(performance.now() - began, piece).toBeLessThan(2_000)
    }
})
