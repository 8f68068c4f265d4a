// @vitest-environment happy-dom
// What is said of files that wait to be sent: each state has words of its own.
import { beforeAll, expect, test } from 'vitest'
import type { Going, HeldFile } from '../../../web/files/taking/held.ts'
import { sumWords } from '../../../web/files/taking/state-words.ts'
import { nameOf, wordsOfFiles } from '../../../web/files/words-of-files.ts'
import { learn } from '../../../web/words/words.ts'

beforeAll(learn)

const shown = { name: 'plan.pdf', type: 'application/pdf', size: 2_048, kind: 'pdf' } as const
const file = (key: string, more: Partial<HeldFile> = {}): HeldFile => ({
  key,
  user: '1',
  place: '7',
  order: 0,
  at: 0,
  shown,
  facts: { cid: key },
  ...more,
})
const whole = { ref: { ...shown, id: '1' } }
const said = (files: HeldFile[], going: Record<string, Going> = {}) =>
  sumWords(files, (key) => going[key] ?? { sent: 0 })

test('all of them go, are paused, wait for the connection, or are there', () => {
  const two = [file('a'), file('b')]
  expect(said(two, { a: { sent: 1_024 } })).toBe('Uploading 2 files · 1 kB of 4 kB')
  expect(said(two.map((one) => ({ ...one, isPaused: true })))).toBe('Paused · 0 bytes of 4 kB')
  const away = { sent: 0, trouble: { code: 'unreachable' } } as const
  expect(said(two, { a: away, b: away })).toBe('Waiting to connect')
  expect(said(two, { a: away })).toBe('Uploading 2 files · 0 bytes of 4 kB')
  expect(said([file('a', whole), file('b', { isPaused: true })])).toBe('Paused · 2 kB of 4 kB')
  expect(said([file('a', whole), file('b', whole)])).toBe('2 files, 4 kB')
})

test('a voice message is called so, and not by the name of its file', () => {
  const voice = { ...shown, kind: 'voice', name: 'voice-1764562345.webm' } as const
  expect(nameOf(voice)).toBe('Voice message')
  expect(nameOf(shown)).toBe('plan.pdf')
  expect(wordsOfFiles([voice, shown])).toBe('📎 \u2068Voice message\u2069 and 1 more')
})
