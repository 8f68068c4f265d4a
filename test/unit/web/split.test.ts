// The length of a message in characters, and dividing one that is too long.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { byteLength } from '../../../server/protocol/text.ts'
import { remainingIn, splitText } from '../../../web/conversation/composer/split.ts'

describe('what is left', () => {
  it.each([
    ['a'.repeat(1000), 1100, 100],
    ['字'.repeat(300), 1000, 33],
    ['😀'.repeat(50), 220, 5],
    ['字'.repeat(334), 1000, -1],
    [`${'a'.repeat(998)}字`, 1000, -1],
    ['a'.repeat(1000), 1000, 0],
  ])('of %j at %d bytes: %d characters', (text, max, left) => expect(remainingIn(text, max).left).toBe(left))

  it('is shown only near the end', () => {
    expect(
      [remainingIn('a'.repeat(100)), remainingIn('a'.repeat(16_000))].map(({ isNear }) => isNear),
    ).toEqual([false, false])
    expect(
      [remainingIn('a'.repeat(16_200)), remainingIn('字'.repeat(5_400))].map(({ isNear }) => isNear),
    ).toEqual([true, true])
  })
})

describe('a text that is too long', () => {
  it('is divided between paragraphs, else between sentences, else between words', () => {
    const paragraph = 'word '.repeat(18).trim()
    expect(splitText(`${paragraph}\n\n${paragraph}`, 130)).toEqual([paragraph, paragraph])
    expect(splitText(`${'字'.repeat(30)}。${'字'.repeat(20)}`, 130)).toEqual([
      `${'字'.repeat(30)}。`,
      '字'.repeat(20),
    ])
    expect(splitText(paragraph, 80).map((part) => part.split(' ').every((word) => word === 'word'))).toEqual([
      true,
      true,
    ])
  })

  it('keeps a block of code closed in each part', () => {
    const code = `\`\`\`js\n${'let n = 1\n'.repeat(12)}\`\`\``
    for (let max = 80; max < 120; max += 1)
      expect(splitText(code, max).every((part) => byteLength(part) <= max)).toBe(true)
    const [first, second] = splitText(code, 100)
    expect(first).toMatch(/^```js\n[^]*\n```$/)
    expect(second).toMatch(/^```js\n[^]*\n```$/)
  })

  it('loses nothing, divides no emoji, and each part fits', () => {
    const pieces = fc.constantFrom('word', ' ', '\n', '\n\n', '字', '。', '👩‍👩‍👧‍👦', 'a.b', '- item\n', '  ')
    fc.assert(
      fc.property(fc.array(pieces, { minLength: 20, maxLength: 120 }), (all) => {
        const text = all.join('')
        const parts = splitText(text, 160)
        fc.pre(parts.length > 0)
        expect(parts.every((part) => byteLength(part) <= 160 && part.trim() !== '')).toBe(true)
        expect(parts.join('').replace(/\s/g, '')).toBe(text.replace(/\s/g, ''))
        const families = (words: string) => words.split('👩‍👩‍👧‍👦').length - 1
        expect(parts.reduce((sum, part) => sum + families(part), 0)).toBe(families(text))
      }),
    )
  })

  it('is not divided into more messages than a room bears', () =>
    expect(splitText('a '.repeat(1000), 100)).toEqual([]))

  it('has no block of code whose first line is too long to repeat', () => {
    for (const mark of ['```', '~~~']) {
      const parts = splitText(`${mark}${'a'.repeat(40_000)}`)
      expect(parts.join('').replaceAll('\n', '').length).toBe(40_003)
      expect(parts.every((part) => byteLength(part) <= 16_384)).toBe(true)
    }
  })
})
