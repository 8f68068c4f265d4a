// What may be a name, a room's name and a topic, and when two names are the same.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { isMisleadingName, looksLikeAnother } from '../../server/protocol/misleading-names.ts'
import { cleanName, cleanRoomName, cleanTopic, nameKey } from '../../server/protocol/names.ts'

describe('a name', () => {
  test.each([
    ['Latin', 'Zoë Müller-Łukasiewicz'],
    ['Chinese', '王小明'],
    ['Japanese', '山田 たろう'],
    ['Korean', '김철수'],
    ['Arabic', 'فاطمة الزهراء'],
    ['Hebrew', 'שָׁלוֹם'],
    ['Hindi', 'अमित कुमार'],
    ['Thai', 'สมชาย'],
    ['Greek', 'Ἀχιλλεύς'],
    ['Cyrillic', 'Алёна'],
    ['Amharic', 'ሰላም'],
    ['beyond the first plane', '𠮷野家'],
  ])('may be in any script: %s', (_script, name) => {
    expect(cleanName(name)).toBe(name.normalize('NFC'))
  })

  test('may be emoji, with skin tones, families and flags', () => {
    for (const emoji of ['👋🏽', '👩‍👩‍👧‍👦', '🇨🇭', '❤️', '🏴󠁧󠁢󠁷󠁬󠁳󠁿']) expect(cleanName(emoji)).toBe(emoji)
  })

  test('may join letters where a script needs it', () => {
    expect(cleanName('می‌خواهم')).toBe('می‌خواهم')
    expect(cleanName('ක්‍රි')).toBe('ක්‍රි')
  })

  test('is trimmed and composed', () => {
    expect(cleanName(' \t\u3000ann\u00a0 ')).toBe('ann')
    expect(cleanName('Zoe\u0308')).toBe('Zoë')
    expect(cleanName('\u1100\u1161')).toBe('가')
  })

  test('has 1 to 32 characters, as people count them and not as UTF-16 does', () => {
    expect(cleanName('')).toBeUndefined()
    expect(cleanName(' \u3000 ')).toBeUndefined()
    expect(cleanName('x'.repeat(32))).toHaveLength(32)
    expect(cleanName('x'.repeat(33))).toBeUndefined()
    expect(cleanName('𠮷'.repeat(32))).toBe('𠮷'.repeat(32))
    expect(cleanName('e\u0301'.repeat(32))).toBe('é'.repeat(32))
  })

  test.each([
    ['NUL', 'a\0b'],
    ['line feed', 'a\nb'],
    ['escape', '\x1b[31mred'],
    ['C1 control', 'a\u0085b'],
    ['right-to-left override', 'a\u202egnp.b'],
    ['left-to-right embedding', 'a\u202ab'],
    ['isolate', 'a\u2066b\u2069'],
    ['direction marks', '\u200ea\u200f'],
    ['Arabic letter mark', 'a\u061cb'],
    ['zero width space', 'a\u200bb'],
    ['word joiner', 'a\u2060b'],
    ['byte order mark', 'a\ufeffb'],
    ['line separator', 'a\u2028b'],
    ['interlinear annotation', 'a\ufff9b'],
    ['lone surrogate', 'a\ud800b'],
  ])('hides and reorders nothing: %s', (_mark, name) => {
    expect(cleanName(name)).toBeUndefined()
  })

  test('of invisible characters only is not a name', () => {
    for (const blank of [
      '\u200d',
      '\u200c\u200d',
      '\u115f',
      '\u3164',
      '\u2800',
      '\u00ad',
      '\ufe0f',
      '\u034f',
    ])
      expect(cleanName(blank), JSON.stringify(blank)).toBeUndefined()
  })

  test('stays as it is when it is cleaned again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (raw) => {
        const name = cleanName(raw)
        if (name !== undefined) expect(cleanName(name)).toBe(name)
      }),
    )
  })
})

describe('two names are the same', () => {
  test.each([
    ['case', 'Ann', 'aNN'],
    ['width', 'Ann', 'Ａｎｎ'],
    ['ligature', 'ﬁnn', 'Finn'],
    ['composition', 'Zoë', 'ZOE\u0308'],
    ['sharp s', 'Strauß', 'STRAUSS'],
    ['final sigma', 'ΝΊΚΟΣ', 'νίκος'],
    ['half-width kana', 'ｶﾀｶﾅ', 'カタカナ'],
    ['Cyrillic case', 'АЛЁНА', 'алёна'],
    ['a joiner nobody sees', 'an\u200dn', 'ann'],
    ['a selector nobody sees', 'ann\ufe0f', 'ann'],
    ['a soft hyphen nobody sees', 'an\u00adn', 'ann'],
    ['spaces', 'ann  lee', 'ann\u00a0lee'],
    ['hidden edges', '\u200d ann', 'ann'],
  ])('whatever their %s', (_difference, a, b) => {
    expect(nameKey(a)).toBe(nameKey(b))
  })

  test('but not if a reader can tell them apart', () => {
    for (const [a, b] of [
      ['ann', 'anne'],
      ['Zoe', 'Zoë'],
      ['👋', '👋🏽'],
      ['王', '玉'],
    ] as const)
      expect(nameKey(a)).not.toBe(nameKey(b))
  })

  test('has one key, whatever is asked twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 32 }), (name) => {
        expect(nameKey(nameKey(name))).toBe(nameKey(name))
        expect(nameKey(name.toUpperCase())).toBe(nameKey(name))
      }),
    )
  })

  test('and its key fits the column', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 64 }), (raw) => {
        const name = cleanName(raw)
        if (name !== undefined) expect([...nameKey(name)].length).toBeLessThanOrEqual(600)
      }),
    )
    expect([...nameKey('\ufdfa'.repeat(limits.nameChars))].length).toBeLessThanOrEqual(600)
  })
})

describe('a room’s name', () => {
  test('is stored without the # that people type', () => {
    expect(cleanRoomName(' ##garden ')).toBe('garden')
    expect(cleanRoomName('# 花园')).toBe('花园')
    expect(cleanRoomName('c#')).toBe('c#')
    expect(cleanRoomName('#')).toBeUndefined()
  })

  test('has 1 to 64 characters', () => {
    expect(cleanRoomName('x'.repeat(64))).toHaveLength(64)
    expect(cleanRoomName('x'.repeat(65))).toBeUndefined()
  })
})

describe('a topic', () => {
  test('may be empty, and is one line', () => {
    expect(cleanTopic('  ')).toBe('')
    expect(cleanTopic(' roses, 玫瑰 🌹 ')).toBe('roses, 玫瑰 🌹')
    expect(cleanTopic('two\nlines')).toBeUndefined()
  })

  test('has 250 characters at most', () => {
    expect(cleanTopic('x'.repeat(250))).toHaveLength(250)
    expect(cleanTopic('x'.repeat(251))).toBeUndefined()
  })
})

test('two plain names are the same by the rules of all names', () => {
  // An invisible joiner makes it not plain, and does not distinguish it.
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (name) => nameKey(name) === nameKey(`${name}\u200d`)),
  )
})

describe('a misleading name', () => {
  test.each([
    ...[
      'Anna\u2800',
      '\u0410nna',
      '\u0410\u200cnna',
      'x\u00ad\u0430',
      'Br\u043e\u043ek',
      'Ann\u03b1',
      '\u04301ice',
    ],
    ...['A\u043d\u044f', '\u2c80nn', '\ue000x', 'a\u0378'],
  ])('looks like another: %j', (name) => {
    expect(isMisleadingName(name)).toBe(true)
    expect(looksLikeAnother(name)).toBe(true)
  })

  test.each([
    ...['admin', 'Admin', '\uff53\uff59\uff53\uff54\uff45\uff4d', 'EVERYONE', 'here', '@admin', '-Ádmin.'],
    ...['管理员', '管理員', '所有人', '系統_'],
  ])('is reserved for people and bots, not for rooms: %s', (name) => {
    expect(isMisleadingName(name)).toBe(true)
    expect(looksLikeAnother(name)).toBe(false)
  })

  test.each([
    ...['Анна', 'Ivan (Иван)', 'Анна Smith', 'DJВася', 'ИванIvan', 'Ωmega', 'kΩ', 'μTorrent', 'λx', 'µ-law'],
    ...[
      '王小明 Ming',
      '李Ming',
      '田中Tanaka',
      'Ἀχιλλεύς',
      '👋🏽',
      'adminka',
      'André',
      'می\u200cخواهم',
      'ක්\u200dරි',
    ],
  ])('is none of these: %s', (name) => expect(isMisleadingName(name)).toBe(false))
})
