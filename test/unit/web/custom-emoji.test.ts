// @vitest-environment happy-dom
// The workspace's own emoji as they are drawn, found and completed: only what there is, and only in words.
import { mount } from '@vue/test-utils'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nextTick } from 'vue'
import { cleanEmojiName, nameInKey } from '../../../server/protocol/emoji-names.ts'
import { partsIn, treeOf } from '../../../server/text/tree.ts'
import { emojiSource } from '../../../web/conversation/composer/completion/sources/emoji.ts'
import { customIn, findEmoji } from '../../../web/conversation/message/emoji/emoji-data.ts'
import MessageText from '../../../web/conversation/message/MessageText.vue'
import { setKnownEmoji, withoutCustom } from '../../../web/custom-emoji/known.ts'
import { plainOf } from '../../../web/text/plain.ts'
import { learn } from '../../../web/words/words.ts'

const emoji = (id: string, name: string, more: object = {}) => ({
  id,
  name,
  aliases: [],
  v: `v${id}`,
  by: null,
  at: 0,
  mayChange: false,
  ...more,
})
const all = [
  emoji('1', 'party-parrot', { aliases: ['parrot'], animated: true }),
  emoji('2', '点赞'),
  emoji('3', 'blob_ok'),
]
beforeAll(learn)
beforeEach(() => setKnownEmoji(all))
afterEach(() => setKnownEmoji([]))

const show = (text: string) => mount(MessageText, { props: { text } })
const drawn = (text: string) =>
  show(text)
    .findAll('img')
    .map((one) => one.attributes('alt'))

describe('in a text', () => {
  it.each([
    ['hi :party-parrot:!', [':party-parrot:']],
    [':Party-Parrot:', [':Party-Parrot:']],
    [':parrot::点赞::blob_ok:', [':parrot:', ':点赞:', ':blob_ok:']],
    ['好:点赞:的', [':点赞:']],
    ['**:parrot:** _:blob_ok:_ ||:点赞:||', [':parrot:', ':blob_ok:', ':点赞:']],
    ['(:parrot:), “:点赞:”', [':parrot:', ':点赞:']],
    ['> :parrot:\n\n- :blob_ok:', [':parrot:', ':blob_ok:']],
    ['`:parrot:` and\n```\n:parrot:\n```', []],
    ['\\:parrot:', []],
    ['a:parrot:b 10:parrot:30 ::parrot:: x_:parrot:', []],
    [':nobody: :tada:', []],
    ['https://a.example/:parrot:/x', []],
    ['[:parrot:](https://a.example)', [':parrot:']],
  ])('%j', (text, found) => expect(drawn(text)).toEqual(found))

  it('as they were typed if there is none, and everything else as before', () => {
    for (const text of [
      '10:30:45',
      'a::b::c',
      '比分:100:98',
      '坐标:x:',
      ':no_such_one:',
      'std::string::npos:',
    ])
      expect(show(text).text()).toBe(text)
    expect(plainOf('**now** :parrot:')).toBe('now :parrot:')
    const [, part] = [...partsIn(treeOf('a :parrot: b'))]
    expect(part).toEqual({ is: 'emoji', text: ':parrot:' })
  })

  it('still for those who want no motion', () => {
    const text = show(':party-parrot: :点赞:')
    expect(text.get('source').attributes()).toMatchObject({
      media: '(prefers-reduced-motion: reduce)',
      srcset: '/api/emoji/1/image?v=v1&still=1',
    })
    expect(text.findAll('source')).toHaveLength(1)
  })

  it('larger alone, up to three of any kind', () => {
    const isLarge = (text: string) =>
      show(text)
        .classes()
        .some((name) => name.startsWith('text-['))
    expect([':parrot:', ':parrot: 🎉 :点赞:'].map(isLarge)).toEqual([true, true])
    expect([':parrot: a', ':nobody:', ':parrot: :parrot: :parrot: :parrot:'].map(isLarge)).toEqual([
      false,
      false,
      false,
    ])
    expect(withoutCustom('a :parrot: :nobody:')).toBe('a 😀 :nobody:')
  })

  it('as soon as they are there, and by their names once they are gone', async () => {
    const text = show('look :new-one:')
    expect(text.find('img').exists()).toBe(false)
    setKnownEmoji([emoji('9', 'new-one')])
    await nextTick()
    expect(text.get('img').attributes()).toMatchObject({ src: '/api/emoji/9/image?v=v9', alt: ':new-one:' })
    setKnownEmoji([])
    await nextTick()
    expect(text.text()).toBe('look :new-one:')
  })
})

it('are found in the picker by each of their names, and by the words in them', () => {
  const own = customIn(all)
  expect(findEmoji(own, 'parr').map((one) => one.emoji)).toEqual([':party-parrot:'])
  expect(findEmoji(own, 'blob ok').map((one) => one.emoji)).toEqual([':blob_ok:'])
  expect(findEmoji(own, '赞').map((one) => one.emoji)).toEqual([':点赞:'])
})

it('are completed before the data of all others is there, and stay names when sent', () => {
  const source = emojiSource(
    () => 'en',
    () => new Promise(() => undefined),
  )
  expect(source.choices('parrot').map(({ words }) => words)).toEqual([':party-parrot:'])
  expect(source.choices('ok').map(({ words }) => words)).toEqual([':blob_ok:'])
  expect(source.choices('点')[0]).toMatchObject({ kind: 'emoji', code: '点赞', words: ':点赞:' })
  expect(source.spell('a :parrot:')).toBe('a :parrot:')
})

it.each([
  [':party-parrot:', 'party-parrot'],
  ['ＰＡＲＴＹ', 'party'],
  ['赞', '赞'],
  ['a', undefined],
  ['12', undefined],
  ['a b', undefined],
  ['-a1', undefined],
  ['a:b', undefined],
  ['x'.repeat(33), undefined],
  ['\u202eab', undefined],
])('the name %j is kept as %j', (raw, name) => {
  expect(cleanEmojiName(raw)).toBe(name)
  if (name !== undefined) expect(nameInKey(`:${name}:`)).toBe(name)
})
