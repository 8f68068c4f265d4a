// Arguments of /roll and /remind, and how they are understood.
import { describe, expect, test } from 'vitest'
import { parseDice, rollDice } from '../../server/builtin-bot/dice.ts'
import { parseReminder } from '../../server/builtin-bot/when.ts'
import { botWords, span } from '../../server/builtin-bot/words.ts'
import { limits } from '../../server/protocol/limits.ts'

const minute = 60_000
const hour = 60 * minute

describe('dice', () => {
  const rolled = (text: string): string => {
    const dice = parseDice(text)
    return typeof dice === 'string' ? dice : rollDice(dice, (sides) => sides)
  }
  test.each([
    ['', 'd6: 6'],
    ['d20', 'd20: 20'],
    ['2d6', '2d6: 6 + 6 = 12'],
    ['3D6+2', '3d6+2: 6 + 6 + 6 + 2 = 20'],
    ['２ｄ６ － 1', '2d6-1: 6 + 6 - 1 = 11'],
    [' d% ', 'd100: 100'],
    ['2d4 + d8 - 3', '2d4+d8-3: 4 + 4 + 8 - 3 = 13'],
    ['100d10', '100d10: 1000'],
  ])('%s is understood', (text, said) => expect(rolled(text)).toBe(said))
  test.each([
    ['x', 'no_dice'],
    ['2d', 'no_dice'],
    ['5', 'no_dice'],
    ['2d6 2d6', 'no_dice'],
    ['2d6; rm', 'no_dice'],
    ['0d6', 'too_many_dice'],
    ['101d6', 'too_many_dice'],
    ['60d6+60d6', 'too_many_dice'],
    ['d1', 'bad_sides'],
    ['d01', 'bad_sides'],
    ['d0', 'bad_sides'],
    ['d1001', 'bad_sides'],
    ['d6+'.repeat(10) + 'd6', 'too_long'],
  ])('%s is refused with its own text', (text, code) => expect(rolled(text)).toBe(code))
})

describe('when', () => {
  test.each([
    ['10m tea', 10 * minute, 'tea'],
    ['in 10 minutes to stand up', 10 * minute, 'stand up'],
    ['1h30m call Ann', 90 * minute, 'call Ann'],
    ['1.5 h bread', 90 * minute, 'bread'],
    ['30s 10m is too long', 30_000, '10m is too long'],
    ['2d water', 48 * hour, 'water'],
    ['10分钟 喝茶', 10 * minute, '喝茶'],
    ['10分钟后喝茶', 10 * minute, '喝茶'],
    ['１０ 分钟之后，开会', 10 * minute, '开会'],
    ['2小时30分钟 出门', 150 * minute, '出门'],
    ['45秒 面好了', 45_000, '面好了'],
    ['3天 交房租', 72 * hour, '交房租'],
    ['1个小时 起来走走', hour, '起来走走'],
  ])('%s is understood', (args, afterMs, text) => expect(parseReminder(args)).toEqual({ afterMs, text }))
  test.each([
    ['tea', 'no_time'],
    ['', 'no_time'],
    ['10 monkeys', 'no_time'],
    ['10m', 'no_text'],
    ['10分钟后', 'no_text'],
    ['0m tea', 'too_soon'],
    ['0.5s tea', 'too_soon'],
    ['400d tea', 'too_far'],
    ['9999999d tea', 'too_far'],
    [`1m ${'x'.repeat(limits.builtinBot.remind.chars + 1)}`, 'too_long'],
  ])('%s is refused with its own text', (args, code) => expect(parseReminder(args)).toBe(code))
  test('a duration is given in two units', () => {
    expect(span(90_061_000, 'en')).toBe('1 d 1 h')
    expect(span(10 * minute, 'zh')).toBe('10 分钟')
    expect(span(0, 'en')).toBe('1 s')
  })
})

test('both languages have a text for everything that is refused', () => {
  for (const words of Object.values(botWords))
    for (const some of [words.dice, words.when])
      for (const word of Object.values(some)) expect(word.length).toBeGreaterThan(5)
})
