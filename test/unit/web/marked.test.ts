// What is shown of a message that was found: as one reads it, with what was looked for marked.
import { describe, expect, test } from 'vitest'
import { found } from '../../../web/search/marked.ts'

/** The text with what is marked in brackets; the ranges are where these pieces stand in what was written. */
function shown(written: string, ...pieces: string[]): string {
  const ranges = pieces.map((piece): [number, number] => {
    const at = written.indexOf(piece)
    return [at, at + piece.length]
  })
  return found(written, ranges)
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join('')
}

describe('a message that was found', () => {
  test('is shown as one reads it, with what was looked for marked', () => {
    expect(shown('a **bold** plan, `code`', 'bold')).toBe('a [bold] plan, code')
    expect(shown('| 星期二 | 王小雨 |\n|--|--|\n| 1 | 2 |', '星')).toBe('[星]期二 王小雨\n1 2')
    expect(shown('升级Redis7失败，**先**回滚', '失败', 'Redis')).toBe('升级[Redis]7[失败]，先回滚')
    expect(shown('# Plan\n\n- one\n- two', 'two')).toBe('Plan\none\n[two]')
  })

  test('is marked wherever the word stands, and not where it is a part of another', () => {
    expect(shown('*cat*, concat and cat', 'cat')).toBe('[cat], concat and [cat]')
    expect(shown('`getUserName` of User', 'User')).toBe('get[User]Name of [User]')
    expect(shown('7 of 17', '7')).toBe('[7] of 17')
  })

  test('hides a spoiler, but not from who looked for what is in it', () => {
    expect(shown('it was ||the gardener||', 'was')).toBe('it [was] ▒▒▒')
    expect(shown('it was ||the **gardener**||', 'gardener')).toBe('it was ||the **[gardener]**||')
  })

  test('is shown as it was written where what was found goes across marks', () => {
    expect(shown('a **bo**ld plan', 'bo**ld')).toBe('a **[bo**ld] plan')
  })

  test('of a long one only the part around the first is shown', () => {
    const text = `${'long ago. '.repeat(60)}The **end** is near. ${'And on. '.repeat(60)}`
    const part = shown(text, 'end')
    expect(part).toMatch(/^… .*The \[end\] is near\. And on\..* …$/)
    expect(part.length).toBeLessThan(300)
  })

  test('is never cut within a character', () => {
    const text = `${'👩‍🌾'.repeat(100)}x${'🎉'.repeat(300)}`
    expect(shown(text, 'x')).not.toMatch(/[\ud800-\udbff](?![\udc00-\udfff])/)
  })
})
