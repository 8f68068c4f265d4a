// @vitest-environment happy-dom
// Which voice message plays after another.
import { beforeEach, expect, test } from 'vitest'
import { nextVoice, type VoicePlayer } from '../../../web/files/showing/voice-order.ts'

beforeEach(() => {
  document.body.innerHTML =
    '<div role="feed"><p id="a"></p><article><p id="b"></p></article><p id="c"></p></div><div role="feed"><p id="e"></p></div><p id="f"></p>'
})

const voice = (id: string): VoicePlayer => ({
  id,
  root: () => document.querySelector(`#${id}`),
  play: () => undefined,
})
/** Those on the page, in the order in which they were put there. */
function after(id: string, others: string, isHeard: (id: string) => boolean = () => false) {
  const ended = voice(id)
  return nextVoice([...[...others].map(voice), ended], ended, isHeard)?.id
}

test('the next one below plays, wherever it was put on the page first', () => {
  expect([after('a', 'cb'), after('b', 'ca'), after('c', 'ab')]).toEqual(['b', 'c', undefined])
})

test('one that was heard ends the row, and what stands elsewhere or is gone is not in it', () => {
  expect(after('a', 'bc', (id) => id === 'b')).toBeUndefined()
  expect(after('a', 'ec')).toBe('c')
  expect([after('c', 'e'), after('f', 'bc'), after('a', 'x')]).toEqual([undefined, undefined, undefined])
})
