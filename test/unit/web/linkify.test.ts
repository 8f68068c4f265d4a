import fc from 'fast-check'
import { expect, it } from 'vitest'
import { isOnlyEmoji, lineCount, linkify } from '../../../web/text/linkify.ts'

const links = (text: string) => linkify(text).flatMap((piece) => (piece.kind === 'link' ? [piece.text] : []))

it('nothing of a text is lost or changed, whatever it is', () => {
  const text = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      'https://',
      'https://a.example/x',
      '(http://[::1]/)',
      'https://a.example/?q=(1).',
      '。',
      '\ud800',
      '👋🏽 字',
    ),
  )
  fc.assert(
    fc.property(fc.array(text, { maxLength: 4 }), (parts) => {
      const whole = parts.join('')
      expect(
        linkify(whole)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(whole)
    }),
  )
})

it('only http and https become links', () => {
  expect(
    links('https://a.example http://b.example javascript:alert(1) ftp://c.example data:text/html,x'),
  ).toEqual(['https://a.example', 'http://b.example'])
  expect(linkify('HTTPS://A.example/x')[0]).toMatchObject({ kind: 'link', to: 'https://a.example/x' })
})

it('the sentence around a link stays outside of it', () => {
  expect(links('See https://a.example/x, then (https://a.example/y).')).toEqual([
    'https://a.example/x',
    'https://a.example/y',
  ])
  expect(links('https://a.example/River_(geography)')).toEqual(['https://a.example/River_(geography)'])
  expect(links('看 https://a.example/路径。后面')).toEqual(['https://a.example/路径'])
})

it('a hostile text of 16 KiB is read in no time', () => {
  const started = performance.now()
  linkify('https://'.repeat(2048))
  linkify(`https://a.example/${'('.repeat(8000)}${')'.repeat(8000)}`)
  linkify(`https://a.example/${'.'.repeat(16000)}`)
  linkify(`https://a.example/${')'.repeat(16000)}`)
  isOnlyEmoji('👩‍'.repeat(4000))
  expect(performance.now() - started).toBeLessThan(500)
})

it('one to three emoji are drawn large, words beside them are not', () => {
  const emoji = ['👋🏽', '🎉🎉', '👩‍👩‍👧 ❤️', '❤', '🇨🇳', '🇩🇪🇨🇳🇯🇵', '1️⃣', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '🧑🏻‍❤️‍💋‍🧑🏼 🧑🏻‍❤️‍💋‍🧑🏼 🧑🏻‍❤️‍💋‍🧑🏼']
  expect(emoji.filter((text) => !isOnlyEmoji(text))).toEqual([])
  expect(['hi 👋', '🎉🎉🎉🎉', '12', '', '#', '🇩', '字'].filter(isOnlyEmoji)).toEqual([])
})

it('lines are counted before they are drawn; wide characters take two places', () => {
  expect(lineCount('')).toBe(1)
  expect(lineCount('a\nb\n')).toBe(3)
  expect(lineCount('a'.repeat(69))).toBe(2)
  expect(lineCount('字'.repeat(34))).toBe(1)
  expect(lineCount('字'.repeat(35))).toBe(2)
})
