// What formatting does to a text and its selection. `[` and `]` are the ends of the selection, `|` a caret.
import { describe, expect, it } from 'vitest'
import {
  formatted,
  pastedLink,
  type Format,
  type Selected,
  type TextEdit,
} from '../../../web/conversation/composer/format/format.ts'
import { treeOf } from '../../../server/text/tree.ts'

function selected(marked: string): Selected {
  const from = marked.search(/[«|]/u)
  const bare = marked.replace(/[«|]/u, '')
  const to = bare.indexOf('»')
  return { text: bare.replace('»', ''), from, to: to < 0 ? from : to }
}

function done({ text }: Selected, { from, to, words, select }: TextEdit): string {
  const next = text.slice(0, from) + words + text.slice(to)
  const [a, b] = select
  return a === b
    ? `${next.slice(0, a)}|${next.slice(a)}`
    : `${next.slice(0, a)}«${next.slice(a, b)}»${next.slice(b)}`
}

const after = (format: Format, marked: string) => done(selected(marked), formatted(format, selected(marked)))

describe('formatting', () => {
  it.each<[Format, string, string]>([
    ['bold', 'a «word» here', 'a **«word»** here'],
    ['bold', 'a **«word»** here', 'a «word» here'],
    ['bold', 'a «**word**» here', 'a «word» here'],
    ['bold', 'a|', 'a**|**'],
    ['bold', 'a «word »here', 'a **«word»** here'],
    ['italic', '«重点。»后面', '_«重点。»_后面'],
    ['code', 'run «npm ci» now', 'run `«npm ci»` now'],
    ['code', 'so:\n«a\nb»\nend', 'so:\n```\n«a\nb»\n```\nend'],
    ['link', 'read «this» now', 'read [this](«https://») now'],
    ['link', 'see «https://a.example/b_(c)»', 'see [|](https://a.example/b_%28c%29)'],
    ['link', '|', '[|](https://)'],
    ['quote', 'one\n«two\nthree»', 'one\n«> two\n> three»'],
    ['quote', '«> two\n> three»', '«two\nthree»'],
    ['list', 'on|e', '- on|e'],
    ['list', '- on|e', 'on|e'],
    ['list', '|', '- |'],
    ['list', '«one\n»two', '«- one»\ntwo'],
  ])('%s: %j', (format, before, wanted) => expect(after(format, before)).toBe(wanted))

  it.each<[Format, string]>([
    ['bold', 'strong'],
    ['italic', 'em'],
    ['code', 'code'],
  ])('%s is what the parser draws', (format, kind) => {
    const before = selected('a «word» here')
    const text = done(before, formatted(format, before)).replace(/[«»]/gu, '')
    const [block] = treeOf(text)
    expect(block?.is === 'words' && block.in.map(({ is }) => is)).toContain(kind)
  })
})

describe('an address pasted over words', () => {
  const pasted = (marked: string, address: string) => {
    const edit = pastedLink(selected(marked), address)
    return edit && done(selected(marked), edit)
  }
  it.each([
    ['read «this» now', 'https://a.example', 'read [this](https://a.example)| now'],
    ['«[a]»', ' https://a.example/b_(c) ', '[\\[a\\]](https://a.example/b_%28c%29)|'],
  ])('%j becomes its link', (before, address, wanted) => expect(pasted(before, address)).toBe(wanted))

  it.each([
    ['read | now', 'https://a.example'],
    ['«read»', 'not an address'],
    ['«https://b.example»', 'https://a.example'],
    ['«one\ntwo»', 'https://a.example'],
    ['« »', 'https://a.example'],
  ])('%j and %j: pasted as it is', (before, address) => expect(pasted(before, address)).toBeUndefined())
})
