// @vitest-environment happy-dom
// What Markdown would swallow, cut or count anew, as it was typed.
import { mount } from '@vue/test-utils'
import { beforeAll, describe, expect, it } from 'vitest'
import MessageText from '../../../web/conversation/message/MessageText.vue'
import { blocksOf } from '../../../web/text/blocks.ts'
import { plainOf } from '../../../web/text/plain.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

const show = (text: string) => mount(MessageText, { props: { text } })
const read = (text: string) => show(text).element.textContent
const marks = 'ul, ol, li, blockquote, hr, table, pre, strong, em, code'

it.each([
  ...[
    '+',
    '-',
    '*',
    '#',
    '##',
    '1.',
    '1)',
    '***',
    '---',
    '- - -',
    '___',
    '>',
    '>>',
    '> >',
    '>_<',
    '>.<',
    '>.>',
  ],
  ...[
    '>:(',
    '>:D hi',
    '>w<',
    '>///<',
    '>= 5',
    '```',
    '```\n```',
    '~~~',
    '```\n\n```\nwords',
    '- [ ]',
    '- ...',
  ],
  ...['+\n-', 'a\n#', 'a\n\n-', 'a\n---', '***\na', '#\n#', '-\na', '> ***', '``', '|-|\n|-|', '**', '[](x)'],
])('a block without words: %j', (text) => {
  expect(read(text)).toBe(text)
  expect(show(text).find(marks).exists()).toBe(false)
  expect(plainOf(text)).toBe(text)
})

it.each([
  ['- 👍', 'ul > li'],
  ['> …', 'blockquote'],
  ['>**a**', 'blockquote strong'],
  ['>:smile: a', 'blockquote'],
  ['>\n> a', 'blockquote > p'],
  ['- a\n-\n- b', 'ul > li:nth-child(3)'],
  ['-\n  a', 'ul > li'],
  ['a\n\n***\n\nb', 'hr'],
  ['# 1', 'p'],
  ['```\n-\n```', 'pre'],
])('%j has words', (text, place) => expect(show(text).find(place).exists()).toBe(true))

it('a link without words shows where it leads', () =>
  expect(show('[](https://a.example/)').get('a').text()).toBe('https://a.example/'))

/** The numbers as the browser draws them. */
function numbers(text: string): string[] {
  let next = 1
  return show(text)
    .findAll('ol > li')
    .map((li) => {
      const isFirst = li.element.previousElementSibling === null
      const start = isFirst ? (li.element.parentElement?.getAttribute('start') ?? 1) : next
      next = Number(li.attributes('value') ?? start)
      const typed = /"(.+) "/.exec((li.element as HTMLElement).style.listStyleType)?.[1]
      next += 1
      return typed ?? `${next - 1}.`
    })
}

it.each([
  ['1. a\n2. b', ['1.', '2.']],
  ['2. yes\n4. no', ['2.', '4.']],
  ['5. a\n3. b\n4. c', ['5.', '3.', '4.']],
  ['1. a\n1. b', ['1.', '1.']],
  ['007. bond', ['007.']],
  ['0. a\n1. b', ['0.', '1.']],
  ['1) a\n3) b', ['1)', '3)']],
  ['1986. fine', ['1986.']],
  ['> 3. a\n> 2. b', ['3.', '2.']],
  ['- x\n\n  9. a\n  7. b', ['9.', '7.']],
])('an item keeps its number: %j', (text, wanted) => {
  expect(numbers(text)).toEqual(wanted)
  for (const number of wanted) expect(plainOf(text)).toContain(`${number} `)
})

const links = (text: string) =>
  show(text)
    .findAll('a')
    .map((a) => a.text())

describe('an address', () => {
  it.each([
    ['https://youtu.be/abcdefghij_', ['https://youtu.be/abcdefghij_']],
    ['https://a.example/q?a=1||b=2', ['https://a.example/q?a=1||b=2']],
    ['https://a.example/a**b**c~~d~~', ['https://a.example/a**b**c~~d~~']],
    ['https://a.example/* https://b.example/~', ['https://a.example/*', 'https://b.example/~']],
    ['_https://a.example/b_c_', ['https://a.example/b_c']],
    ['*https://a.example/b*', ['https://a.example/b']],
    ['**https://a.example/b_**', ['https://a.example/b_']],
    ['||https://a.example/b|| c', ['https://a.example/b']],
    ['~~https://a.example/b~~', ['https://a.example/b']],
    ['**a** https://a.example/b**', ['https://a.example/b**']],
    ['(see https://a.example/b_).', ['https://a.example/b_']],
    ['See https://a.example/x, HTTP://b.example/r_(g)!', ['https://a.example/x', 'HTTP://b.example/r_(g)']],
    ['javascript:alert(1) ftp://c.example data:text/html,x', []],
    [
      'www.x.example, WWW.y.example/a_b_ (www.z.example)',
      ['www.x.example', 'WWW.y.example/a_b_', 'www.z.example'],
    ],
    ['awww.x.example www. www.x ww.x.example', []],
    [
      'ann@x.example. <b@x.example> ann_lee+1@mail.x.example',
      ['ann@x.example', 'b@x.example', 'ann_lee+1@mail.x.example'],
    ],
    ['@ann a@b x@y.z1 ssh://git@x.example/a a/b@x.example pkg@x.example/node', []],
    ['/rooms/7/5 (/rooms/7) /rooms/7/thread/3/4', ['/rooms/7/5', '/rooms/7', '/rooms/7/thread/3/4']],
    ['/rooms a/rooms/7 /rooms/7/x /rooms/07 /api/rooms/7', []],
    ['`www.x.example` `ann@x.example` `/rooms/7`', []],
  ])('%j', (text, wanted) => {
    expect(links(text)).toEqual(wanted)
    expect(read(text)).toContain(wanted[0] ?? '')
  })

  it.each([
    ['www.x.example', 'https://www.x.example/'],
    ['ann@x.example', 'mailto:ann@x.example'],
    ['/rooms/7/5', '/rooms/7/5'],
  ])('%j leads to %j', (text, to) => expect(show(text).get('a').attributes('href')).toBe(to))
})

it.each([
  '    if x:\n        return 1',
  '  a\n b',
  '\ta\n\n\tb',
  'one\n\n\n\ntwo',
  'a\n\nb\n\n\nc',
  '\\\\fs01\\_build\\x C:\\*.log',
  '"C:\\_a\\_b" (C:\\*) ..\\_x\\*.log %TEMP%\\_y src\\app\\_id.ts',
  '\\d+\\.\\d* \\w+\\_ ¯\\_(ツ)_/¯ and ¯\\_(ツ)_/¯',
  'C:\\_a\\b and C:\\_c\\_d',
  'a \\\\ b \\\\',
])('spaces, empty lines and backslashes: %j', (text) => {
  expect(read(text)).toBe(text)
  expect(plainOf(text)).toBe(text)
})

it.each([
  ['\\*a\\* foo\\_bar \\# \\@ann \\:x:', '*a* foo_bar # @ann :x:'],
  ['\\\\*a*', '\\a'],
  ['**C:\\x** [a\\b](https://a.example)', 'C:\\x a\\b'],
])('before a mark, a backslash makes it a character: %j', (text, wanted) => expect(read(text)).toBe(wanted))

it('empty lines stay between all kinds of blocks', () => {
  const lines = (text: string) => JSON.stringify(blocksOf(text)).match(/\\n/g)?.length ?? 0
  expect(lines('- a\n\n\n\n- b')).toBe(4)
  expect(lines('a\n\n\n> b')).toBe(2)
  expect(lines('> a\n\n\nb')).toBe(1)
  expect(lines('> a\n\n\n```\nb\n```')).toBe(1)
  expect(lines('a\n\n> b\n\nc')).toBe(0)
})
