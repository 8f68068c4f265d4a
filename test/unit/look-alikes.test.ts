// Which names look the same, by the skeleton of UTS #39.
import { describe, expect, test } from 'vitest'
import { isBarred, isReserved, skeleton } from '../../server/naming/look-alikes.ts'

const alike = (a: string, b: string): boolean => skeleton(a) === skeleton(b)

describe('names that look the same have one skeleton', () => {
  test.each([
    ['Cyrillic letters in a Latin name', 'Michael', 'Michaеl'],
    ['a whole name in Cyrillic', 'scope', 'ѕсоре'],
    ['Cyrillic capitals', 'COPE', 'СОРЕ'],
    ['Greek letters', 'Bob', 'Βοb'],
    ['a whole name in Greek', 'Avv', 'Ανν'],
    ['a capital i for an l', 'paypal', 'paypaI'],
    ['a digit for a letter', 'anna l', 'anna 1'],
    ['zero for O', 'BOB', 'B0B'],
    ['rn for m', 'modern', 'rnodern'],
    ['full-width letters', 'Ann', 'Ａｎｎ'],
    ['mathematical letters', 'Ann', '𝒜𝓃𝓃'],
    ['a zero-width joiner', 'Ann', 'A\u200dnn'],
    ['a soft hyphen', 'Ann', 'A\u00adnn'],
    ['a variation selector', '王', '王\ufe00'],
    ['a wide space', 'Ann Lee', 'Ann\u3000Lee'],
    ['composed and not', 'Zo\u00eb', 'Zoe\u0308'],
    ['a CJK radical', '王小明', '王⼩明'],
    ['a CJK compatibility ideograph', '金', '\uf90a'],
    ['katakana and CJK', '口力', 'ロカ'],
    ['katakana and CJK again', '工二八', 'エニハ'],
    ['another case', 'Straße', 'STRASSE'],
  ])('%s', (_what, a, b) => expect(alike(a, b)).toBe(true))
})

describe('names that can be told apart do not', () => {
  test.each([
    ['Ann', 'Anna'],
    ['Zoë', 'Zoe'],
    ['国', '國'],
    ['戶', '所'],
    ['Нина', 'Huna'],
    ['guest 1', 'guest 2'],
    ['👍', '👎'],
    ['山田', '田山'],
  ])('%s and %s', (a, b) => expect(alike(a, b)).toBe(false))
})

test('a skeleton has itself as its skeleton', () => {
  for (const name of ['Michaеl', 'rnodern', 'Ｚoë', 'エニハ', 'ᾼ', '𝒜nn', 'ﷺ'])
    expect(skeleton(skeleton(name))).toBe(skeleton(name))
})

test('nobody may have a name that looks like one that Brook speaks with, or like those whom people ask for help', () => {
  for (const name of ['adrnin', 'Admіn', 'moderat0r', 'S.u.p.p.o.r.t', 'Вrook', '客 服', 'system', '@here'])
    expect(isBarred(name), name).toBe(true)
  for (const name of ['Adam', 'Modesto', 'Brooke', 'Ann', '客家', 'roomy'])
    expect(isReserved(name), name).toBe(false)
})
