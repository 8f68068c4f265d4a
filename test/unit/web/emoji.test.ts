// Every emoji of the installed data, in the picker, by its names, as a reaction and alone in a message.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { cleanEmoji } from '../../../server/protocol/emoji.ts'
import { emojiSource } from '../../../web/conversation/composer/completion/sources/emoji.ts'
import { emojiIn, findEmoji } from '../../../web/conversation/message/emoji/emoji-data.ts'
import { isOnlyEmoji } from '../../../web/text/measure.ts'

interface Listed {
  emoji: string
  annotation: string
  group: number
  shortcodes: string[]
  skins?: { emoji: string }[]
}
const dataOf = (file: string): Listed[] =>
  JSON.parse(readFileSync(`node_modules/emoji-picker-element-data/${file}/data.json`, 'utf8')) as Listed[]
const english = dataOf('en/emojibase')
const shown = english.filter(({ group }) => group !== 2)

it.each(['en/emojibase', 'zh/cldr'])('all of %s are offered, as they are stored', (file) => {
  const offered = emojiIn(dataOf(file)).map(({ emoji }) => emoji)
  expect(offered).toHaveLength(shown.length)
  expect(offered.filter((emoji) => cleanEmoji(emoji) !== emoji)).toEqual([])
})

it('every short name becomes its emoji, and finds it in the picker', async () => {
  const all = emojiIn(english)
  const source = emojiSource(
    () => 'en',
    () => Promise.resolve(all),
  )
  source.look('x')
  await expect.poll(() => source.state.value).toBe('ready')
  const wrong = shown.filter(({ emoji, shortcodes }) =>
    shortcodes.some((code) => source.spell(`:${code}:`) !== cleanEmoji(emoji)),
  )
  expect(wrong).toEqual([])
  expect(source.spell(':+1: :white_check_mark: :x: :coffee:')).toBe('👍 ✅ ❌ ☕')
  expect(findEmoji(all, 'thumbs').map(({ emoji }) => emoji)).toEqual(['👍', '👎'])
})

it('an emoji is the same with and without picture selectors, in every tone', () => {
  const tones = english.flatMap(({ emoji, skins = [] }) => [emoji, ...skins.map((skin) => skin.emoji)])
  expect(tones.length).toBeGreaterThan(3_000)
  const ways = (emoji: string) => [emoji, `${emoji}\ufe0f`, `${emoji}\ufe0e`, emoji.replaceAll('\ufe0f', '')]
  const wrong = tones.filter((emoji) => {
    const stored = cleanEmoji(emoji)
    return (
      stored === undefined || ways(emoji).some((way) => cleanEmoji(way) !== stored) || !isOnlyEmoji(emoji)
    )
  })
  expect(wrong).toEqual([])
})

it.each(['', 'a', '1', '#', '👍👍', '👍a', '\ufe0f', '🇩', '字', ':+1:', '👍\u200d'])(
  'not one emoji: %j',
  (text) => expect(cleanEmoji(text)).toBeUndefined(),
)
