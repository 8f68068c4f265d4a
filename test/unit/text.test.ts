// What a message's text may be.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../server/protocol/limits.ts'
import { byteLength, refuseText } from '../../server/protocol/text.ts'

describe('a text', () => {
  test.each([
    ['a letter', 'a'],
    ['lines', ' a\n\tb '],
    ['emoji of several parts', '👩‍👩‍👧 👋🏽 🇨🇭'],
    ['right to left, and marks that turn it', 'שלום \u202eabc\u202c'],
    ['marks without a letter', '\u0301'],
    ['exactly as many bytes as may be', `${'长'.repeat(limits.messageBytes / 3 - 1)}xxxx`.slice(0, -1)],
    ['as many letters as bytes may be', 'x'.repeat(limits.messageBytes)],
  ])('may be %s', (_what, text) => {
    expect(refuseText(text)).toBeUndefined()
  })

  test.each([
    ['nothing', '', 'empty_message'],
    ['spaces of every kind', ' \n\t\r\u00a0\u2003\u3000\ufeff', 'empty_message'],
    ['one letter more than bytes may be', 'x'.repeat(limits.messageBytes + 1), 'message_too_long'],
    ['fewer letters, but more bytes', '长'.repeat(limits.messageBytes / 3 + 1), 'message_too_long'],
    ['a NUL', 'a\0b', 'bad_text'],
    ['the first half of a pair', 'a\ud83d', 'bad_text'],
    ['the second half of a pair', '\udc4ba', 'bad_text'],
    ['a pair the wrong way round', '\udc4b\ud83d', 'bad_text'],
  ])('may not be %s', (_what, text, code) => {
    expect(refuseText(text)).toBe(code)
  })

  test('is counted in the bytes that go over the wire and into MySQL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-composite' }), (text) => {
        expect(byteLength(text)).toBe(Buffer.byteLength(text))
      }),
    )
  })

  test('that is valid survives UTF-8', () => {
    const any = fc.array(fc.nat({ max: 0xffff })).map((units) => String.fromCharCode(...units))
    fc.assert(
      fc.property(fc.oneof(any, fc.string({ unit: 'grapheme' })), (text) => {
        const survives = Buffer.from(text).toString() === text
        if (refuseText(text) === undefined) expect(survives).toBe(true)
        else expect(survives && text.trim() !== '' && !text.includes('\0')).toBe(false)
      }),
    )
  })
})
