// @vitest-environment happy-dom
// What a message says where it is not shown as itself.
import { afterEach, beforeAll, expect, test } from 'vitest'
import type { FileRef } from '../../../server/protocol/files.ts'
import { chooseLanguage, learn } from '../../../web/words/words.ts'
import { inBrief, inFull } from '../../../web/text/brief.ts'
import { said } from '../../gallery/messages.ts'
import { ann, mara } from '../../gallery/people.ts'

// Test files share the language.
afterEach(() => chooseLanguage('en'))

const text = 'Tea or coffee?\nTea\nCoffee'
const poll = {
  ...said(1, ann, text, 0),
  kind: 'poll' as const,
  poll: { options: ['Tea', 'Coffee'] },
  votes: [{ voter: mara.id, name: mara.name, choices: [1] }],
}

test('a poll is its question in brief, and its answers with their votes in full', () => {
  expect(inBrief(poll)).toBe('📊 Tea or coffee?')
  expect(inFull(poll)).toBe(`📊 Tea or coffee?\n○ Tea\n○ Coffee · 1 (${mara.name})`)
})

test('another message is its text without marks in both', () => {
  const message = said(2, ann, '**Tea**, please', 0)
  expect([inBrief(message), inFull(message)]).toEqual(['Tea, please', 'Tea, please'])
})

const file = (name: string, kind: FileRef['kind'], more: Partial<FileRef> = {}): FileRef => ({
  id: name,
  name,
  kind,
  type: 'application/octet-stream',
  size: 1,
  ...more,
})
const plan = file('plan.pdf', 'pdf')
const bed = file('bed.jpg', 'image')
const voice = file('voice.webm', 'voice', { durationMs: 24_000 })
const saidWith = (text: string, ...files: FileRef[]) => {
  const message = { ...said(3, ann, text, 0), files }
  expect(inFull(message)).toBe(inBrief(message))
  return inBrief(message).replaceAll(/[\u2068\u2069]/g, '')
}
beforeAll(learn)

test('a message without words says what it has, and one with words says it after them', async () => {
  expect(saidWith('', plan)).toBe('📎 plan.pdf')
  expect(saidWith('', bed)).toBe('🖼️ Picture')
  expect(saidWith('', file('bed.jpg', 'image', { alt: 'The north bed' }))).toBe('🖼️ The north bed')
  expect(saidWith('', bed, bed)).toBe('🖼️ 2 pictures')
  expect(saidWith('', voice)).toBe('🎤 Voice message, 0:24')
  expect(saidWith('', plan, bed, voice)).toBe('📎 plan.pdf and 2 more')
  expect(saidWith('**Look**', bed, bed, bed)).toBe('Look · 🖼️ 3 pictures')
  await chooseLanguage('zh')
  expect(saidWith('', bed, bed)).toBe('🖼️ 2 张图片')
  expect(saidWith('', voice)).toBe('🎤 语音消息 0:24')
  expect(saidWith('', plan, bed)).toBe('📎 plan.pdf 和另外 1 个文件')
})
