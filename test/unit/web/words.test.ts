// @vitest-environment happy-dom
import { readdirSync, readFileSync } from 'node:fs'
import { expect, it, vi } from 'vitest'
import { en } from '../../../web/words/en.ts'
import { entryEn } from '../../../web/words/entry-en.ts'
import { entryZh } from '../../../web/words/entry-zh.ts'
import { chooseLanguage, language, learn, t } from '../../../web/words/words.ts'
import { useSay } from '../../../web/words/say.ts'
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

it('both languages have the same texts, with the same placeholders for names and numbers', () => {
  expect([...chinese.keys()]).toEqual([...english.keys()])
  for (const [key, text] of english)
    expect([key, places(chinese.get(key) ?? '')]).toEqual([key, places(text)])
})

it('every text is shown somewhere', () => {
  const files = readdirSync('web', { recursive: true, encoding: 'utf8' })
    .map((file) => `web/${file}`)
    .filter((file) => /\.(ts|vue)$/.test(file) && !/^web\/words\/(entry-|en|zh)/.test(file))
  const code = files.map((file) => readFileSync(file, 'utf8')).join('\n')
  const named = new Set(code.match(/(?<=['"`])\w+(\.\w+)*(?=['"`])/g))
  // Such as `refusal.${code}`.
  const built = [...code.matchAll(/`(\w+\.[\w.]*)\$\{[^`{}]*\}([\w.]*)`/g)].map(
    ([, before, after]) => new RegExp(`^${before}\\w+${after}$`),
  )
  const isShown = (key: string) => named.has(key) || built.some((pattern) => pattern.test(key))
  expect(isShown('room.reply') && isShown('refusal.internal') && !isShown('room.nowhere')).toBe(true)
  expect([...english.keys()].filter((key) => !isShown(key))).toEqual([])
})

it('nothing shouts, and nothing is empty', () => {
  for (const [key, text] of [...english, ...chinese])
    expect([key, text]).toEqual([key, expect.stringMatching(/^[^!！]+$/)])
})

it('one differs from many if the language does so, and none if it has a text for it', async () => {
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

it('what happened within a minute happened just now', async () => {
  await chooseLanguage('en')
  const { ago } = useSay()
  expect([ago(Date.now() - 57_000), ago(Date.now() + 5_000)]).toEqual(['just now', 'just now'])
  // Its clock goes on once a minute.
  expect(ago(Date.now() - 210_000)).toMatch(/^[234] minutes ago$/)
})

it('a name appears in a sentence as it is, whatever characters it has', async () => {
  await chooseLanguage('en')
  expect(t('rooms.joinNamed', { name: "$& | {n} {'@'}" })).toBe("Join $& | {n} {'@'}")
})

it('the language chosen last is used, however late the texts of another arrive', async () => {
  await learn()
  const first = chooseLanguage('zh')
  await Promise.all([first, chooseLanguage('en')])
  expect([language(), t('close')]).toEqual(['en', 'Close'])
  expect(document.documentElement.lang).toBe('en')
})

it('the texts of the sign-in page are there before anything is loaded', () => {
  const entry = new Map(flat(entryEn))
  expect([...entry.keys()].filter((key) => english.get(key) !== entry.get(key))).toEqual([])
  expect([...new Map(flat(entryZh)).keys()]).toEqual([...entry.keys()])
})

it.each([
  ['en', 'en-US', '7:29 PM', '7:29', '7:29:50 PM'],
  ['en', 'en-GB', '19:29', '19:29', '19:29:50'],
  ['en', 'de', '19:29', '19:29', '19:29:50'],
  ['zh', 'zh-CN', '19:29', '19:29', '19:29:50'],
] as const)('one clock everywhere: %s in %s', async (words, locale, short, face, long) => {
  vi.spyOn(navigator, 'language', 'get').mockReturnValue(locale)
  await chooseLanguage(words === 'en' ? 'zh' : 'en')
  await chooseLanguage(words)
  const at = new Date(2026, 10, 19, 19, 29, 50).getTime()
  const { time, clockFace, moment, short: ofList, dayTime } = useSay()
  const plain = (text: string) => text.replace(/\u202f/g, ' ')
  expect(plain(time(at))).toBe(short)
  expect(clockFace(at)).toBe(face)
  expect(plain(moment(at))).toContain(long)
  expect(plain(dayTime(at))).toContain(short)
  expect(plain(ofList(Date.now() + 60_000))).toMatch(locale === 'en-US' ? / [AP]M$/ : /^\d\d:\d\d$/)
  vi.restoreAllMocks()
  await chooseLanguage('en')
})
