import { expect, it } from 'vitest'
import { isOnlyEmoji, lineCount } from '../../../web/text/measure.ts'

it('one to three emoji are drawn large, but not beside words', () => {
  const emoji = ['👋🏽', '🎉🎉', '👩‍👩‍👧 ❤️', '❤', '🇨🇳', '🇩🇪🇨🇳🇯🇵', '1️⃣', '🏴󠁧󠁢󠁷󠁬󠁳󠁿', '🧑🏻‍❤️‍💋‍🧑🏼 🧑🏻‍❤️‍💋‍🧑🏼 🧑🏻‍❤️‍💋‍🧑🏼']
  expect(emoji.filter((text) => !isOnlyEmoji(text))).toEqual([])
  expect(['hi 👋', '🎉🎉🎉🎉', '12', '', '#', '🇩', '字'].filter(isOnlyEmoji)).toEqual([])
})

it('lines are counted before they are drawn; wide characters count twice', () => {
  expect(lineCount('')).toBe(1)
  expect(lineCount('a\nb\n')).toBe(3)
  expect(lineCount('a'.repeat(69))).toBe(2)
  expect(lineCount('字'.repeat(34))).toBe(1)
  expect(lineCount('字'.repeat(35))).toBe(2)
})
