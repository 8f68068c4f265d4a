// Whose keywords a text has.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeywordTrie } from '../../server/notify/keyword-trie.ts'

const trie = (words: Record<string, string[]>): KeywordTrie => {
  const made = new KeywordTrie()
  for (const [user, own] of Object.entries(words)) for (const word of own) made.add(user, word)
  return made
}
const found = (text: string, ...words: string[]): boolean => trie({ ann: words }).usersIn(text).has('ann')

test('a word of letters stands alone; case, accents and width make no difference', () => {
  for (const text of ['pump', 'a Pump.', '(PUMP)', 'ｐｕｍｐ', 'pümp', '修理pump了', 'pump-house', '“pump”'])
    expect(found(text, 'pump'), text).toBe(true)
  for (const text of ['pumps', 'apump', 'pump2', 'pu mp', 'pump_x'])
    expect(found(text, 'pump'), text).toBe(false)
})

test('in scripts without spaces a word may be anywhere', () => {
  expect(found('明天要灌溉花园', '灌溉')).toBe(true)
  expect(found('みずやりをする', 'やり')).toBe(true)
  expect(found('정원에물주기', '물')).toBe(true)
  expect(found('灌漑', '灌溉')).toBe(false)
})

test('a phrase is found across lines, and a sign at its end is part of it', () => {
  expect(found('the big\n  pump', 'big pump')).toBe(true)
  expect(found('I write C++ here', 'c++')).toBe(true)
  expect(found('I write C here', 'c++')).toBe(false)
})

test('what is removed is not found, and what others have stays', () => {
  const words = trie({ ann: ['pump', 'pumpkin'], bob: ['pump'] })
  words.remove('ann', 'pump')
  expect([...words.usersIn('pump and pumpkin')].sort()).toEqual(['ann', 'bob'])
  words.remove('ann', 'pumpkin')
  words.remove('ann', 'never added')
  expect([...words.usersIn('pump and pumpkin')]).toEqual(['bob'])
  words.remove('bob', 'pump')
  expect(words.usersIn('pump').size).toBe(0)
})

test('adding and removing leaves what was there, whatever the words', () => {
  const word = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '灌', ' ', '-') })
  fc.assert(
    fc.property(
      fc.array(word),
      fc.array(word),
      fc.string({ unit: fc.constantFrom('a', 'b', '灌', ' ') }),
      (kept, gone, text) => {
        const both = trie({ ann: kept })
        for (const one of gone) both.add('bob', one)
        for (const one of gone) both.remove('bob', one)
        expect([...both.usersIn(text)]).toEqual([...trie({ ann: kept }).usersIn(text)])
      },
    ),
  )
})
