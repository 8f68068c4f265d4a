// The differences between two versions of a message, as a person reads them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import { diff } from '../../../web/text/diff.ts'

const shown = (before: string, after: string): string =>
  diff(before, after)
    .map(({ is, text }) => (is === 'same' ? text : is === 'gone' ? `[-${text}-]` : `{+${text}+}`))
    .join('')

describe('a difference', () => {
  it.each([
    ['the same', 'the same', 'the same'],
    ['Fryday is fine', 'Friday is fine', '[-Fryday-]{+Friday+} is fine'],
    ['see you', 'see you at noon', 'see you{+ at noon+}'],
    ['one two three', 'one three', 'one [-two -]three'],
    ['a b c', 'x y z', '[-a b c-]{+x y z+}'],
    ['明天下午三点开会', '明天下午四点开会', '明天下午[-三-]{+四+}点开会'],
    ['', 'new', '{+new+}'],
    ['gone', '', '[-gone-]'],
    ['family 👩‍👩‍👧!', 'family 👩‍👩‍👦!', 'family [-👩‍👩‍👧-]{+👩‍👩‍👦+}!'],
    ['naïve, really', 'naive, really', '[-naïve-]{+naive+}, really'],
    ['x = 1\ny = 2', 'x = 1\ny = 3', 'x = 1\ny = [-2-]{+3+}'],
  ])('from %j to %j is %j', (before, after, wanted) => expect(shown(before, after)).toBe(wanted))

  it('always makes both texts again, and never two parts of a kind beside each other', () => {
    const word = fc.constantFrom('a', 'b', 'the', ' ', '  ', '\n', '三', '点', '👍', '.', 'x1')
    const text = fc.oneof(
      fc.array(word, { maxLength: 60 }).map((words) => words.join('')),
      fc.string({ unit: 'binary', maxLength: 80 }),
    )
    fc.assert(
      fc.property(text, text, (before, after) => {
        const parts = diff(before, after)
        const without = (kind: string) => parts.flatMap(({ is, text: part }) => (is === kind ? [] : [part]))
        const isOdd = parts.some(({ is, text: part }, index) => part === '' || is === parts[index + 1]?.is)
        return without('new').join('') === before && without('gone').join('') === after && !isOdd
      }),
    )
  }, 30_000)

  it('of two long messages with nothing in common is reported at once: one is removed, the other added', () => {
    const long = (char: string) => `${char} `.repeat(limits.messageBytes / 2).trim()
    expect(diff(long('a'), long('b')).map(({ is }) => is)).toEqual(['gone', 'new'])
    const words = Array.from({ length: 3_000 }, (_, n) => `w${n}`)
    const changed = words.with(10, 'other').with(2_500, 'another')
    expect(shown(words.join(' '), changed.join(' '))).toContain('[-w2500-]{+another+}')
  })
})
