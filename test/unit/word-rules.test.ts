// Whether rules apply to a text: what people read in it counts, however it is written, and no text takes long.
import { expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { compileRules, effectOf, type Rule } from '../../server/word-rules/matching.ts'

const rule = (kind: Rule['kind'], text: string) => compileRules([{ kind, text, does: 'refuse' }])

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
  expect(effectOf(rule('word', 'bad'), text)).toBe(does)
})

test.each([
  ['see evil.example', 'refuse'],
  ['http://EVIL。example/a', 'refuse'],
  ['http://evil%2eexample', 'refuse'],
  ['[a](https://ev%69l%2eexample/a)', 'refuse'],
  ['[a](//sub.evil.example)', 'refuse'],
  ['http://notevil.example', undefined],
])('a site in %j: %s', (text, does) => {
  expect(effectOf(rule('host', 'evil.example'), text)).toBe(does)
})

test.each([
  // Of all letters, of one, in capitals, and with marks between.
  ['scope', 'ѕсоре', 'refuse'],
  ['scope', 'scоpe', 'refuse'],
  ['BUY NOW', 'ВUY NΟW', 'refuse'],
  ['scope', 's**с**ope', 'refuse'],
  // A rule in another alphabet, disguised with Latin letters.
  ['хор', 'хop', 'refuse'],
  // The words of one alphabet are not those of another.
  ['хор', 'xop', undefined],
  ['нет', 'het', undefined],
  ['bad', 'бад', undefined],
  // Only whole words.
  ['cop', 'сорока', undefined],
])('a rule of %j and look-alikes in %j: %s', (text, said, does) => {
  expect(effectOf(rule('word', text), said)).toBe(does)
})

test('of several rules refusing comes first, wherever the words stand', () => {
  const rules = compileRules([
    { kind: 'word', text: 'one', does: 'hold' },
    { kind: 'word', text: 'one two', does: 'refuse' },
    { kind: 'host', text: 'evil.example', does: 'hold' },
  ])
  expect(effectOf(rules, 'one')).toBe('hold')
  expect(effectOf(rules, 'one two')).toBe('refuse')
  expect(effectOf(rules, 'evil.example and one')).toBe('hold')
  expect(effectOf(rules, 'two')).toBeUndefined()
})

test('the most rules there can be, made to be slow, cost a message some milliseconds', () => {
  const { atOnce, chars } = limits.wordRules
  for (const [letter, said] of [
    ['a', 'a'],
    ['a', 'aA'],
    ['的', '的'],
    ['а', 'а'],
  ] as const) {
    const rules = compileRules(
      Array.from({ length: atOnce }, (_, n) => ({
        kind: 'word' as const,
        text: letter.repeat(1 + (n % (chars - 1))) + (n < chars ? 'z' : String.fromCodePoint(0x3400 + n)),
        does: 'hold' as const,
      })),
    )
    const text = said.repeat(limits.messageBytes / Buffer.byteLength(said))
    // The fastest of some: others work on this machine too.
    const took = [0, 1, 2].map(() => {
      const began = performance.now()
      effectOf(rules, text)
      return performance.now() - began
    })
    expect(Math.min(...took), said).toBeLessThan(400)
  }
})

test('a long text made to be slow is looked through in time that grows with its length alone', () => {
  for (const piece of ['[', '[a](', '[a](b', ']( ', '**', 'http://%2e', '%'])
    for (const kind of ['word', 'host'] as const) {
      const began = performance.now()
      effectOf(rule(kind, 'evil.example'), piece.repeat(16_000 / piece.length))
      expect(performance.now() - began, piece).toBeLessThan(2_000)
    }
})
