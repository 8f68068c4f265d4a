// How a hit is shown: as readable text, with the matches highlighted.
import { describe, expect, test } from 'vitest'
import { parseQuery } from '../../../server/protocol/query.ts'
import { found } from '../../../web/search/marked.ts'

/** The text with the highlights in brackets; the ranges are the positions of these pieces in the original. */
function shown(written: string, ...pieces: string[]): string {
  const ranges = pieces.map((piece): [number, number] => {
    const at = written.indexOf(piece)
    return [at, at + piece.length]
  })
  return found(
    written,
    ranges,
    pieces.map((text) => ({ text, isPrefix: false })),
  )
    .map(({ text, isFound }) => (isFound ? `[${text}]` : text))
    .join('')
}

describe('a hit', () => {
  test('is shown as readable text, with the matches highlighted', () => {
    expect(shown('a **bold** plan, `code`', 'bold')).toBe('a [bold] plan, code')
    expect(shown('| 星期二 | 王小雨 |\n|--|--|\n| 1 | 2 |', '星')).toBe('[星]期二 王小雨\n1 2')
    expect(shown('升级Redis7失败，**先**回滚', '失败', 'Redis')).toBe('升级[Redis]7[失败]，先回滚')
    expect(shown('# Plan\n\n- one\n- two', 'two')).toBe('Plan\none\n[two]')
  })

  test('is highlighted wherever the word occurs, but not inside another word', () => {
    expect(shown('*cat*, concat and cat', 'cat')).toBe('[cat], concat and [cat]')
    expect(shown('`getUserName` of User', 'User')).toBe('get[User]Name of [User]')
    expect(shown('7 of 17', '7')).toBe('[7] of 17')
  })

  test('is highlighted by the rules of the search, also where the marks of the text divide it', () => {
    const by = (typed: string, written: string): string[] =>
      found(written, [], parseQuery(typed).words).flatMap(({ text, isFound }) => (isFound ? [text] : []))
    expect(by('ΚΩΔΙΚΟΣ', 'ο **κωδικός** της')).toEqual(['κωδικός'])
    expect(by('サーバー', '`ｻｰﾊﾞｰ`')).toEqual(['ｻｰﾊﾞｰ'])
    expect(by('deplo', '*Deploying* and deployed')).toEqual(['Deplo', 'deplo'])
    expect(by('"deploy"', 'deploying the **deploy**')).toEqual(['deploy'])
    expect(by('محمد', 'قال مُحَمَّد')).toEqual(['مُحَمَّد'])
  })

  test('hides a spoiler, unless the match is in it', () => {
    expect(shown('it was ||the gardener||', 'was')).toBe('it [was] ▒▒▒')
    expect(shown('it was ||the **gardener**||', 'gardener')).toBe('it was ||the **[gardener]**||')
  })

  test('is shown as it was typed if the match goes across marks', () => {
    expect(shown('a **bo**ld plan', 'bo**ld')).toBe('a **[bo**ld] plan')
  })

  test('of a long message only the part around the first match is shown', () => {
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
