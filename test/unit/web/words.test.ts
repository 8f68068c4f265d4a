import { createI18n } from 'vue-i18n'
import { expect, it } from 'vitest'
import { en } from '../../../web/words/en.ts'
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

it('everything can be said: no word holds a sign that means something to the table of words', () => {
  for (const locale of ['en', 'zh'] as const) {
    const { t } = createI18n({ legacy: false, locale, messages: { en, zh } }).global
    for (const key of english.keys()) expect([key, typeof t(key)]).toEqual([key, 'string'])
  }
})

it('nothing shouts, and nothing is said by nothing', () => {
  for (const [key, text] of [...english, ...chinese])
    expect([key, text]).toEqual([key, expect.stringMatching(/^[^!！]+$/)])
})

it('one is said differently from many where the language does so', () => {
  const { t } = createI18n({ legacy: false, locale: 'en', messages: { en, zh } }).global
  expect(t('room.newestCount', { n: 1 }, 1)).toBe('1 new message')
  expect(t('room.newestCount', { n: 3 }, 3)).toBe('3 new messages')
  expect(t('link.offlineWaiting', { n: 3 }, 3)).toBe('Offline. 3 messages wait here and will be sent.')
  expect(t('room.newestCount', { n: 3 }, { plural: 3, locale: 'zh' })).toBe('3 条新消息')
})
