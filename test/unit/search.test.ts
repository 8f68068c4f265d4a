// What search treats as the same word, and what a typed query means.
import { describe, expect, test } from 'vitest'
import type { FileRef } from '../../server/protocol/files.ts'
import type { SpokenMessage } from '../../server/protocol/http.ts'
import { kindOf, parseQuery, spanOf, utc } from '../../server/protocol/query.ts'
import { readCursor, writeCursor } from '../../server/search/cursor.ts'
import { ask, match } from '../../server/search/match.ts'
import { rules, tokensOf } from '../../server/search/tokens.ts'

const said = (text: string): SpokenMessage => ({
  kind: 'message',
  seq: 1,
  updatedSeq: 1,
  cid: '',
  user: { id: '1', name: 'Ann' },
  text,
  at: 0,
  replyTo: null,
  editedAt: null,
  deletedAt: null,
  reactions: [],
})
const question = (typed: string): ReturnType<typeof ask> =>
  ask({
    words: parseQuery(typed).words,
    from: undefined,
    has: parseQuery(typed).filters.flatMap(({ name, value }) =>
      name === 'has' ? (kindOf(value) ?? []) : [],
    ),
    files: parseQuery(typed).filters.flatMap(({ name, value }) =>
      name === 'file' ? [{ text: value, isPrefix: true }] : [],
    ),
    since: undefined,
    until: undefined,
  })
/** By the index and by the text. */
function finds(typed: string, text: string, files: FileRef[] = []): boolean {
  const asked = question(typed)
  const tokens = tokensOf(text, '1', files)
  const isIndexed = asked.needs.every((need) =>
    need.some((all) =>
      all.every(({ from, to }) => [...tokens].some((token) => token >= from && token <= to)),
    ),
  )
  const message = files.length === 0 ? said(text) : { ...said(text), files }
  const isMatch = match(asked, message) !== undefined
  // The index may name a message that does not match; it never omits one that does.
  if (isMatch) expect(isIndexed, `${typed} in ${text} is left out by the index`).toBe(true)
  return isMatch && isIndexed
}
const marked = (typed: string, text: string): string[] | undefined =>
  match(question(typed), said(text))?.map(([from, to]) => text.slice(from, to))

describe('files', () => {
  const file = (name: string, kind: FileRef['kind'], alt?: string): FileRef => ({
    id: '1',
    name,
    kind,
    type: 'application/octet-stream',
    size: 1,
    ...(alt === undefined ? {} : { alt }),
  })
  const plan = [
    file('灌溉计划-2026_spring.pdf', 'pdf'),
    file('bed.jpg', 'image', 'Tomatoes in the north bed'),
  ]
  test.each([
    ['计划', true],
    ['spring', true],
    ['2026', true],
    ['tomatoes', true],
    ['look plan', false],
    ['look spring', true],
    ['"look spring"', false],
    ['has:file', true],
    ['has:image', true],
    ['含:图片', true],
    ['has:pdf has:picture', true],
    ['has:video', false],
    ['has:voice', false],
    ['file:spri', true],
    ['文件：计划', true],
    ['file:look', false],
    ['file:tomatoes has:image look', true],
    ['has:link', false],
  ])('%s is found in words, names and kinds: %s', (typed, is) => {
    expect(finds(typed, 'Look at this', plan)).toBe(is)
  })

  test('a message without words is found by its files, and marks nothing', () => {
    expect(finds('spring', '', plan)).toBe(true)
    expect(match(question('spring'), { ...said(''), files: plan })).toEqual([])
    expect(finds('has:file', 'file'), 'the word is no file').toBe(false)
  })
})

describe('the same word', () => {
  test.each([
    ['straße', 'Die STRASSE', true],
    ['ELAN', 'élan vital', true],
    ['élan', 'ELAN', true],
    ['e\u0301lan', 'élan', true],
    ['ｒｅｄｉｓ', 'Redis', true],
    ['redis', 'predistortion', false],
    ['redis', 'Redis7', true],
    ['7', 'Redis7', true],
    ['redis7', 'Redis 7', false],
    ['http', 'HTTPServer', true],
    ['server', 'HTTPServer', true],
    ['server_name', 'the_server_name_here', true],
    ['server', '_server_', true],
    ["don't", 'I don’t know', true],
    ['c++', 'modern C++ code', true],
    ['c++', 'modern C code', false],
    ['#42', 'see #42', true],
    ['42', 'see #42.', true],
    ['失败', '升级失败了', true],
    ['败', '升级失败了', true],
    ['级败', '升级失败了', false],
    ['升级redis', '升级Redis7失败', true],
    ['カタカナ', 'ｶﾀｶﾅ', true],
    ['한국', '대한국민', true],
    ['สวัส', 'สวัสดีครับ', true],
    ['𠮷野', '𠮷野家', true],
    ['🎉', 'party 🎉!', true],
    ['👍', '👍🏽', true],
    ['❤', '❤️', true],
    ['привет', 'ПРИВЕТ, мир', true],
    ['"two words"', 'two\n words', true],
    ['"two words"', 'words two', false],
    ['two words', 'words, two', true],
    ['https://example.com/a', 'see https://example.com/a?b', true],
    ['127.0.0.1', 'at 127.0.0.1:80', true],
    ['"0.0.1"', 'at 127.0.0.12', false],
    ['HAUPTSTRASSE', 'Hauptstraße', true],
    ['GROẞE', 'große', true],
    ['ΚΩΔΙΚΟΣ', 'κωδικός', true],
    ['κωδικος', 'ΚΩΔΙΚΌΣ', true],
    ['istanbul', 'İSTANBUL', true],
    ['lodz', 'Łódź', true],
    ['kobenhavn', 'København', true],
    ['aether', 'Æther', true],
    ['strasse', 'stra\u00adße', true],
    ['サーバー', 'ｻｰﾊﾞｰ', true],
    ['ｻｰﾊﾞｰ', 'サーバー', true],
    ['バー', 'ｻｰﾊﾞｰ', true],
    ['ハー', 'ｻｰﾊﾞｰ', false],
    ['ガラス', 'ガラス'.normalize('NFD'), true],
    ['ガ'.normalize('NFD'), 'ガラス', true],
    ['한글', '한글'.normalize('NFD'), true],
    ['글'.normalize('NFD'), '한글', true],
    ['ㅋㅋ', 'ㅋㅋㅋ', true],
    ['平成', '㍻', true],
    ['株', '㈱ブルック', true],
    ['محمد', 'مُحَمَّد', true],
    ['مُحَمَّد', 'محمد', true],
    ['محمد', 'محـــمد', true],
    ['احمد', 'أحمد', true],
    ['ایران', 'ايران', true],
    ['٢٠٢٦', 'in 2026', true],
    ['שלום', 'שָׁלוֹם', true],
    ['и\u0306од', 'йод', true],
    ['हिन्दी', 'हिन्दी में', true],
    ['हन्दी', 'हिन्दी', false],
    ['tiếng việt', 'TIENG VIET', true],
    ['e-mail', 'e\u2011mail', true],
    ['สว', 'สวัสดี', true],
    ['葛', '葛\u{e0101}城', true],
    ['1', '1️⃣', true],
  ])('%s in %s: %s', (typed, text, is) => {
    expect(finds(typed, text)).toBe(is)
  })

  test.each([
    ['deploy', 'we are deploying', true],
    ['deploy', 'DeploymentFailed', true],
    ['deploy', 'redeploying', false],
    ['"deploy"', 'deploying', false],
    ['"deploy', 'deploying', true],
    ['deploying', 'deploy', false],
    ['de', 'deploying', true],
    ['d', 'deploying', false],
    ['deploy fail', 'deploying failed', false],
    ['deploy fail', 'deploy failed', true],
    ['deploy* fail', 'deploying failed', true],
    ['deploy* "fail"', 'deploying failed', false],
    ['deploy in:garden', 'deploying', true],
    ['a very long beginn', 'a very long beginning', true],
    ['internationalizat', 'internationalization', true],
    ['internationalizat', 'internationalism', false],
    ['usern', 'getUserName', true],
    ['nam', 'getUserName', true],
    ['get_us', 'get_user_name', true],
    ['redis7', 'redis72', true],
    ['example.com/d', 'https://example.com/docs', true],
    ['hauptstras', 'Hauptstraße', true],
    ['cafe\u0301', 'Cafés', true],
    ['κωδικος', 'κωδικοσύ', true],
    ['مح', 'مُحَمَّد', true],
    ['при', 'привет', true],
    ['升级redi', '升级Redis7', true],
    ['*', 'select * from', true],
    ['*', 'select', false],
    ['c++', 'c++11', true],
  ])('%s in %s: %s', (typed, text, is) => {
    expect(finds(typed, text)).toBe(is)
  })

  test('the highlighted ranges are those of the text itself', () => {
    expect(marked('cafe 失败', '在 Café 里失败，cafés 失败')).toEqual(['Café', '失败', '失败'])
    expect(marked('redis', '👨‍👩‍👧 Redis7')).toEqual(['Redis'])
    expect(marked('ab "b c"', 'ab ab b c')).toEqual(['ab', 'ab', 'b c'])
    expect(marked('deploy', 'Deploying, deployed')).toEqual(['Deploy', 'deploy'])
    // Whole characters, with all that belongs to them.
    expect(marked('hauptstras', 'Hauptstraße')).toEqual(['Hauptstraße'.slice(0, 10)])
    expect(marked('cafe', 'cafe\u0301s')).toEqual(['cafe\u0301'])
    expect(marked('バ', 'ｻｰﾊﾞｰ')).toEqual(['ﾊﾞ'])
    expect(marked('สว', 'สวัสดี')).toEqual(['สวั'])
  })

  test('a change of the rules has a number of its own', () => {
    // If this differs, blocks that are indexed must be indexed again: raise `rules`, and write the new sum here.
    const text =
      'Deploying getUserName 升级Redis7失败 ｻｰﾊﾞｰ Straße مُحَمَّد 🎉 `code` https://a.example/x?y=1 κωδικός e\u0301'
    const sum = [...tokensOf(text, '7')].sort((a, b) => a - b).reduce((all, one) => (all * 31 + one) % 1e9, 0)
    expect([rules, sum]).toEqual([2, 110_136_315])
  })

  test('a text of any kind is read in time proportional to its length', () => {
    for (const text of [
      '的'.repeat(5_000),
      'a1'.repeat(8_000),
      '_'.repeat(16_000),
      '\u0301'.repeat(8_000),
      '🎉'.repeat(4_000),
    ])
      expect(tokensOf(text, '1').size).toBeLessThan(20)
  })
})

describe('what is typed', () => {
  test('words, phrases in any quotes, and filters with or without them', () => {
    expect(
      parseQuery('升级 "exact phrase" “中文 短语” 「引号」 in:#garden from:"Ann Lee" has：link fail!'),
    ).toMatchObject({
      words: ['升级', 'exact phrase', '中文 短语', '引号', 'fail'].map((text) => ({
        text,
        isPrefix: text === 'fail',
      })),
      filters: [
        { name: 'in', value: '#garden' },
        { name: 'from', value: 'Ann Lee' },
        { name: 'has', value: 'link' },
      ],
      problem: undefined,
    })
  })

  test('filters are written in English or in Chinese', () => {
    const { words, filters, problem } = parseQuery(
      '故障 在：花园 来自:"王 小明" 早于：2026-01 晚于:2025 含：链接',
    )
    expect(words).toEqual([{ text: '故障', isPrefix: true }])
    expect(filters.map(({ name, value }) => `${name} ${value}`)).toEqual([
      'in 花园',
      'from 王 小明',
      'before 2026-01',
      'after 2025',
      'has 链接',
    ])
    expect(problem).toBeUndefined()
    expect(kindOf('链接')).toBe(kindOf('LINK'))
    expect(parseQuery('含：奶酪').problem).toEqual({ kind: 'bad_has', piece: '奶酪' })
    expect(parseQuery('故障 在：').problem).toEqual({ kind: 'no_value', piece: '在：' })
    expect(parseQuery('我在：花园').words).toMatchObject([{ text: '我在：花园' }])
  })

  test('what only looks like a filter is a word', () => {
    expect(parseQuery('https://a.b login:ann inside file:///a/b')).toMatchObject({
      words: [{ text: 'https://a.b' }, { text: 'login:ann' }, { text: 'inside' }, { text: 'file:///a/b' }],
      filters: [],
    })
  })

  test.each([
    ['', 'empty'],
    ['...', 'empty'],
    ['in:', 'no_value'],
    ['x before:2026-02-30', 'bad_date'],
    ['x has:cheese', 'bad_has'],
    ['x'.repeat(501), 'too_long'],
    ['x '.repeat(21), 'too_many'],
  ])('%s is refused as %s', (typed, kind) => {
    expect(parseQuery(typed).problem?.kind).toBe(kind)
  })

  test('a day, a month and a year exclude themselves on both sides', () => {
    const span = (typed: string): (string | undefined)[] => {
      const { since, until } = spanOf(parseQuery(typed).filters, utc)
      return [since, until].map((at) =>
        at === undefined ? undefined : new Date(at).toISOString().slice(0, 10),
      )
    }
    expect(span('after:2026-11-21')).toEqual(['2026-11-22', undefined])
    expect(span('after:2026-12')).toEqual(['2027-01-01', undefined])
    expect(span('after:2025 before:2026-11-21')).toEqual(['2026-01-01', '2026-11-21'])
  })

  test('a cursor is read as it was written, and nothing else is accepted', () => {
    const cursor = {
      began: 1_763_700_000_000,
      below: new Map([
        ['7', 48_120],
        ['18446744073709551615', 1],
      ]),
    }
    expect(readCursor(writeCursor(cursor))).toEqual(cursor)
    for (const text of ['', '!', 'a.b', 'a.b-c-d', 'a.-1']) expect(readCursor(text)).toBeUndefined()
  })
})
