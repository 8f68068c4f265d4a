// @vitest-environment happy-dom
import { mount } from '@vue/test-utils'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { limits } from '../../../server/protocol/limits.ts'
import MessageText from '../../../web/conversation/message/MessageText.vue'
import { guessHeight } from '../../../web/conversation/rows/kinds.ts'
import { colour, languageOf } from '../../../web/text/colour.ts'
import { colourIn } from '../../../web/text/colours.ts'
import { otherHost } from '../../../web/text/draw.ts'
import { plainOf } from '../../../web/text/plain.ts'
import { blocksOf } from '../../../web/text/blocks.ts'
import type { Block, Inline } from '../../../server/text/block.ts'
import { hostile } from '../../support/hostile-texts.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

const show = (text: string) => mount(MessageText, { props: { text } })
const html = (text: string) =>
  show(text)
    .find('div')
    .element.innerHTML.replace(/ (class|dir|title|target|rel)="[^"]*"/g, '')
    .replace(/<!--.*?-->/g, '')

describe('a typed text becomes', () => {
  it.each([
    ['**bold** and __bold__', '<p><strong>bold</strong> and <strong>bold</strong></p>'],
    ['*it* _it_ ~~off~~ `a*b*`', '<p><em>it</em> <em>it</em> <s>off</s> <code>a*b*</code></p>'],
    ['# A title', '<p>A title</p>'],
    ['> said\n> before\n\nnow', '<blockquote><p>said\nbefore</p></blockquote><p>now</p>'],
    ['- a\n- b', '<ul><li><p>a</p></li><li><p>b</p></li></ul>'],
    [
      '- [x] a **b**\n- [ ] c\n- [x]\n- [y] d',
      /^<ul><li><span role="img" aria-label="Done:">.*<\/span><p>a <strong>b<\/strong><\/p><\/li><li><span role="img" aria-label="To do:">.*<\/span><p>c<\/p><\/li><li><p>\[x\]<\/p><\/li><li><p>\[y\] d<\/p><\/li><\/ul>$/,
    ],
    ['3. c\n4. d', /^<ol start="3".*<li><p>c<\/p><\/li><li><p>d<\/p><\/li><\/ol>$/],
    ['a\n\n---\n\nb', '<p>a</p><hr><p>b</p>'],
    ['[a](https://a.example)', '<p><a href="https://a.example/">a</a></p>'],
    ['<https://a.example> <b@a.example>', /href="https:\/\/a\.example\/".*href="mailto:b@a\.example"/],
    ['![cat](https://a.example/cat.png)', '<p><a href="https://a.example/cat.png">cat</a></p>'],
  ])('%j', (text, wanted) => {
    const got = html(text)
    if (typeof wanted === 'string') expect(got).toBe(wanted)
    else expect(got).toMatch(wanted)
  })

  it('breaks and spaces as they were typed, and no code from an indent', () => {
    expect(html('a\n    b  c\n\td \\\ne')).toBe('<p>a\n    b  c\n\td \\\ne</p>')
  })

  it.each([
    'a\n---',
    '[x]: https://a.example',
    '&lt;b&gt; &copy;',
    '<b>no</b>',
    'snake_case_name',
    'a || b || c',
    '2 * 3 * 4',
  ])('itself, if a mark has no meaning: %j', (text) => {
    expect(show(text).text().replace(/\s+/g, ' ')).toContain(text.split('\n')[0])
    expect(show(text).findAll('strong, em, b, h1, h2, [role=button]')).toHaveLength(0)
  })
})

describe('beside Chinese, Japanese and Korean', () => {
  it.each([
    ['**重点**。后面', '<strong>重点</strong>。后面'],
    ['**重点。**后面', '<strong>重点。</strong>后面'],
    ['他说**“你好”**然后', '他说<strong>“你好”</strong>然后'],
    ['这是**（重要）**的', '这是<strong>（重要）</strong>的'],
    ['**テスト**です。', '<strong>テスト</strong>です。'],
    ['**이것**은 *테스트*다', '<strong>이것</strong>은 <em>테스트</em>다'],
    ['看~~旧的。~~新的', '看<s>旧的。</s>新的'],
    ['用`代码`吧', '用<code>代码</code>吧'],
    [
      '看 https://a.example/路径。后面',
      '看 <a href="https://a.example/%E8%B7%AF%E5%BE%84">https://a.example/路径</a>。后面',
    ],
    ['**https://a.example**后面', '<strong><a href="https://a.example/">https://a.example</a></strong>后面'],
  ])('%j', (text, wanted) => expect(html(text)).toBe(`<p>${wanted}</p>`))
})

describe('links', () => {
  it('lead only to http, https and mailto, whatever hides in them', () => {
    const links = hostile.flatMap((text) => linksIn(blocksOf(text)))
    expect(links.length).toBeGreaterThan(50)
    for (const to of links) expect(to).toMatch(/^(https?:\/\/|mailto:)/)
    expect(show('https://a.example').get('a').attributes()).toMatchObject({
      rel: 'noopener noreferrer nofollow',
      target: '_blank',
    })
  })

  it('keep their underscores and stars', () => {
    expect(html('https://a.example/a_b_c/*d*x')).toContain('href="https://a.example/a_b_c/*d*x"')
  })

  it('show their target if their text names another host', () => {
    expect(otherHost('https://evil.example/', 'https://bank.example')).toBe('evil.example')
    expect(otherHost('https://evil.example/', 'bank.example/login')).toBe('evil.example')
    expect(otherHost('https://bank.example/', 'bank.example')).toBeUndefined()
    expect(otherHost('https://www.bank.example/', 'see bank.example')).toBeUndefined()
    expect(otherHost('https://evil.example/', 'the report')).toBeUndefined()
    expect(html('[bank.example](https://evil.example)')).toContain('bank.example (evil.example)')
  })
})

it('a spoiler is hidden from everybody until it is revealed, by a click or a key', async () => {
  for (const ask of ['click', 'keydown.enter', 'keydown.space']) {
    const text = show('it was ||the **butler**||')
    const cover = text.get('[role=button]')
    expect(cover.attributes('aria-label')).toBeTruthy()
    expect(cover.find('[inert]').text()).toBe('the butler')
    await cover.trigger(ask)
    expect(text.find('[role=button]').exists()).toBe(false)
    expect(text.find('[inert]').exists()).toBe(false)
    expect(text.text()).toBe('it was the butler')
  }
  expect(plainOf('it was ||the butler||')).not.toContain('butler')
})

it('a code block keeps its text, and is highlighted by the language of its fence', async () => {
  const code = 'const a = "<b>" // **no**\n\treturn `x`'
  const text = show('```ts\n' + code + '\n```')
  expect(text.get('pre').element.textContent).toBe(code)
  const spans = colourIn(languageOf('ts') ?? '', code)
  expect(spans?.map((span) => (typeof span === 'string' ? span : span.text)).join('')).toBe(code)
  expect(spans).toContainEqual({ kind: 'key', text: 'const' })
  expect(await colour('no-such', code)).toBeUndefined()
  expect(await colour('__proto__', code)).toBeUndefined()
  expect(await colour('ts', 'a'.repeat(limits.colouredChars + 1))).toBeUndefined()
  const pieces = limits.markdown.nodes / 2 - 1
  expect(colourIn('javascript', '1 a '.repeat(pieces))?.length).toBe(2 * pieces)
  expect(colourIn('javascript', '1 a '.repeat(pieces + 2))).toBeUndefined()
  expect(colourIn('javascript', '1 2 3')).toHaveLength(5)
})

it('a table is a table; one whose rows have more cells than its head is shown as it was typed', () => {
  const table = show('| a | b |\n|---|:-:|\n| 1 | **2** |')
  expect(table.findAll('th, td').map((cell) => cell.text())).toEqual(['a', 'b', '1', '2'])
  expect(table.get('[role=group]').attributes('tabindex')).toBe('0')
  const ragged = '| a |\n|---|\n| 1 | lost? |'
  expect(show(ragged).text()).toBe(ragged)
  const beside = show(`**first**\n\n${ragged}`)
  expect(beside.get('strong').text()).toBe('first')
  expect(beside.text()).toContain(ragged)
})

const kinds = fc.constantFrom(
  ...[
    '**',
    '*',
    '_',
    '~~',
    '`',
    '```\n',
    '||',
    '\n',
    '\n\n',
    '> ',
    '- ',
    '1. ',
    '# ',
    '[',
    '](https://a.example)',
  ],
  ...[
    '| a | b |\n|---|---|\n',
    '|',
    '<',
    '>',
    '\\',
    'https://a.example/',
    '词',
    '。',
    '（',
    'word',
    ' ',
    'é',
    '👋',
  ],
)
const anyText = fc.array(
  fc.oneof(kinds, kinds, fc.string({ maxLength: 6 }), fc.string({ unit: 'grapheme', maxLength: 4 })),
  {
    maxLength: 40,
  },
)

it('no word of a text is lost, whatever is typed', () => {
  // A link's target, a title and the escapes are marks; letters are words.
  const letters = (text: string) => text.replace(/\]\(https:\/\/a\.example[^)]*\)|[^\p{L}]/gu, '')
  fc.assert(
    fc.property(anyText, (parts) => {
      const text = parts.join('').replaceAll('\0', '')
      const shown = letters(everyWord(blocksOf(text)))
      for (const word of letters(text).match(/word|词|é/g) ?? []) expect(shown).toContain(word)
      const count = (of: string) => of.match(/word|词/g)?.length ?? 0
      expect(count(shown)).toBe(count(letters(text)))
    }),
    { numRuns: 500 },
  )
})

it('a text that would be too expensive is shown as it was typed', () => {
  const heavy = [
    '*'.repeat(limits.markdown.marks + 1),
    `${'>'.repeat(limits.markdown.nesting + 1)} deep`,
    `${'- '.repeat(limits.markdown.nesting)}deep`,
    `${'|a'.repeat(50)}|\n${'|-'.repeat(50)}|\n${'|\n'.repeat(limits.markdown.cells / 50)}`,
    '- a\n'.repeat(limits.markdown.items + 1),
    'http://a '.repeat(1000),
  ]
  for (const text of heavy) expect(blocksOf(text), text.slice(0, 30)).toEqual([{ is: 'plain', text }])
})

it('whatever is sent, what is drawn is bounded, and nothing in it becomes an element of its own', () => {
  expect(hostile.length).toBeGreaterThan(200)
  for (const text of hostile) {
    expect(nodesIn(blocksOf(text)), text.slice(0, 60)).toBeLessThanOrEqual(limits.markdown.nodes)
    expect(Number.isFinite(plainOf(text).length)).toBe(true)
    if (text.length > 300) continue
    const drawn = show(text)
    const odd = drawn.findAll(
      'script, img, iframe, svg:not([aria-hidden]), style, form, input, object, embed, b, i',
    )
    expect(odd, text.slice(0, 60)).toHaveLength(0)
    expect(drawn.element.outerHTML).not.toMatch(/<[^>]+ on[a-z]+=/i)
    drawn.unmount()
  }
}, 60_000)

it('endless letters get possible line breaks, and stay the same letters', () => {
  const long = `${'*_'.repeat(5_000)}😀`
  const drawn = show(long)
  expect(drawn.findAll('wbr').length).toBe(Math.ceil([...long].length / 128) - 1)
  expect(drawn.text()).toBe(long)
  expect(show('word '.repeat(1_000)).findAll('wbr')).toHaveLength(0)
  expect(
    show(`https://a.example/${'a.'.repeat(400)}`)
      .find('a wbr')
      .exists(),
  ).toBe(true)
})

it.each([
  ['- a\n- b', 'ul > li:last-child > p'],
  ['1. a\n   - b', 'ol > li > ul > li > p'],
  ['- [x] a', 'ul > li > p'],
  ['> a', 'blockquote + p'],
])('what follows the last word is beside it if possible: %j', (text, place) => {
  const drawn = mount(MessageText, { props: { text }, slots: { default: 'END' } })
  expect(drawn.find(place).text()).toMatch(/END$/)
  expect(drawn.text().match(/END/g)).toHaveLength(1)
})

it('the same text is parsed once', () => expect(blocksOf('**once**')).toBe(blocksOf('**once**')))

it("a row's height is estimated from what will be drawn", () => {
  const line = { kind: 'message', text: '', replyTo: null, reactions: [] } as never as { text: string }
  const guess = (text: string) =>
    guessHeight({ kind: 'line', key: 'k', head: false, line: { ...line, text } } as never, 700)
  expect(guess('a\nb')).toBe(guess('a') + 24)
  expect(guess('a\n\n\n\nb')).toBe(guess('a') + 4 * 24)
  expect(guess('```\na\nb\n```')).toBe(3 + 2 * 20 + 22)
  expect(guess('x\n'.repeat(300))).toBeLessThan(640)
})

/** Everything that a reader could read, in order. */
function everyWord(blocks: readonly Block[]): string {
  const inline = (parts: readonly Inline[]): string =>
    parts.map((part) => ('in' in part ? inline(part.in) : part.text)).join('')
  return blocks
    .map((block) => {
      if (block.is === 'quote') return everyWord(block.blocks)
      if (block.is === 'list')
        return block.items
          .map(
            ({ done, blocks: inside }) =>
              (done === undefined ? '' : done ? '[x] ' : '[ ] ') + everyWord(inside),
          )
          .join(' ')
      if (block.is === 'table') return block.rows.flat().map(inline).join(' ')
      if (block.is === 'code') return `${block.info} ${block.text}`
      return block.is === 'rule' ? '' : 'in' in block ? inline(block.in) : block.text
    })
    .join(' ')
}

function nodesIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + nodesIn(each), 0)
  if (typeof value !== 'object' || value === null) return 0
  return Object.values(value).reduce((sum: number, each) => sum + nodesIn(each), 'is' in value ? 1 : 0)
}

function linksIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(linksIn)
  if (typeof value !== 'object' || value === null) return []
  const inside = Object.values(value).flatMap(linksIn)
  return 'to' in value ? [String(value.to), ...inside] : inside
}
