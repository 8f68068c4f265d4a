// @vitest-environment happy-dom
import { expect, it } from 'vitest'
import { en } from '../../../web/words/en.ts'
import { entryEn } from '../../../web/words/entry-en.ts'
import { entryZh } from '../../../web/words/entry-zh.ts'
import { chooseLanguage, language, learn, t } from '../../../web/words/words.ts'
import { zh } from '../../../web/words/zh.ts'

interface Tree {
  [key: string]: string | Tree
}

const flat = (words: Tree, path = ''): [string, string][] =>
  Object.entries(words).flatMap(([key, value]) =>
    typeof value === 'string' ? [[path + key, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
const english = new Map(flat(en))
const chinese = new Map(flat(zh))
const places = (text: string) => new Set(text.match(/\{\w+\}/g))

it('both languages say the same things, with the same places for names and numbers', () => {
  expect([...chinese.keys()]).toEqual([...english.keys()])
  for (const [key, text] of english)
    expect([key, places(chinese.get(key) ?? '')]).toEqual([key, places(text)])
})

it('nothing shouts, and nothing is said by nothing', () => {
  for (const [key, text] of [...english, ...chinese])
    expect([key, text]).toEqual([key, expect.stringMatching(/^[^!！]+$/)])
})

it('one is said differently from many where the language does so, and none where it has a word for it', async () => {
  await learn()
  expect(t('room.newestCount', { n: 1 }, 1)).toBe('1 new message')
  expect(t('room.newestCount', { n: '3,000' }, 3_000)).toBe('3,000 new messages')
  expect(t('room.newestCount', { n: 0 })).toBe('0 new messages')
  expect(t('emoji.found', { n: 0 })).toBe('None found')
  expect(t('emoji.found', { n: 1 })).toBe('1 found')
  expect(t('emoji.found', { n: 7 })).toBe('7 found')
  await chooseLanguage('zh')
  expect(t('room.newestCount', { n: 3 })).toBe('3 条新消息')
})

it('a name stands in a sentence as it is, whatever signs it is made of', async () => {
  await chooseLanguage('en')
  expect(t('rooms.joinNamed', { name: "$& | {n} {'@'}" })).toBe("Join $& | {n} {'@'}")
})

it('the language chosen last is spoken, however late the words of another come', async () => {
  await learn()
  const first = chooseLanguage('zh')
  await Promise.all([first, chooseLanguage('en')])
  expect([language(), t('close')]).toEqual(['en', 'Close'])
  expect(document.documentElement.lang).toBe('en')
})

it('what the entry says is there before anything is fetched', () => {
  const entry = new Map(flat(entryEn))
  expect([...entry.keys()].filter((key) => english.get(key) !== entry.get(key))).toEqual([])
  expect([...new Map(flat(entryZh)).keys()]).toEqual([...entry.keys()])
})
